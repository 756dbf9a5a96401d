// Which instructions the CPU kernels use; chosen once, at run time.
#pragma once

#include <string_view>

#include <whiteline/error.hpp>

namespace whiteline::cpu {

enum class Isa { portable, avx2, avx512, avx512_bf16 };

// The best this processor has; WHITELINE_ISA takes a lower one by its name. Throws
// InvalidArgument when that variable names one the processor lacks, or none.
WHITELINE_EXPORT Isa isa();
// The best this processor and this build have, whatever the variable says.
WHITELINE_EXPORT Isa best_isa();
WHITELINE_EXPORT std::string_view name(Isa isa);

}  // namespace whiteline::cpu
