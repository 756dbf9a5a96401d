#include "cpu/smo_rows.hpp"

#include <algorithm>
#include <vector>

namespace whiteline::cpu {

using formulas::BinaryProblem;

namespace {

struct Candidate {
  double badness;  // least first
  std::int64_t t;  // row of the problem
  std::int32_t row;
  bool operator<(const Candidate& other) const {
    return badness != other.badness ? badness < other.badness : t < other.t;
  }
};

// Adds the best of `from` that are not there yet until `end` rows are chosen.
void take(std::vector<Candidate>& from, std::int32_t end, std::int32_t* chosen,
          std::int32_t& size) {
  // So many suffice: those chosen already number less.
  const auto enough = std::min<std::ptrdiff_t>(std::ssize(from), end);
  std::partial_sort(from.begin(), from.begin() + enough, from.end());
  for (std::ptrdiff_t i = 0; i < enough && size < end; ++i) {
    const std::int32_t row = from[static_cast<std::size_t>(i)].row;
    if (std::find(chosen, chosen + size, row) == chosen + size) chosen[size++] = row;
  }
}

}  // namespace

void choose_violators(const core::KernelRows& kernel, const BinaryProblem& problem,
                      const double* upper, const double* alpha, const double* gradient,
                      std::int32_t count, std::int32_t* chosen) {
  std::vector<Candidate> up, low;
  for (std::int64_t t = 0; t < problem.rows(); ++t) {
    const auto row = static_cast<std::int32_t>(problem.kernel_row(t));
    if (kernel.rows.data[problem.table + row]) continue;
    const double sign = problem.sign(t);
    if (formulas::in_up(sign, alpha[t], upper[t])) up.push_back({gradient[t], t, row});
    if (formulas::in_low(sign, alpha[t], upper[t])) low.push_back({-gradient[t], t, row});
  }
  std::int32_t size = 1;
  take(up, 1 + (count - 1) / 2, chosen, size);
  take(low, count, chosen, size);
  std::fill(chosen + size, chosen + count, -1);
}

void rebuild_part(const core::KernelRows& kernel, const BinaryProblem& problem, const double* alpha,
                  double* gradient, const GradientPart& part) {
  const std::int64_t begin = part.begin, end = part.end;
  if (part.first == 0)
    for (std::int64_t t = begin; t < end; ++t) gradient[t] = -problem.sign(t);
  const std::int64_t middle = std::clamp(problem.first_rows, begin, end);
  for (std::int64_t j = 0; j < problem.rows(); ++j) {
    const std::int64_t kernel_row = problem.kernel_row(j);
    if (!(alpha[j] > 0.0) || kernel_row < part.first || kernel_row >= part.last) continue;
    const double coefficient = alpha[j] * problem.sign(j);
    const float* row = kernel.rows.data[problem.table + kernel_row];
    for (std::int64_t t = begin; t < middle; ++t)
      gradient[t] += coefficient * double(row[problem.first_begin + t]);
    const float* second = row + problem.second_begin - problem.first_rows;
    for (std::int64_t t = middle; t < end; ++t) gradient[t] += coefficient * double(second[t]);
  }
}

}  // namespace whiteline::cpu
