// What tests may do to the emulated device, and how it differs from a GPU:
//  * Device memory is readable only while a kernel or a copy runs: the host touching it faults.
//  * Streams are queues that run only when something waits for them: a missing wait reads old data.
//  * Any call can be made to fail: every error path runs without a GPU.
// WL_EMU_SEED=n in the environment shuffles the order of threads and blocks from the start.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <functional>

namespace emulator {

// One device, compute capability 9.0, 1 GiB, no failure planned, no error pending, counts 0.
// What was allocated stays.
void reset();

void fail_call(long number, cudaError_t error);  // the number-th call from now (1 = next); 0: none
long calls();                // since reset(); cleaning up (free, destroy) is not counted
std::size_t live_objects();  // allocations, pools, streams, events and graphs not given back

void set_memory(std::size_t bytes);
void set_device_count(int count, cudaError_t none = cudaErrorNoDevice);  // `none`: why 0
void set_driver_version(int version);                                    // 0: no driver
void set_compute_capability(int major, int minor);

// For stand-ins of CUDA's libraries. The error that this call is to fail with, if any.
cudaError_t count_call();
bool on_device(const void* address, std::size_t bytes);
void run_on(cudaStream_t stream, std::function<void()> work);

}  // namespace emulator
