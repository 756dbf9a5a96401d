// Small labelled sets for the SVM tests.
#pragma once

#include <gtest/gtest.h>
#include <whiteline/svm.hpp>

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "core/ops/ops.hpp"
#include "support/backends.hpp"

namespace whiteline::test {

struct Labelled {
  std::int64_t rows = 0, channels = 0;
  std::vector<float> x;
  std::vector<std::int32_t> labels;

  Matrix on(const Context& ctx) const { return Matrix::from_host(ctx, {x.data(), rows, channels}); }
  // The rows named, in that order.
  Labelled pick(const std::vector<std::size_t>& chosen) const {
    Labelled out{std::int64_t(chosen.size()), channels, {}, {}};
    for (std::size_t r : chosen) {
      const auto row = x.begin() + std::int64_t(r) * channels;
      out.x.insert(out.x.end(), row, row + channels);
      out.labels.push_back(labels[r]);
    }
    return out;
  }
};

// Classes 3, 4, 5, ...: a broad peak at a place of the class, and noise on every channel. Labels
// take turns, so that classes are mixed. `noise` near 0.5 makes classes overlap.
inline Labelled peaks(std::int64_t rows, std::int64_t channels, int classes, double noise,
                      unsigned seed) {
  std::mt19937 random(seed);
  const auto uniform = [&] { return double(random()) / 4294967296.0; };
  Labelled set{rows, channels, {}, {}};
  for (std::int64_t r = 0; r < rows; ++r) {
    const int label = int(r % classes);
    const double place = double(channels) * (0.3 + 0.4 * (label + 0.4 * uniform()) / classes);
    const double height = 0.7 + 0.6 * uniform();
    for (std::int64_t c = 0; c < channels; ++c) {
      const double distance = (double(c) - place) / (0.12 * double(channels));
      const double jitter = noise * (uniform() + uniform() - 1.0);
      set.x.push_back(float(height * (0.2 + std::exp(-distance * distance) + jitter)));
    }
    set.labels.push_back(3 + label);
  }
  return set;
}

inline double total_objective(const SvmReport& report) {
  double sum = 0.0;
  for (const BinaryReport& b : report.problems) sum += b.objective;
  return sum;
}

inline std::vector<float> decisions(const Context& ctx, const SvmModel& model, const Matrix& x) {
  return svm_predict(ctx, model, x, {.decision = true}).decision;
}

inline double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return INFINITY;
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::fmax(largest, std::abs(double(a[i]) - double(b[i])));
  return largest;
}

// A fixture with fits and decisions on each device.
class SvmTest : public BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    const core::Ops& ops = ctx().queue().ops();
    if (!ops.smo || !ops.svm_predict || !ops.kernel_matrix || !ops.reduce)
      GTEST_SKIP() << "not all SVM operations on " << device();
  }
  SvmFit train(const SvmParams& params, const Labelled& set,
               const std::vector<double>& weight = {}) const {
    return svm_train(ctx(), params, set.on(ctx()), set.labels, weight);
  }
  std::vector<float> decide(const SvmFit& fit, const Labelled& set) const {
    return decisions(ctx(), fit.model, set.on(ctx()));
  }
  std::int64_t size() const { return emulated() ? 60 : 150; }
};

}  // namespace whiteline::test
