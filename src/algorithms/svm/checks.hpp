// What is refused at the door of more than one SVM function.
#pragma once

#include <whiteline/svm.hpp>

#include <cstdint>
#include <vector>

namespace whiteline::svm {

// The first column of each row that is NaN or infinite, else -1. Waits.
std::vector<std::int32_t> first_non_finite(const Context& ctx, ConstMatrixView x);

// Throws InvalidArgument.
[[noreturn]] void throw_non_finite(std::int64_t row, std::int64_t channel);
// The same for a row whose squared norm, or a decision, float32 cannot hold.
[[noreturn]] void throw_too_large(std::int64_t row);

// Throws InvalidArgument for the first row that holds NaN or infinity. Waits.
void refuse_non_finite(const Context& ctx, ConstMatrixView x);

// Throws InvalidArgument unless the sizes within the model belong together.
void check_model(const SvmModel& model);

}  // namespace whiteline::svm
