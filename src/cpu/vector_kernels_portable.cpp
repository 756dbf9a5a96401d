#include "cpu/simd_portable.hpp"
#include "cpu/vector_kernels_table.hpp"

namespace whiteline::cpu::portable {

constinit const VectorKernels kernels =
    make_vector_kernels<Floats, Words, TileShape<Floats, 4, 2>, 2, 2>(Isa::portable);

}  // namespace whiteline::cpu::portable
