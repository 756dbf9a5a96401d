#include <whiteline/model_selection.hpp>

#include <cmath>

#include "algorithms/kernel_matrix/kernel.hpp"

namespace whiteline {

namespace {

// The kernels of one type, gamma fastest.
std::vector<Kernel> kernels_of(KernelType type, const SvmGrid& grid) {
  if (!kernels::has_gamma(type)) return {kernels::canonical({.type = type})};
  std::vector<Kernel> all;
  for (const int degree : kernels::has_degree(type) ? grid.degree : std::vector<int>{1})
    for (const double coef0 : kernels::has_coef0(type) ? grid.coef0 : std::vector<double>{0.0}) {
      if (grid.gamma.empty()) all.push_back({type, GammaRule::scale, 0.0, coef0, degree});
      for (const double gamma : grid.gamma)
        all.push_back({type, GammaRule::value, gamma, coef0, degree});
    }
  return all;
}

}  // namespace

std::vector<SvmPoint> grid(const SvmGrid& grid) {
  std::vector<SvmPoint> points;
  for (const Normalise::Kind normalise : grid.normalise)
    for (const KernelType type : grid.kernels)
      for (const Kernel& kernel : kernels_of(type, grid))
        for (const double C : grid.C) points.push_back({kernel, C, normalise});
  return points;
}

std::vector<double> geometric(double low, double high, int count) {
  require(low > 0.0 && low <= high && std::isfinite(high) && count >= 1,
          "cannot make a geometric list (it goes up from a number above 0 in at least 1 step) "
          "choose, for example, 1e-3, 1e4 and 8");
  const double first = std::log10(low), last = std::log10(high);
  std::vector<double> values = {low};
  for (int i = 1; i + 1 < count; ++i)
    values.push_back(std::pow(10.0, first + (last - first) * double(i) / double(count - 1)));
  if (count > 1) values.push_back(high);
  return values;
}

}  // namespace whiteline
