#include "algorithms/synth/template_bank.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace whiteline::synth {
namespace {

constexpr double broadening_step = 0.2;     // eV FWHM
constexpr std::int64_t low_loss_every = 5;  // grid steps: plural scattering is smooth

// Single-scattering low loss per grid step, unit area: a Drude plasmon of an oxide, 25 eV wide 15.
std::vector<double> low_loss() {
  constexpr double plasmon = 25.0, width = 15.0, last = 120.0;
  const double step = TemplateBank::grid_step * double(low_loss_every);
  std::vector<double> loss(std::size_t(last / step));
  double sum = 0.0;
  for (std::size_t i = 0; i < loss.size(); ++i) {
    const double e = step * double(i), d = e * e - plasmon * plasmon;
    loss[i] = e * plasmon * plasmon * width / (d * d + e * e * width * width);
    sum += loss[i];
  }
  for (double& value : loss) value /= sum;
  return loss;
}

// Convolution with a Gaussian; values beyond the ends are taken as the end's.
std::vector<float> broadened(const std::vector<double>& shape, double fwhm) {
  const double sigma = fwhm / (2.0 * std::sqrt(2.0 * std::numbers::ln2)) / TemplateBank::grid_step;
  const auto radius = std::int64_t(std::ceil(4.0 * sigma));
  std::vector<double> weight(std::size_t(2 * radius + 1));
  double sum = 0.0;
  for (std::int64_t k = -radius; k <= radius; ++k) {
    const double w = std::exp(-0.5 * double(k * k) / (sigma * sigma));
    weight[std::size_t(k + radius)] = w;
    sum += w;
  }
  const auto size = std::int64_t(shape.size());
  std::vector<float> result(shape.size());
  for (std::int64_t i = 0; i < size; ++i) {
    double value = 0.0;
    for (std::int64_t k = -radius; k <= radius; ++k)
      value += weight[std::size_t(k + radius)] *
               shape[std::size_t(std::clamp(i + k, std::int64_t(0), size - 1))];
    result[std::size_t(i)] = float(value / sum);
  }
  return result;
}

std::vector<double> scattered(const std::vector<double>& coarse, const std::vector<double>& loss) {
  std::vector<double> result(coarse.size());
  for (std::size_t i = 0; i < coarse.size(); ++i)
    for (std::size_t k = 0; k < loss.size() && k <= i; ++k) result[i] += loss[k] * coarse[i - k];
  return result;
}

// From every low_loss_every-th grid point to all of them, straight lines between.
std::vector<float> refined(const std::vector<double>& coarse, std::int64_t size) {
  std::vector<float> result(static_cast<std::size_t>(size));
  for (std::int64_t i = 0; i < size; ++i) {
    const auto left = std::size_t(i / low_loss_every);
    const std::size_t right = std::min(left + 1, coarse.size() - 1);
    const double part = double(i % low_loss_every) / double(low_loss_every);
    result[std::size_t(i)] = float((1.0 - part) * coarse[left] + part * coarse[right]);
  }
  return result;
}

}  // namespace

TemplateBank::TemplateBank(std::span<const Edge> edges, double low, double high)
    : low_(low), size_(std::int64_t(std::ceil((high - low) / grid_step)) + 1) {
  const std::vector<double> loss = low_loss();
  for (const Edge edge : edges) {
    const EdgeShape& shape = edge_table()[std::size_t(edge)];
    std::vector<double> fine(static_cast<std::size_t>(size_)), coarse;
    for (std::int64_t i = 0; i < size_; ++i)
      fine[std::size_t(i)] = intensity(shape, grid_energy(i));
    Rows& rows = rows_[std::size_t(edge)];
    for (int b = 0; b < broadenings; ++b)
      rows.single[std::size_t(b)] = broadened(fine, least_broadening + broadening_step * b);
    for (std::int64_t i = 0; i < size_; i += low_loss_every)
      coarse.push_back(double(rows.single[broadenings / 2][std::size_t(i)]));
    for (std::vector<float>& order : rows.plural) {
      coarse = scattered(coarse, loss);
      order = refined(coarse, size_);
    }
  }
}

void TemplateBank::mix(const EdgeWeights& weights, double broadening, double thickness,
                       std::span<float> sum) const {
  std::ranges::fill(sum, 0.0f);
  const double place =
      std::clamp((broadening - least_broadening) / broadening_step, 0.0, broadenings - 1.001);
  const auto narrow = std::size_t(place);
  const double part = place - double(narrow), kept = std::exp(-thickness);
  for (std::size_t edge = 0; edge < rows_.size(); ++edge) {
    if (weights[edge] == 0.0) continue;
    const double weight = weights[edge] * kept;
    const float a = float(weight * (1.0 - part)), b = float(weight * part),
                c = float(weight * thickness), d = float(weight * thickness * thickness / 2.0);
    const float *row_a = rows_[edge].single[narrow].data(),
                *row_b = rows_[edge].single[narrow + 1].data(),
                *row_c = rows_[edge].plural[0].data(), *row_d = rows_[edge].plural[1].data();
    for (std::size_t i = 0; i < sum.size(); ++i)
      sum[i] += a * row_a[i] + b * row_b[i] + c * row_c[i] + d * row_d[i];
  }
}

}  // namespace whiteline::synth
