// Compiled for AVX2 and FMA (CMakeLists.txt): run only where isa() says so.
#include "cpu/simd_avx2.hpp"
#include "cpu/vector_kernels_table.hpp"

namespace whiteline::cpu::avx2 {

constinit const VectorKernels kernels =
    make_vector_kernels<Floats, Words, TileShape<Floats, 6, 2>, 2, 2>(Isa::avx2);

}  // namespace whiteline::cpu::avx2
