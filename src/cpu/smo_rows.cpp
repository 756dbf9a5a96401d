#include "cpu/smo_rows.hpp"

#include <algorithm>
#include <vector>

namespace whiteline::cpu {

using formulas::BinaryProblem;

namespace {

struct Candidate {
  double badness;  // least first
  std::int64_t t;  // row of the problem
  bool operator<(const Candidate& other) const {
    return badness != other.badness ? badness < other.badness : t < other.t;
  }
};

// The first of the candidates it is offered, in order.
class FirstFew {
 public:
  explicit FirstFew(std::int32_t most) : most_(static_cast<std::size_t>(most)) {
    kept_.reserve(most_ + 1);
  }
  bool takes(const Candidate& one) const { return kept_.size() < most_ || one < kept_.back(); }
  void add(const Candidate& one) {
    kept_.insert(std::upper_bound(kept_.begin(), kept_.end(), one), one);
    if (kept_.size() > most_) kept_.pop_back();
  }
  const std::vector<Candidate>& kept() const { return kept_; }

 private:
  std::size_t most_;
  std::vector<Candidate> kept_;
};

// Adds the rows that are not there yet until `end` are chosen.
void take(const BinaryProblem& problem, const FirstFew& from, std::int32_t end,
          std::int32_t* chosen, std::int32_t& size) {
  for (const Candidate& one : from.kept()) {
    if (size >= end) return;
    const auto row = static_cast<std::int32_t>(problem.kernel_row(one.t));
    if (std::find(chosen, chosen + size, row) == chosen + size) chosen[size++] = row;
  }
}

// Compared without branches, so that a block costs hardly more than its loads.
void mark_block(bool rises, const double* upper, const double* alpha, std::uint16_t& up,
                std::uint16_t& low) {
  unsigned below = 0, above = 0;
  for (int r = 0; r < formulas::smo_block; ++r) {
    below |= unsigned(alpha[r] < upper[r]) << r;
    above |= unsigned(alpha[r] > 0.0) << r;
  }
  up = static_cast<std::uint16_t>(rises ? below : above);
  low = static_cast<std::uint16_t>(rises ? above : below);
}

}  // namespace

void mark_blocks(const BinaryProblem& problem, const double* upper, const double* alpha,
                 std::uint16_t* up, std::uint16_t* low) {
  for (std::int64_t t = 0; t < problem.rows(); t += formulas::smo_block, ++up, ++low)
    mark_block(t < problem.first_rows, upper + t, alpha + t, *up, *low);
}

void choose_violators(const core::KernelRows& kernel, const BinaryProblem& problem,
                      const double* upper, const double* alpha, const double* gradient,
                      std::int32_t count, std::int32_t* chosen) {
  // So many suffice: those chosen already number less.
  const std::int32_t ups = 1 + (count - 1) / 2;
  FirstFew up(ups), low(count);
  const float* const* const rows = kernel.rows.data + problem.table;
  for (std::int64_t t = 0; t < problem.rows(); ++t) {
    const double sign = problem.sign(t);
    const Candidate rising{gradient[t], t}, falling{-gradient[t], t};
    const bool rises = formulas::in_up(sign, alpha[t], upper[t]) && up.takes(rising);
    const bool falls = formulas::in_low(sign, alpha[t], upper[t]) && low.takes(falling);
    if ((!rises && !falls) || rows[problem.kernel_row(t)]) continue;
    if (rises) up.add(rising);
    if (falls) low.add(falling);
  }
  std::int32_t size = 1;
  take(problem, up, ups, chosen, size);
  take(problem, low, count, chosen, size);
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
