#include "algorithms/gan/evaluation.hpp"

#include <whiteline/spectra_metrics.hpp>

#include <algorithm>
#include <utility>

#include "formulas/philox.hpp"

namespace whiteline::gan {

Baseline baseline_of(const TrainingSpectra& spectra, std::uint64_t seed) {
  constexpr std::int64_t most = 32, pairs = 200;
  Baseline out;
  out.sample = std::min(most, spectra.rows / 2);
  const RealPairs real = real_pairs(spectra.view(), {out.sample, pairs, seed, {}});
  out.medians = {quantile(real.frechet, 0.5), quantile(real.correlation, 0.5),
                 quantile(real.cosine, 0.5)};
  out.tolerances = {1.25 * quantile(real.frechet, 0.95), quantile(real.correlation, 0.05),
                    quantile(real.cosine, 0.95)};
  return out;
}

std::vector<float> real_sample(const TrainingSpectra& spectra, std::int64_t count,
                               std::uint64_t seed, std::uint32_t epoch, std::uint32_t model) {
  constexpr std::uint32_t layer = 0xfffe;
  std::vector<std::pair<std::uint32_t, std::int64_t>> words;
  formulas::PhiloxWords block{};
  for (std::int64_t row = 0; row < spectra.rows; ++row) {
    if (row % 4 == 0)
      block = formulas::philox_block(seed, std::uint32_t(row / 4), epoch, layer,
                                     formulas::Purpose::evaluation, model);
    words.emplace_back(block.word[row % 4], row);
  }
  std::sort(words.begin(), words.end());
  std::vector<float> sample;
  for (std::size_t i = 0; i < std::size_t(count); ++i) {
    const auto row = spectra.values.begin() + words[i].second * spectra.channels;
    sample.insert(sample.end(), row, row + spectra.channels);
  }
  return sample;
}

GanMetrics metrics_of(const HostView& measured, const HostView& generated) {
  return {frechet_distance(measured, generated), mean_correlation(measured, generated),
          mean_cosine_distance(measured, generated)};
}

bool meets(const GanMetrics& metrics, const GanMetrics& tolerances) {
  return metrics.frechet <= tolerances.frechet && metrics.correlation >= tolerances.correlation &&
         metrics.cosine <= tolerances.cosine;
}

}  // namespace whiteline::gan
