// The largest single allocation of this program since reset().
#pragma once

#include <cstddef>

namespace whiteline::test {

void reset_largest_allocation();
std::size_t largest_allocation();  // bytes

}  // namespace whiteline::test
