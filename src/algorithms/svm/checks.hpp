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

// Throws InvalidArgument unless the sizes within the model belong together.
void check_model(const SvmModel& model);

}  // namespace whiteline::svm
