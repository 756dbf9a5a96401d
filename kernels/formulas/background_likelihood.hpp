// The background that makes Poisson counts most likely: Newton's method, which here is iteratively
// reweighted least squares with the law itself as weights (P. McCullagh and J. A. Nelder,
// Generalized Linear Models, section 2.5). Counts need not be whole numbers, nor their unit one
// electron; only a common factor of their variances is unknown then, which changes nothing.
#pragma once

#include "formulas/background.hpp"

namespace whiteline::formulas {

constexpr int likelihood_iterations = 12;  // more than 6 were never needed

// Sums over the window's channels, x = u - mean: of the law mu and of what counts are above it.
struct LikelihoodSums {
  double law, law_x, law_xx, excess, excess_x;
};

struct LikelihoodStep {
  BackgroundLaw law;
  bool more;  // another iteration is worth while
};

// The law after one iteration from `law` (valid); an iteration that leads nowhere returns `areas`.
WL_HD inline LikelihoodStep likelihood_step(const BackgroundWindow& w, const BackgroundLaw& areas,
                                            const BackgroundLaw& law, const LikelihoodSums& sums) {
  const double determinant = sums.law * sums.law_xx - sums.law_x * sums.law_x;
  const double level = (sums.law_xx * sums.excess - sums.law_x * sums.excess_x) / determinant;
  const double tilt = (sums.law * sums.excess_x - sums.law_x * sums.excess) / determinant;
  const BackgroundLaw next = checked(w, law.level + level - tilt * w.mean, law.slope - tilt);
  if (!(determinant > 0.0) || !next.valid) return {areas, false};
  const double half = 0.5 * (w.u(w.end - 1) - w.u(w.begin));
  return {next, fabs(level) + fabs(tilt) * half > 1e-11};
}

}  // namespace whiteline::formulas
