// The instruction sets of an x86-64 build.
#include <fmt/format.h>

#include "cpu/network_kernels.hpp"

namespace whiteline::cpu {

const VectorKernels& vector_kernels(Isa isa) {
  if (isa > best_isa())
    throw InvalidArgument(fmt::format("cannot use {} (this processor has {}) use a lower one",
                                      name(isa), name(best_isa())));
  static const VectorKernels with_bf16 = [] {
    VectorKernels kernels = avx512::kernels;
    kernels.isa = Isa::avx512_bf16;
    kernels.accumulate_pairs = avx512_bf16::accumulate_pairs;
    return kernels;
  }();
  return isa == Isa::avx512_bf16 ? with_bf16
         : isa == Isa::avx512    ? avx512::kernels
         : isa == Isa::avx2      ? avx2::kernels
                                 : portable::kernels;
}

const NetworkKernels& network_kernels(Isa isa) {
  const Isa known = vector_kernels(isa).isa;
  return known >= Isa::avx512 ? avx512::network_kernels
         : known == Isa::avx2 ? avx2::network_kernels
                              : portable::network_kernels;
}

}  // namespace whiteline::cpu
