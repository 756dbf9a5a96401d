#include "algorithms/svm/platt.hpp"

#include <cmath>

namespace whiteline::svm {

namespace {

constexpr int max_steps = 100;
constexpr double gradient_tolerance = 1e-5, ridge = 1e-12, armijo = 1e-4, shortest_step = 1e-10;

// The loss that is minimised, with its derivatives where asked for.
class PlattLoss {
 public:
  explicit PlattLoss(const std::vector<CalibrationRow>& rows) : rows_(rows) {
    for (const CalibrationRow& row : rows) (row.first ? first_ : second_) += row.weight;
    high_ = (first_ + 1.0) / (first_ + 2.0);
    low_ = 1.0 / (second_ + 2.0);
  }

  PlattSigmoid start() const { return {0.0, std::log((second_ + 1.0) / (first_ + 1.0))}; }

  double value(PlattSigmoid s) const {
    double sum = 0.0;
    for (const CalibrationRow& row : rows_) {
      const double z = s.A * row.decision + s.B, t = target(row);
      const double tail = std::log1p(std::exp(-std::abs(z)));
      sum += row.weight * (z >= 0.0 ? t * z + tail : (t - 1.0) * z + tail);
    }
    return sum;
  }

  struct Derivatives {
    double a = 0.0, b = 0.0;                  // gradient
    double aa = ridge, ab = 0.0, bb = ridge;  // Hessian
  };
  Derivatives derivatives(PlattSigmoid s) const {
    Derivatives d;
    for (const CalibrationRow& row : rows_) {
      const double z = s.A * row.decision + s.B;
      const double e = std::exp(-std::abs(z));
      const double p = (z >= 0.0 ? e : 1.0) / (1.0 + e), q = (z >= 0.0 ? 1.0 : e) / (1.0 + e);
      const double curvature = row.weight * p * q, slope = row.weight * (target(row) - p);
      d.aa += row.decision * row.decision * curvature;
      d.ab += row.decision * curvature;
      d.bb += curvature;
      d.a += row.decision * slope;
      d.b += slope;
    }
    return d;
  }

 private:
  double target(const CalibrationRow& row) const { return row.first ? high_ : low_; }

  const std::vector<CalibrationRow>& rows_;
  double first_ = 0.0, second_ = 0.0, high_ = 0.0, low_ = 0.0;
};

}  // namespace

PlattSigmoid fit_platt(const std::vector<CalibrationRow>& rows) {
  const PlattLoss loss(rows);
  PlattSigmoid s = loss.start();
  double value = loss.value(s);
  for (int step = 0; step < max_steps; ++step) {
    const PlattLoss::Derivatives d = loss.derivatives(s);
    if (std::abs(d.a) < gradient_tolerance && std::abs(d.b) < gradient_tolerance) break;
    const double determinant = d.aa * d.bb - d.ab * d.ab;
    const double move_a = -(d.bb * d.a - d.ab * d.b) / determinant;
    const double move_b = -(d.aa * d.b - d.ab * d.a) / determinant;
    const double slope = d.a * move_a + d.b * move_b;
    double length = 1.0;
    for (; length >= shortest_step; length /= 2.0) {
      const PlattSigmoid next{s.A + length * move_a, s.B + length * move_b};
      const double next_value = loss.value(next);
      if (next_value < value + armijo * length * slope) {
        s = next;
        value = next_value;
        break;
      }
    }
    if (length < shortest_step) break;
  }
  return s;
}

}  // namespace whiteline::svm
