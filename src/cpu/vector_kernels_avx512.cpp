// Compiled for AVX-512 (CMakeLists.txt): run only where isa() says so.
#include "cpu/simd_avx512.hpp"
#include "cpu/vector_kernels_table.hpp"

namespace whiteline::cpu::avx512 {

constinit const VectorKernels kernels =
    make_vector_kernels<Floats, Words, TileShape<Floats, 14, 2>, 4, 5>(Isa::avx512);

}  // namespace whiteline::cpu::avx512
