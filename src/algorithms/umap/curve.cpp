// The curve of nearness in the embedding.
#include <fmt/format.h>
#include <whiteline/umap.hpp>

#include <algorithm>
#include <cmath>

#include "core/umap_model.hpp"

namespace whiteline {

namespace {

constexpr int points = 300;

// Distances in units of spread.
struct Fit {
  double min_dist;

  // Sums over the points: squared differences, and those of Gauss and Newton's equations.
  struct Sums {
    double squares = 0.0, aa = 0.0, ab = 0.0, bb = 0.0, a = 0.0, b = 0.0;
  };
  Sums sums(const UmapCurve& curve) const {
    Sums sums;
    for (int i = 0; i < points; ++i) {
      const double x = 3.0 * i / (points - 1);
      const double wanted = x < min_dist ? 1.0 : std::exp(min_dist - x);
      const double power = x > 0.0 ? std::pow(x, 2.0 * curve.b) : 0.0;
      const double y = 1.0 / (1.0 + curve.a * power), missing = wanted - y;
      const double by_a = -y * y * power;
      const double by_b = x > 0.0 ? 2.0 * curve.a * by_a * std::log(x) : 0.0;
      sums.squares += missing * missing;
      sums.aa += by_a * by_a;
      sums.ab += by_a * by_b;
      sums.bb += by_b * by_b;
      sums.a += by_a * missing;
      sums.b += by_b * missing;
    }
    return sums;
  }
};

}  // namespace

// K. Levenberg, Quart. Appl. Math. 2 (1944) 164; D. W. Marquardt, J. SIAM 11 (1963) 431.
UmapCurve umap_curve(double min_dist, double spread) {
  core::check_curve(min_dist, spread);
  const Fit fit{min_dist / spread};
  UmapCurve curve{1.0, 1.0};
  Fit::Sums now = fit.sums(curve);
  double damping = 1e-3;
  for (int step = 0; step < 200 && damping < 1e12; ++step) {
    const double aa = now.aa * (1.0 + damping), bb = now.bb * (1.0 + damping);
    const double determinant = aa * bb - now.ab * now.ab;
    const UmapCurve move{(now.a * bb - now.b * now.ab) / determinant,
                         (now.b * aa - now.a * now.ab) / determinant};
    const UmapCurve next{curve.a + move.a, curve.b + move.b};
    const Fit::Sums there = next.a > 0.0 && next.b > 0.0 ? fit.sums(next) : now;
    if (!(there.squares < now.squares)) {
      damping *= 10.0;
      continue;
    }
    const bool done = std::abs(move.a) <= 1e-10 * next.a && std::abs(move.b) <= 1e-10 * next.b;
    curve = next;
    now = there;
    damping = std::max(damping / 10.0, 1e-12);
    if (done) break;
  }
  return {curve.a / std::pow(spread, 2.0 * curve.b), curve.b};
}

}  // namespace whiteline
