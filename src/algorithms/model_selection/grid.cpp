#include <whiteline/model_selection.hpp>

#include <cmath>

namespace whiteline {

namespace {

// The kernels of one type, gamma fastest.
std::vector<Kernel> kernels_of(KernelType type, const SvmGrid& grid) {
  if (type == KernelType::linear) return {linear()};
  if (type == KernelType::cosine) return {cosine()};
  if (type == KernelType::precomputed) return {precomputed()};
  const bool has_coef0 = type != KernelType::rbf, has_degree = type == KernelType::polynomial;
  std::vector<Kernel> kernels;
  for (const int degree : has_degree ? grid.degree : std::vector<int>{1})
    for (const double coef0 : has_coef0 ? grid.coef0 : std::vector<double>{0.0}) {
      if (grid.gamma.empty()) kernels.push_back({type, GammaRule::scale, 0.0, coef0, degree});
      for (const double gamma : grid.gamma)
        kernels.push_back({type, GammaRule::value, gamma, coef0, degree});
    }
  return kernels;
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
