#include "algorithms/preprocess/preparation.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "algorithms/preprocess/normalise.hpp"
#include "algorithms/preprocess/polynomials.hpp"

namespace whiteline::preprocess {

core::AxisPoints points(const EnergyAxis& axis) { return {axis.offset, axis.dispersion}; }

Preparation::Preparation(const Context& ctx, const Plan& plan, Matrix uploaded)
    : ctx_(ctx), plan_(plan), spectra_(std::move(uploaded)) {}

PreparedSpectra Preparation::run() && {
  for (; step_ < plan_.steps.size(); ++step_) std::visit(*this, plan_.steps[step_].step);
  PreparedSpectra prepared{std::move(spectra_), plan_.between.back().axis, {}, {}, {}};
  for (const Fitted& fit : fits_) prepared.fits.push_back(fit.read(fit.parameters.to_host()));
  for (const auto& count : spikes_) prepared.spikes.push_back(count.to_host());
  prepared.shifts = std::move(shifts_);
  return prepared;
}

core::PreprocessOps& Preparation::ops() const {
  return core::need(ctx_.queue().ops().preprocess, "preprocess");
}

ChannelRange Preparation::held_window() const {
  const ChannelRange window = plan_.steps[step_].window;
  return {window.begin - origin(), window.end - origin()};
}

void Preparation::narrow(const std::function<void(MatrixView, std::int64_t, MatrixView)>& work) {
  const ChannelRange used = used_after();
  if (used.size() == spectra_.cols()) return work(spectra_.view(), 0, spectra_.view());
  Matrix out(ctx_, spectra_.rows(), used.size());
  work(spectra_.view(), used.begin - origin(), out.view());
  spectra_ = std::move(out);
}

void Preparation::replace(const std::function<void(MatrixView, MatrixView)>& work) {
  Matrix out(ctx_, spectra_.rows(), spectra_.cols());
  work(spectra_.view(), out.view());
  spectra_ = std::move(out);
  if (used_after().size() == spectra_.cols()) return;
  narrow([&](MatrixView in, std::int64_t first, MatrixView part) {
    ops().standardise(in.some_cols(first, part.cols), {}, {}, {}, part);  // copies
  });
}

void Preparation::operator()(const Background& background) {
  const std::int64_t zero_before = background.zero_fill ? held_window().begin : 0;
  if (background.curve == Background::Curve::polynomial)
    subtract_polynomial(background, zero_before);
  else
    subtract_law(background, zero_before);
}

void Preparation::subtract_law(const Background& background, std::int64_t zero_before) {
  using Method = Background::Method;
  core::BackgroundWindow window{points(held_axis()), held_window().begin, held_window().end,
                                core::BackgroundMethod::log_least_squares};
  if (background.method == Method::two_area) window.method = core::BackgroundMethod::two_area;
  if (background.method == Method::two_area_closed)
    window.method = core::BackgroundMethod::two_area_closed;
  if (background.method == Method::likelihood) window.method = core::BackgroundMethod::likelihood;
  if (background.curve == Background::Curve::exponential)
    window.curve = core::BackgroundCurve::exponential;
  window.zero_before = zero_before;
  core::Buffer<double> law(ctx_, 2 * spectra_.rows());
  narrow([&](MatrixView in, std::int64_t first, MatrixView out) {
    ops().subtract_background(in, window, first, out, law.span());
  });
  fits_.push_back({std::move(law), [](const std::vector<double>& parameters) {
                     BackgroundFit fit;
                     for (std::size_t i = 0; i < parameters.size(); i += 2) {
                       fit.amplitude.push_back(parameters[i]);
                       fit.exponent.push_back(parameters[i + 1]);
                     }
                     return fit;
                   }});
}

void Preparation::subtract_polynomial(const Background& background, std::int64_t zero_before) {
  const ChannelRange window = held_window();
  Polynomials made = orthogonal_polynomials(held_axis(), window, background.degree);
  const std::int64_t terms = background.degree + 1;
  const core::Buffer<double> projections(ctx_, made.projections), curves(ctx_, made.curves);
  core::Buffer<double> coefficients(ctx_, terms * spectra_.rows());
  const core::LinearFit fit{window.begin,       window.end,    terms,
                            projections.span(), curves.span(), zero_before};
  narrow([&](MatrixView in, std::int64_t first, MatrixView out) {
    ops().subtract_curves(in, fit, first, out, coefficients.span());
  });
  fits_.push_back(
      {std::move(coefficients), [made = std::move(made)](const std::vector<double>& found) {
         return BackgroundFit{{}, {}, made.in_powers(found), made.centre, made.half_width};
       }});
}

void Preparation::operator()(const Normalise& normalise) {
  if (normalise.kind == Normalise::Kind::none) return;
  const ChannelRange window = held_window();
  const double dispersion =
      normalise.kind == Normalise::Kind::area ? before().axis->dispersion : 1.0;
  narrow([&](MatrixView in, std::int64_t first, MatrixView out) {
    divide_by_norms(ctx_, normalise.kind, dispersion, in.some_cols(window.begin, window.size()),
                    in.some_cols(first, out.cols), out);
  });
}

void Preparation::operator()(const Resample& resample) {
  const ChannelRange used = used_after();
  Matrix out(ctx_, spectra_.rows(), used.size());
  const core::AxisPoints from = points(held_axis()), to = points(resample.axis.cut(used));
  if (resample.keep == Resample::Keep::counts)
    ops().resample_counts(spectra_.view(), from, out.view(), to);
  else
    ops().resample(spectra_.view(), from, out.view(), to);
  spectra_ = std::move(out);
}

void Preparation::operator()(const RemoveSpikes& rule) {
  core::Buffer<std::int32_t> count(ctx_, spectra_.rows());
  replace([&](MatrixView in, MatrixView out) {
    ops().remove_spikes(in, {rule.half_window, rule.threshold}, out, count.span());
  });
  spikes_.push_back(std::move(count));
}

std::vector<double> Preparation::peak_shifts(const AlignPeak& align) {
  const EnergyAxis axis = held_axis();
  const core::PeakRule rule{
      align.refine == AlignPeak::Refine::parabola ? core::PeakRule::Refine::parabola
                                                  : core::PeakRule::Refine::centroid,
      held_window().begin, held_window().end, centroid_half_width(align, axis)};
  core::Buffer<double> position(ctx_, spectra_.rows());
  ops().peaks(spectra_.view(), rule, position.span());
  std::vector<double> shifts = position.to_host();
  for (double& shift : shifts) {
    shift = align.energy - (axis.offset + axis.dispersion * shift);
    if (!(std::abs(shift) <= align.max_shift)) shift = 0.0;
  }
  return shifts;
}

void Preparation::operator()(const AlignPeak& align) {
  std::vector<double> shifts = peak_shifts(align), channels;
  for (const double shift : shifts) channels.push_back(shift / before().axis->dispersion);
  const core::Buffer<double> by(ctx_, channels);
  replace([&](MatrixView in, MatrixView out) { ops().shift_rows(in, by.span(), out); });
  shifts_.push_back(std::move(shifts));
}

void Preparation::operator()(const Rebin& rebin) {
  Matrix out(ctx_, spectra_.rows(), used_after().size());
  ops().rebin(spectra_.view(), {spectra_.rows(), 1, 1, 1, rebin.channels}, out.view());
  spectra_ = std::move(out);
}

void Preparation::operator()(const PcaFilter& filter) {
  const std::int64_t channels = spectra_.cols();
  const std::int64_t count = std::int64_t(filter.loadings.size()) / channels;
  std::vector<double> weights(filter.weights.begin(), filter.weights.end()), back, offset;
  const std::vector<double> centre(filter.centre.begin(), filter.centre.end());
  for (std::size_t c = 0; c < weights.size(); ++c) {
    back.push_back(1.0 / weights[c]);
    offset.push_back(-centre[c] / weights[c]);
  }
  const core::Buffer<double> to_weighted(ctx_, weights), centres(ctx_, centre),
      from_weighted(ctx_, back), offsets(ctx_, offset);
  const Matrix loadings =
      Matrix::from_host(ctx_, HostView(filter.loadings.data(), count, channels));
  Matrix scores(ctx_, spectra_.rows(), count);
  core::BlasOps& blas = core::need(ctx_.queue().ops().blas, "blas");
  replace([&](MatrixView in, MatrixView out) {
    ops().standardise(in, {}, to_weighted.span(), centres.span(), out);
    blas.gemm(1.0f, out, core::Transpose::no, loadings.view(), core::Transpose::yes, 0.0f,
              scores.view());
    blas.gemm(1.0f, scores.view(), core::Transpose::no, loadings.view(), core::Transpose::no, 0.0f,
              out);
    ops().standardise(out, {}, from_weighted.span(), offsets.span(), out);
  });
}

}  // namespace whiteline::preprocess
