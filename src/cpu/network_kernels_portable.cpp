#include "cpu/network_kernels_table.hpp"
#include "cpu/simd_portable.hpp"

namespace whiteline::cpu::portable {

constinit const NetworkKernels network_kernels =
    make_network_kernels<Floats, Words, TileShape<Floats, 4, 2>>();

}  // namespace whiteline::cpu::portable
