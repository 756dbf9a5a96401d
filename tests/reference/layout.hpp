// UMAP's layout by its definitions, in double. Only the random words are those of
// formulas/philox.hpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "formulas/philox.hpp"

namespace whiteline::test::reference {

using Point = std::vector<double>;

struct Edge {
  std::int32_t other;
  std::uint32_t activity;  // share of epochs, in units of 2^-32; all ones: every epoch
};

struct LayoutSetting {
  double a = 1.577, b = 0.895, gamma = 1.0, learning_rate = 1.0;
  int epochs = 10, draws = 5;
  std::uint64_t seed = 1;
  bool implicit = false;
};

// Whether phase + t share crosses a whole number between epochs t and t + 1.
inline bool is_active(std::uint32_t activity, std::uint32_t phase, int epoch) {
  const std::uint64_t before = phase + std::uint64_t(epoch) * activity, after = before + activity;
  return activity == 0xffffffffu || before >> 32 != after >> 32;
}

inline double squared(const Point& x, const Point& y) {
  double sum = 0.0;
  for (std::size_t c = 0; c < x.size(); ++c) sum += (x[c] - y[c]) * (x[c] - y[c]);
  return sum;
}

inline double pull(const LayoutSetting& at, double D) {
  return D < 1e-12 ? 0.0
                   : 2.0 * at.a * at.b * std::pow(D, at.b - 1.0) / (1.0 + at.a * std::pow(D, at.b));
}
inline double push(const LayoutSetting& at, double D) {
  return 2.0 * at.gamma * at.b / ((0.001 + D) * (1.0 + at.a * std::pow(D, at.b)));
}
inline double clip(double force) { return std::clamp(force, -4.0, 4.0); }

// What acts on one row in one epoch.
class RowStep {
 public:
  RowStep(const LayoutSetting& setting, double alpha, double pulls, Point y)
      : setting_(setting), alpha_(alpha), pulls_(pulls), start_(y), y_(y) {
    pulled_.assign(y.size(), 0.0);
    pushed_.assign(y.size(), 0.0);
  }

  void pull_to(const Point& other) {
    const double c = pull(setting_, squared(y_, other));
    double farthest = 1e-6;
    for (std::size_t d = 0; d < y_.size(); ++d)
      farthest = std::max(farthest, std::abs(y_[d] - other[d]));
    const double limited = std::min(c, 4.0 / farthest);
    coefficients_ += limited;
    for (std::size_t d = 0; d < y_.size(); ++d) {
      pulled_[d] += limited * other[d];
      if (!setting_.implicit) y_[d] -= pulls_ * alpha_ * clip(c * (y_[d] - other[d]));
    }
  }
  void push_from(const Point& other) {
    const double c = push(setting_, squared(y_, other));
    for (std::size_t d = 0; d < y_.size(); ++d) {
      const double force = clip(c * (y_[d] - other[d]));
      pushed_[d] += force;
      if (!setting_.implicit) y_[d] += alpha_ * force;
    }
  }

  Point end() const {
    if (!setting_.implicit) return y_;
    Point out = start_;
    for (std::size_t d = 0; d < out.size(); ++d)
      out[d] = (start_[d] + pulls_ * alpha_ * pulled_[d] + alpha_ * pushed_[d]) /
               (1.0 + pulls_ * alpha_ * coefficients_);
    return out;
  }

 private:
  const LayoutSetting& setting_;
  double alpha_, pulls_;
  Point start_, y_, pulled_, pushed_;
  double coefficients_ = 0.0;
};

// Positions after the first `epochs` epochs. With `fixed` edges lead to those, `keys` stand for the
// rows' numbers, and a pull counts once instead of twice.
inline std::vector<Point> layout(const LayoutSetting& setting,
                                 const std::vector<std::vector<Edge>>& edges, std::vector<Point> y,
                                 int epochs, const std::vector<Point>* fixed = nullptr,
                                 const std::vector<std::uint32_t>* keys = nullptr) {
  using formulas::Purpose;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const std::vector<Point> before = y;
    const std::vector<Point>& others = fixed ? *fixed : before;
    const double alpha = setting.learning_rate * (1.0 - double(epoch) / setting.epochs);
    for (std::size_t i = 0; i < y.size(); ++i) {
      const std::uint32_t key = keys ? (*keys)[i] : std::uint32_t(i);
      RowStep step(setting, alpha, fixed ? 1.0 : 2.0, before[i]);
      std::uint32_t slot = 0;
      for (const Edge& edge : edges[i]) {
        const auto other = std::uint32_t(edge.other);
        const std::uint32_t first = fixed ? key : std::min(key, other),
                            second = fixed ? other : std::max(key, other);
        const std::uint32_t phase =
            formulas::philox_block(setting.seed, first, second, 0, Purpose::layout_edge).word[0];
        if (!is_active(edge.activity, phase, epoch)) continue;
        step.pull_to(others[other]);
        for (int s = 0; s < setting.draws; ++s, ++slot) {
          const std::uint32_t word =
              formulas::philox_block(setting.seed, slot / 4, std::uint32_t(epoch), 0,
                                     Purpose::layout_draw, key)
                  .word[slot % 4];
          const auto drawn = std::size_t((std::uint64_t(word) * others.size()) >> 32);
          if (fixed || drawn != i) step.push_from(others[drawn]);
        }
      }
      y[i] = step.end();
    }
  }
  return y;
}

// UMAP's loss of positions, its two terms apart: the mean over edges, weighted by activity, of
// -log q, and the mean over all pairs of rows of -log(1 - q), with q = 1 / (1 + a D^b).
struct LayoutLoss {
  double attraction = 0.0, repulsion = 0.0;
};
inline LayoutLoss layout_loss(const LayoutSetting& setting,
                              const std::vector<std::vector<Edge>>& edges,
                              const std::vector<Point>& y) {
  LayoutLoss loss;
  double weights = 0.0, pairs = 0.0;
  const auto power = [&](std::size_t i, std::size_t j) {
    return setting.a * std::pow(std::max(squared(y[i], y[j]), 1e-6), setting.b);
  };
  for (std::size_t i = 0; i < y.size(); ++i) {
    for (const Edge& edge : edges[i]) {
      loss.attraction += edge.activity * std::log1p(power(i, std::size_t(edge.other)));
      weights += edge.activity;
    }
    for (std::size_t j = 0; j < y.size(); ++j)
      if (i != j) {
        loss.repulsion += std::log1p(1.0 / power(i, j));
        pairs += 1.0;
      }
  }
  return {loss.attraction / weights, loss.repulsion / pairs};
}

// The paper's own optimiser: edges one after the other, both ends move at once, each directed edge
// when its next epoch has come; draws from a generator of its own.
template <class Random>
std::vector<Point> sequential_layout(const LayoutSetting& setting,
                                     const std::vector<std::vector<Edge>>& edges,
                                     std::vector<Point> y, Random& random) {
  std::vector<std::vector<double>> next(edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i)
    for (const Edge& edge : edges[i]) next[i].push_back(0x1p32 / edge.activity);
  for (int epoch = 0; epoch < setting.epochs; ++epoch) {
    const double alpha = setting.learning_rate * (1.0 - double(epoch) / setting.epochs);
    for (std::size_t i = 0; i < edges.size(); ++i)
      for (std::size_t e = 0; e < edges[i].size(); ++e) {
        if (next[i][e] > epoch) continue;
        const auto j = std::size_t(edges[i][e].other);
        const double c = pull(setting, squared(y[i], y[j]));
        for (std::size_t d = 0; d < y[i].size(); ++d) {
          const double force = clip(c * (y[i][d] - y[j][d]));
          y[i][d] -= alpha * force;
          y[j][d] += alpha * force;
        }
        next[i][e] += 0x1p32 / edges[i][e].activity;
        for (int s = 0; s < setting.draws; ++s) {
          const auto drawn = std::size_t(random() % y.size());
          if (drawn == i) continue;
          const double p = push(setting, squared(y[i], y[drawn]));
          for (std::size_t d = 0; d < y[i].size(); ++d)
            y[i][d] += alpha * clip(p * (y[i][d] - y[drawn][d]));
        }
      }
  }
  return y;
}

}  // namespace whiteline::test::reference
