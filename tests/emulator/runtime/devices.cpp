// Errors, versions and properties.
#include <cstring>
#include <utility>

#include "device.hpp"

using namespace emulator;

const char* cudaGetErrorName(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return "cudaSuccess";
    case cudaErrorInvalidValue:
      return "cudaErrorInvalidValue";
    case cudaErrorMemoryAllocation:
      return "cudaErrorMemoryAllocation";
    case cudaErrorInvalidConfiguration:
      return "cudaErrorInvalidConfiguration";
    case cudaErrorStubLibrary:
      return "cudaErrorStubLibrary";
    case cudaErrorInsufficientDriver:
      return "cudaErrorInsufficientDriver";
    case cudaErrorNoDevice:
      return "cudaErrorNoDevice";
    case cudaErrorInvalidDevice:
      return "cudaErrorInvalidDevice";
    case cudaErrorInvalidResourceHandle:
      return "cudaErrorInvalidResourceHandle";
    case cudaErrorIllegalAddress:
      return "cudaErrorIllegalAddress";
    case cudaErrorLaunchFailure:
      return "cudaErrorLaunchFailure";
    case cudaErrorStreamCaptureUnsupported:
      return "cudaErrorStreamCaptureUnsupported";
    case cudaErrorStreamCaptureInvalidated:
      return "cudaErrorStreamCaptureInvalidated";
  }
  return "unrecognized error code";
}
const char* cudaGetErrorString(cudaError_t error) {
  return error ? "emulated failure" : "no error";
}
cudaError_t cudaGetLastError() { return std::exchange(device().last, device().sticky); }
cudaError_t cudaPeekAtLastError() { return device().last; }

cudaError_t cudaDriverGetVersion(int* version) {
  *version = device().driver_version;
  return cudaSuccess;
}
cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = 13000;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  Call call;
  if (call.error) return call.error;
  if (device().count == 0) return remember(device().none);  // *count stays, as in the real runtime
  *count = device().count;
  return cudaSuccess;
}
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int number) {
  Call call;
  if (call.error) return call.error;
  if (number < 0 || number >= device().count) return remember(cudaErrorInvalidDevice);
  *properties = {};
  std::strcpy(properties->name, "emulated GPU");
  properties->totalGlobalMem = device().total;
  properties->major = device().major;
  properties->minor = device().minor;
  properties->memoryPoolsSupported = 1;
  return cudaSuccess;
}
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr, int number) {
  Call call;
  if (call.error) return call.error;
  if (number < 0 || number >= device().count) return remember(cudaErrorInvalidDevice);
  *value = 4;  // multiprocessors
  return cudaSuccess;
}
cudaError_t cudaSetDevice(int number) {
  Call call;
  if (call.error) return call.error;
  if (number < 0 || number >= device().count) return remember(cudaErrorInvalidDevice);
  current_device() = number;
  return cudaSuccess;
}
cudaError_t cudaDeviceSynchronize() {
  Call call;
  return call.error ? call.error : drain_all();
}
