#include "cli/likeness.hpp"

#include <fmt/format.h>
#include <whiteline/spectra_metrics.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include "cli/truth.hpp"

namespace whiteline::cli {

namespace {

double squared_distance(const float* a, const float* b, std::int64_t channels) {
  double sum = 0.0;
  for (std::int64_t c = 0; c < channels; ++c)
    sum += (double(a[c]) - double(b[c])) * (double(a[c]) - double(b[c]));
  return sum;
}

std::vector<double> nearest_distances(const UnitSpectra& from, const UnitSpectra& to) {
  const bool same = &from == &to;
  std::vector<double> distances;
  for (std::int64_t i = 0; i < from.rows; ++i) {
    double least = std::numeric_limits<double>::infinity();
    for (std::int64_t j = 0; j < to.rows; ++j)
      if (!same || i != j)
        least = std::min(least, squared_distance(from.values.data() + i * from.channels,
                                                 to.values.data() + j * to.channels, to.channels));
    distances.push_back(std::sqrt(least));
  }
  return distances;
}

}  // namespace

UnitSpectra UnitSpectra::first(std::int64_t count) const {
  const std::int64_t kept = std::min(count, rows);
  return {kept, channels, {values.begin(), values.begin() + kept * channels}};
}

UnitSpectra unit_spectra(const HostView& spectra) {
  UnitSpectra out{spectra.rows, spectra.cols, {}};
  const auto* data = static_cast<const float*>(spectra.data);
  for (std::int64_t r = 0; r < spectra.rows; ++r) {
    const float* row = data + r * spectra.row_stride;
    const float largest = *std::max_element(row, row + spectra.cols);
    for (std::int64_t c = 0; c < spectra.cols; ++c)
      out.values.push_back(largest > 0.0f ? row[c] / largest : row[c]);
  }
  return out;
}

Likeness likeness(std::string name, const UnitSpectra& spectra, const UnitSpectra& measured,
                  const UnitSpectra& training) {
  const std::int64_t size = std::min(spectra.rows, measured.rows);
  const UnitSpectra some = spectra.first(size), beside = measured.first(size);
  Likeness out;
  out.name = std::move(name);
  out.rows = size;
  out.frechet = frechet_distance(beside.view(), some.view());
  out.correlation = mean_correlation(beside.view(), some.view());
  out.cosine = mean_cosine_distance(beside.view(), some.view());
  out.divergence = mean_spectrum_divergence(beside.view(), some.view());
  out.signal_to_noise = signal_to_noise(spectra.view());
  out.pair_distance = mean_pair_distance(spectra.view());
  out.nearest = quantile(nearest_distances(spectra, training), 0.5);
  return out;
}

Json to_json(const Likeness& likeness) {
  return {{"spectra", likeness.name},
          {"rows", likeness.rows},
          {"frechet", number_or_null(likeness.frechet)},
          {"correlation", number_or_null(likeness.correlation)},
          {"cosine_distance", number_or_null(likeness.cosine)},
          {"divergence", number_or_null(likeness.divergence)},
          {"signal_to_noise", number_or_null(likeness.signal_to_noise)},
          {"pair_distance", number_or_null(likeness.pair_distance)},
          {"nearest_training", number_or_null(likeness.nearest)}};
}

std::string likeness_table(const std::vector<Likeness>& rows) {
  std::string text =
      "| spectra | rows | Frechet distance | correlation | cosine distance | divergence | signal "
      "to "
      "noise | squared pair distance | to nearest training spectrum |\n"
      "|---|---:|---:|---:|---:|---:|---:|---:|---:|\n";
  for (const Likeness& row : rows)
    text +=
        fmt::format("| {} | {} | {:.4g} | {:.4f} | {:.4f} | {:.3g} | {:.3f} | {:.4g} | {:.4g} |\n",
                    row.name, row.rows, row.frechet, row.correlation, row.cosine, row.divergence,
                    row.signal_to_noise, row.pair_distance, row.nearest);
  return text;
}

}  // namespace whiteline::cli
