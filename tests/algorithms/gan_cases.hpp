// Spectra and parameters for tests of generative networks.
#pragma once

#include <whiteline/gan.hpp>

#include <cmath>
#include <random>
#include <vector>

#include "algorithms/gan/evaluation.hpp"
#include "support/ops_backends.hpp"

namespace whiteline::test {

// Two white lines on a background, their heights and place varying a little, with noise.
inline std::vector<float> white_lines(std::int64_t rows, std::int64_t channels, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  std::vector<float> x;
  for (std::int64_t row = 0; row < rows; ++row) {
    const double shift = 0.01 * normal(random), ratio = 0.6 + 0.05 * normal(random);
    for (std::int64_t c = 0; c < channels; ++c) {
      const double e = double(c) / double(channels) - shift;
      const auto line = [&](double centre) {
        const double d = (e - centre) / 0.05;
        return std::exp(-0.5 * d * d);
      };
      x.push_back(float(0.1 + line(0.35) + ratio * line(0.7) + 0.01 * normal(random)));
    }
  }
  return x;
}

inline GanParams small_params(GanArchitecture architecture, GanDesign design) {
  GanParams params;
  params.structure.architecture = architecture;
  params.structure.latent = 4;
  params.design = design;
  params.noise = GanNoise::additive;
  params.epochs = 2;
  params.batch = 4;
  params.tolerances = GanMetrics{0.0, 1.0, 0.0};  // never met
  return params;
}

// Rows divided by their maxima.
inline std::vector<float> normalised(const std::vector<float>& x, std::int64_t rows) {
  return gan::training_spectra({x.data(), rows, std::int64_t(x.size()) / rows}).values;
}

class GanTraining : public OpsTest<&core::Ops::network> {
 protected:
  GanRun train(const GanParams& params, const std::vector<float>& x, std::int64_t rows) {
    return gan_train(ctx(), params, {x.data(), rows, std::int64_t(x.size()) / rows});
  }
};

}  // namespace whiteline::test
