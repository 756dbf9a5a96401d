// Runs a kernel at once on host memory: the emulated GPU without its runtime.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <tuple>

#include "host_device.hpp"

namespace whiteline::test {

inline constexpr std::initializer_list<std::uint64_t> schedules{0, 1, 2, 3, 4, 5, 6, 7};

// Throws simt::Error when the kernel breaks a rule of CUDA.
template <class... Parameters, class... Arguments>
void run_kernel(void (*kernel)(Parameters...), const simt::Shape& shape, Arguments... arguments) {
  std::tuple<void (*)(Parameters...), std::tuple<Parameters...>> call{kernel, {arguments...}};
  simt::run_grid(
      shape,
      [](void* address) {
        auto& [function, values] = *static_cast<decltype(call)*>(address);
        std::apply(function, values);
      },
      &call);
}

// What the kernel was refused for; empty when it ran.
template <class... Parameters, class... Arguments>
std::string refusal_of(void (*kernel)(Parameters...), const simt::Shape& shape,
                       Arguments... arguments) {
  try {
    run_kernel(kernel, shape, arguments...);
    return {};
  } catch (const simt::Error& error) {
    return error.what();
  }
}

}  // namespace whiteline::test
