#include "cuda/cuda_backend.hpp"

#include <fmt/format.h>

#include "cuda/architectures.hpp"
#include "cuda/platform.hpp"

namespace whiteline::cuda {

namespace {

constexpr int least_major = 8;  // compute capability 8.0: what the kernels are tested for

std::string version_text(int version) {
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

// Why cudaGetDeviceCount failed.
std::string no_devices_reason(cudaError_t status) {
  int driver = 0, runtime = 0;
  ignore(cudaDriverGetVersion(&driver));
  ignore(cudaRuntimeGetVersion(&runtime));
  switch (status) {
    case cudaErrorInsufficientDriver:
      if (driver == 0) return "no NVIDIA driver";
      return fmt::format("the NVIDIA driver is too old: it is for CUDA {}, CUDA {} is needed",
                         version_text(driver), version_text(runtime));
    case cudaErrorStubLibrary:
      return "the CUDA driver found is a stub library, which only serves to link programs: take "
             "its folder out of LD_LIBRARY_PATH";
    case cudaErrorNoDevice:
      return "no NVIDIA GPU, or CUDA_VISIBLE_DEVICES hides it";
    default:
      return fmt::format("the NVIDIA driver fails, {}", describe(status));
  }
}

// With the reason when there is none.
int count_devices(std::string& reason) {
  int count = 0;
  cudaError_t status = cudaGetDeviceCount(&count);
  ignore(status);
  if (status == cudaSuccess && count == 0) status = cudaErrorNoDevice;
  if (status == cudaSuccess) return count;
  reason = no_devices_reason(status);
  return 0;
}

// Why this GPU cannot be used; empty when it can.
std::string unusable_reason(const cudaDeviceProp& properties) {
  const std::string capability = fmt::format("{}.{}", properties.major, properties.minor);
  if (properties.major < least_major)
    return fmt::format("{} has compute capability {}, at least {}.0 is needed", properties.name,
                       capability, least_major);
  if (!has_code_for(architectures, {properties.major, properties.minor}))
    return fmt::format("this build has no code for {} of compute capability {} (it has {})",
                       properties.name, capability, architectures);
  if (!properties.memoryPoolsSupported)
    return fmt::format("{} has no memory pools here (a virtual GPU without unified memory?)",
                       properties.name);
  return {};
}

DeviceInfo describe_device(int number) {
  DeviceInfo info;
  info.name = fmt::format("{}:{}", backend_name, number);
  cudaDeviceProp properties{};
  if (const cudaError_t status = cudaGetDeviceProperties(&properties, number)) {
    ignore(status);
    info.reason = fmt::format("the GPU does not answer, {}", describe(status));
    return info;
  }
  info.description = fmt::format("{}, compute capability {}.{}", properties.name, properties.major,
                                 properties.minor);
  info.memory_bytes = properties.totalGlobalMem;
  info.reason = unusable_reason(properties);
  info.available = info.reason.empty();
  return info;
}

}  // namespace

std::string_view CudaBackend::name() const { return backend_name; }

std::vector<DeviceInfo> CudaBackend::devices() const {
  std::string reason;
  const int count = count_devices(reason);
  if (count == 0) return {{backend_name, false, "", reason, 0}};
  std::vector<DeviceInfo> all;
  for (int number = 0; number < count; ++number) all.push_back(describe_device(number));
  return all;
}

std::shared_ptr<core::Queue> CudaBackend::make_queue(int number,
                                                     const ContextOptions& options) const {
  std::string reason;
  const int count = count_devices(reason);
  if (count > 0 && number >= count)
    reason = fmt::format("the last GPU is {}:{}", backend_name, count - 1);
  DeviceInfo info;
  if (reason.empty()) {
    info = describe_device(number);
    reason = info.reason;
  }
  if (!reason.empty())
    throw DeviceUnavailable(
        fmt::format("cannot use device {}:{} ({}) use --device cpu", backend_name, number, reason));
  return std::make_shared<CudaQueue>(number, std::move(info), options);
}

}  // namespace whiteline::cuda
