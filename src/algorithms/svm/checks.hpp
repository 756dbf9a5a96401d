// What is refused at the door of more than one SVM function.
#pragma once

#include <whiteline/svm.hpp>

#include <cstdint>
#include <vector>

#include "core/finite.hpp"

namespace whiteline::svm {

using core::first_non_finite;
using core::refuse_non_finite;
using core::throw_non_finite;

// Throws InvalidArgument for a row whose squared norm, or a decision, float32 cannot hold.
[[noreturn]] void throw_too_large(std::int64_t row);

// Throws InvalidArgument unless the sizes within the model belong together.
void check_model(const SvmModel& model);

}  // namespace whiteline::svm
