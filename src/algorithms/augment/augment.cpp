#include <fmt/format.h>
#include <whiteline/augment.hpp>

#include <algorithm>
#include <cmath>

#include "core/buffer.hpp"
#include "core/memory_plan.hpp"
#include "core/ops/ops.hpp"
#include "core/parallel.hpp"
#include "formulas/poisson.hpp"

namespace whiteline {

namespace {

constexpr double most_electrons = 1e12;
constexpr std::uint32_t shift_layer = 0, noise_layer = 1;  // of Philox counters

void check(const Dataset& set, const AugmentParams& params) {
  validate(set);
  if (params.copies < 0 || params.per_class < 0 || !(params.shift >= 0.0) ||
      !std::isfinite(params.shift) || !(params.electrons >= 0.0) ||
      !std::isfinite(params.electrons))
    throw InvalidArgument(
        fmt::format("cannot make {} copies, or {} spectra a class, moved by up to {} eV with {} "
                    "electrons a count (numbers from 0 are needed) correct them",
                    params.copies, params.per_class, params.shift, params.electrons));
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

// `rows` are the set's of the spectra in `counts`.
void add_noise(const Copy& copy, const std::vector<std::int64_t>& rows, std::int64_t channels,
               std::vector<float>& counts, core::ThreadPool& pool) {
  constexpr std::int64_t rows_at_once = 16;
  const auto size = std::int64_t(rows.size());
  core::parallel_for(pool, size, rows_at_once, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i)
      for (std::int64_t c = 0; c < channels; ++c) {
        float& count = counts[std::size_t(i * channels + c)];
        count = copy.noisy(count, rows[std::size_t(i)], c);
      }
  });
}

// Which spectra are copied.
class AugmentPlan {
 public:
  AugmentPlan(const Dataset& set, const AugmentParams& params)
      : params_(params), labels_(set.labels), class_sizes_(set.class_names.size()) {
    for (const std::int32_t label : labels_)
      if (label != no_label) ++class_sizes_[std::size_t(label)];
  }

  // With the originals.
  double total() const {
    double sum = double(labels_.size());
    if (params_.per_class == 0) return sum * (1.0 + double(params_.copies));
    for (const std::int64_t size : class_sizes_)
      if (size > 0) sum += double(std::max<std::int64_t>(params_.per_class - size, 0));
    return sum;
  }

  // The rows that get a copy of this number, ascending.
  std::vector<std::int64_t> rows(std::int64_t number) const {
    std::vector<std::int64_t> chosen;
    std::vector<std::int64_t> used(class_sizes_.size());
    for (std::size_t row = 0; row < labels_.size(); ++row)
      if (wanted(labels_[row], number, used)) chosen.push_back(std::int64_t(row));
    return chosen;
  }

 private:
  bool wanted(std::int32_t label, std::int64_t number, std::vector<std::int64_t>& used) const {
    if (params_.per_class == 0) return number < params_.copies;
    if (label == no_label) return false;
    const auto of_class = std::size_t(label);
    return (number + 1) * class_sizes_[of_class] + used[of_class]++ < params_.per_class;
  }

  const AugmentParams& params_;
  const std::vector<std::int32_t>& labels_;
  std::vector<std::int64_t> class_sizes_;
};

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

Dataset augment(const Context& ctx, const Dataset& set, const AugmentParams& params) {
  check(set, params);
  const AugmentPlan plan(set, params);
  const double bytes = sizeof(float) * double(set.channels) * plan.total();
  core::check_memory(ctx, bytes, fmt::format("make {:.0f} spectra", plan.total()),
                     "ask for fewer or raise --memory");
  Dataset made = set;
  TruthTable from{1, {}}, by{1, std::vector<double>(std::size_t(set.rows), 0.0)};
  for (std::int64_t row = 0; row < set.rows; ++row) from.values.push_back(double(row));
  core::ThreadPool pool(ctx.queue().threads());
  std::vector<std::int64_t> rows;
  for (std::int64_t number = 0; !(rows = plan.rows(number)).empty(); ++number) {
    const Copy copy{params, std::uint32_t(number)};
    std::vector<double> shifts(rows.size(), 0.0);
    Dataset copies = set.subset(rows);
    if (params.shift > 0.0) {
      std::ranges::transform(rows, shifts.begin(),
                             [&](std::int64_t row) { return copy.shift(row); });
      copies.counts = moved(ctx, copies, shifts);
    }
    if (params.electrons > 0.0) add_noise(copy, rows, set.channels, copies.counts, pool);
    append(made.counts, copies.counts);
    append(made.labels, copies.labels);
    from.values.insert(from.values.end(), rows.begin(), rows.end());
    append(by.values, shifts);
    for (auto& [name, table] : made.truth) append(table.values, copies.truth.at(name).values);
  }
  made.rows = std::int64_t(from.values.size());
  made.truth["augmented_from"] = std::move(from);
  made.truth["augmented_shift"] = std::move(by);
  return made;
}

}  // namespace whiteline
