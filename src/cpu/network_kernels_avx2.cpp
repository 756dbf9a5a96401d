// Compiled for AVX2 and FMA (CMakeLists.txt): run only where isa() says so.
#include "cpu/network_kernels_table.hpp"
#include "cpu/simd_avx2.hpp"

namespace whiteline::cpu::avx2 {

constinit const NetworkKernels network_kernels =
    make_network_kernels<Floats, Words, TileShape<Floats, 6, 2>>();

}  // namespace whiteline::cpu::avx2
