// Compiled for AVX-512 (CMakeLists.txt): run only where isa() says so.
#include "cpu/network_kernels_table.hpp"
#include "cpu/simd_avx512.hpp"

namespace whiteline::cpu::avx512 {

constinit const NetworkKernels network_kernels =
    make_network_kernels<Floats, Words, TileShape<Floats, 14, 2>>();

}  // namespace whiteline::cpu::avx512
