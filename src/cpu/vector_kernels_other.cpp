// The one instruction set of a build that is not for x86-64.
#include <fmt/format.h>

#include "cpu/network_kernels.hpp"

namespace whiteline::cpu {

const VectorKernels& vector_kernels(Isa isa) {
  if (isa != Isa::portable)
    throw InvalidArgument(
        fmt::format("cannot use {} (this build is not for x86-64) use portable", name(isa)));
  return portable::kernels;
}

const NetworkKernels& network_kernels(Isa isa) {
  vector_kernels(isa);  // refuses all but portable
  return portable::network_kernels;
}

}  // namespace whiteline::cpu
