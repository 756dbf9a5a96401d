#include <fmt/format.h>
#include <whiteline/augment.hpp>

#include <cmath>

#include "core/buffer.hpp"
#include "core/ops/ops.hpp"
#include "core/parallel.hpp"
#include "formulas/poisson.hpp"

namespace whiteline {

namespace {

constexpr double most_electrons = 1e12;
constexpr std::uint32_t shift_layer = 0, noise_layer = 1;  // of Philox counters

void check(const Dataset& set, const AugmentParams& params) {
  validate(set);
  if (params.copies < 0 || !(params.shift >= 0.0) || !std::isfinite(params.shift) ||
      !(params.electrons >= 0.0) || !std::isfinite(params.electrons))
    throw InvalidArgument(
        fmt::format("cannot make {} copies moved by up to {} eV with {} electrons a count (numbers "
                    "from 0 are needed) correct them",
                    params.copies, params.shift, params.electrons));
  if (params.shift > 0.0 && !set.energy)
    throw InvalidArgument(
        "cannot shift spectra by eV (their energy axis is unknown) give one or leave the shift "
        "out");
  for (std::size_t i = 0; i < set.counts.size(); ++i) {
    const double count = double(set.counts[i]);
    if (!std::isfinite(count) || count * params.electrons > most_electrons)
      throw InvalidArgument(
          fmt::format("cannot augment spectrum {} (channel {} is NaN, infinite or more than 1e12 "
                      "electrons) repair or scale the spectra",
                      std::int64_t(i) / set.channels, std::int64_t(i) % set.channels));
  }
}

struct Copy {
  const AugmentParams& params;
  std::uint32_t number;  // 0, 1, ...

  double shift(std::int64_t row) const {
    const auto words = formulas::philox_block(params.seed, std::uint32_t(row), 0, shift_layer,
                                              formulas::Purpose::augment, number);
    return params.shift * (2.0 * double(formulas::uniform(words.word[0])) - 1.0);
  }
  float noisy(float count, std::int64_t row, std::int64_t channel) const {
    if (!(count > 0.0f)) return count;
    const auto drawn =
        formulas::poisson(double(count) * params.electrons, params.seed, std::uint32_t(channel),
                          std::uint32_t(row), noise_layer, formulas::Purpose::augment, number);
    return float(double(drawn) / params.electrons);
  }
};

// Rows of the set, each moved by its shift.
std::vector<float> moved(const Context& ctx, const Dataset& set,
                         const std::vector<double>& shifts) {
  std::vector<double> channels;
  for (const double shift : shifts) channels.push_back(shift / set.energy->dispersion);
  const Matrix in = Matrix::from_host(ctx, set.spectra());
  const core::Buffer<double> by(ctx, channels);
  Matrix out(ctx, set.rows, set.channels);
  core::need(ctx.queue().ops().preprocess, "preprocess")
      .shift_rows(in.view(), by.span(), out.view());
  std::vector<float> counts(set.counts.size());
  out.copy_to(counts);
  return counts;
}

void add_noise(const Copy& copy, std::int64_t channels, std::vector<float>& counts,
               core::ThreadPool& pool) {
  constexpr std::int64_t rows_at_once = 16;
  const std::int64_t rows = channels > 0 ? std::int64_t(counts.size()) / channels : 0;
  core::parallel_for(pool, rows, rows_at_once, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row)
      for (std::int64_t c = 0; c < channels; ++c) {
        float& count = counts[std::size_t(row * channels + c)];
        count = copy.noisy(count, row, c);
      }
  });
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

Dataset augment(const Context& ctx, const Dataset& set, const AugmentParams& params) {
  check(set, params);
  Dataset made = set;
  TruthTable from{1, {}}, by{1, std::vector<double>(std::size_t(set.rows), 0.0)};
  for (std::int64_t row = 0; row < set.rows; ++row) from.values.push_back(double(row));
  const std::vector<double> rows = from.values;
  core::ThreadPool pool(ctx.queue().threads());
  for (std::int64_t number = 0; number < params.copies; ++number) {
    const Copy copy{params, std::uint32_t(number)};
    std::vector<double> shifts(std::size_t(set.rows), 0.0);
    if (params.shift > 0.0)
      for (std::int64_t row = 0; row < set.rows; ++row) shifts[std::size_t(row)] = copy.shift(row);
    std::vector<float> counts = params.shift > 0.0 ? moved(ctx, set, shifts) : set.counts;
    if (params.electrons > 0.0) add_noise(copy, set.channels, counts, pool);
    append(made.counts, counts);
    append(made.labels, set.labels);
    append(from.values, rows);
    append(by.values, shifts);
    for (auto& [name, table] : made.truth) append(table.values, set.truth.at(name).values);
  }
  made.rows = set.rows * (params.copies + 1);
  made.truth["augmented_from"] = std::move(from);
  made.truth["augmented_shift"] = std::move(by);
  return made;
}

}  // namespace whiteline
