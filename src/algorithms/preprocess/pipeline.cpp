#include <fmt/format.h>
#include <whiteline/preprocess.hpp>

#include <utility>

#include "algorithms/preprocess/plan.hpp"
#include "algorithms/preprocess/text.hpp"
#include "algorithms/spectra/checks.hpp"
#include "core/buffer.hpp"
#include "core/ops/ops.hpp"

namespace whiteline {

using preprocess::Plan;
using preprocess::PlannedStep;
using preprocess::text;

namespace {

HostView some_cols(const HostView& host, ChannelRange range) {
  HostView part = host;
  part.data = static_cast<const std::byte*>(host.data) +
              range.begin * host.col_stride * static_cast<std::int64_t>(size_of(host.type));
  part.cols = range.size();
  return part;
}

core::AxisPoints points(const EnergyAxis& axis) { return {axis.offset, axis.dispersion}; }

// The given channels on the device. Throws where one of them is no number.
Matrix upload(const Context& ctx, const HostView& spectra, ChannelRange range) {
  Matrix matrix = Matrix::from_host(ctx, some_cols(spectra, range));
  core::Buffer<std::int32_t> first(ctx, matrix.rows());
  core::need(ctx.queue().ops().reduce, "reduce").first_non_finite(matrix.view(), first.span());
  const std::vector<std::int32_t> channels = first.to_host();
  for (std::size_t row = 0; row < channels.size(); ++row)
    if (channels[row] >= 0)
      throw InvalidArgument(
          fmt::format("cannot prepare spectrum {} (channel {} is NaN or infinite) repair or leave "
                      "out the spectrum",
                      row, range.begin + channels[row]));
  return matrix;
}

// The spectra between two steps: channels `held` of the axis there.
class Preparation {
 public:
  Preparation(const Context& ctx, const Plan& plan, Matrix uploaded)
      : ctx_(ctx), plan_(plan), spectra_(std::move(uploaded)) {}

  PreparedSpectra run() && {
    for (; step_ < plan_.steps.size(); ++step_) std::visit(*this, plan_.steps[step_].step);
    PreparedSpectra prepared{std::move(spectra_), plan_.between.back().axis, {}};
    for (const core::Buffer<double>& law : laws_) prepared.fits.push_back(fit(law.to_host()));
    return prepared;
  }

  void operator()(const Crop&) {}  // the step before made the kept channels only

  void operator()(const Background& background) {
    const ChannelRange window = plan_.steps[step_].window;
    const EnergyAxis axis = before().axis->cut(before().used);
    const auto method = background.method == Background::Method::two_area
                            ? core::BackgroundMethod::two_area
                            : core::BackgroundMethod::log_least_squares;
    core::Buffer<double> law(ctx_, 2 * spectra_.rows());
    narrow([&](MatrixView in, std::int64_t first, MatrixView out) {
      ops().subtract_power_law(
          in, {points(axis), window.begin - origin(), window.end - origin(), method}, first, out,
          law.span());
    });
    laws_.push_back(std::move(law));
  }

  void operator()(const Normalise& normalise) {
    using Kind = Normalise::Kind;
    using Value = core::ReduceOps::RowValue;
    if (normalise.kind == Kind::none) return;
    const Value value = normalise.kind == Kind::max  ? Value::max
                        : normalise.kind == Kind::l2 ? Value::sum_of_squares
                        : normalise.kind == Kind::l1 ? Value::sum_of_magnitudes
                                                     : Value::sum;
    const ChannelRange window = plan_.steps[step_].window;
    core::Buffer<double> norms(ctx_, spectra_.rows());
    core::need(ctx_.queue().ops().reduce, "reduce")
        .rows(value, spectra_.view().some_cols(window.begin - origin(), window.size()),
              norms.span());
    const core::RowDivisor divisor{normalise.kind == Kind::l2,
                                   normalise.kind == Kind::area ? before().axis->dispersion : 1.0};
    narrow([&](MatrixView in, std::int64_t first, MatrixView out) {
      ops().divide_rows(in.some_cols(first, out.cols), norms.span(), divisor, out);
    });
  }

  void operator()(const Resample& resample) {
    const ChannelRange used = plan_.between[step_ + 1].used;
    Matrix out(ctx_, spectra_.rows(), used.size());
    ops().resample(spectra_.view(), points(before().axis->cut(before().used)), out.view(),
                   points(resample.axis.cut(used)));
    spectra_ = std::move(out);
  }

 private:
  const preprocess::Spectra& before() const { return plan_.between[step_]; }
  std::int64_t origin() const { return before().used.begin; }
  core::PreprocessOps& ops() const {
    return core::need(ctx_.queue().ops().preprocess, "preprocess");
  }

  // work(in, first, out): `out` takes the channels that later steps use, `first` is where they
  // begin in `in`; in place where these are all.
  template <class Work>
  void narrow(const Work& work) {
    const ChannelRange used = plan_.between[step_ + 1].used;
    if (used.size() == spectra_.cols()) return work(spectra_.view(), 0, spectra_.view());
    Matrix out(ctx_, spectra_.rows(), used.size());
    work(spectra_.view(), used.begin - origin(), out.view());
    spectra_ = std::move(out);
  }

  static BackgroundFit fit(const std::vector<double>& parameters) {
    BackgroundFit fit;
    for (std::size_t i = 0; i < parameters.size(); i += 2) {
      fit.amplitude.push_back(parameters[i]);
      fit.exponent.push_back(parameters[i + 1]);
    }
    return fit;
  }

  const Context& ctx_;
  const Plan& plan_;
  std::size_t step_ = 0;
  Matrix spectra_;
  std::vector<core::Buffer<double>> laws_;
};

}  // namespace

Pipeline::Pipeline(std::vector<PreparationStep> steps, std::optional<EnergyAxis> input,
                   std::int64_t channels)
    : steps_(std::move(steps)), input_(std::move(input)), channels_(channels) {
  if (channels_ < 1)
    throw InvalidArgument(fmt::format(
        "cannot prepare spectra of {} channels (at least 1 is needed) give their channels",
        channels_));
  if (input_) {
    spectra::check_axis(*input_);
    if (input_->size != channels_)
      throw InvalidArgument(
          fmt::format("the energy axis has {} channels, the spectra have {} (they must be equal) "
                      "correct the axis",
                      input_->size, channels_));
  }
  preprocess::make_plan(steps_, input_, channels_);
}

std::optional<EnergyAxis> Pipeline::output() const {
  return preprocess::make_plan(steps_, input_, channels_).between.back().axis;
}

std::int64_t Pipeline::output_channels() const {
  return preprocess::make_plan(steps_, input_, channels_).between.back().channels;
}

PreparedSpectra Pipeline::apply(const Context& ctx, const HostView& spectra,
                                const std::optional<EnergyAxis>& energy) const {
  if (energy) {
    spectra::check_axis(*energy);
    if (energy->size != spectra.cols)
      throw InvalidArgument(
          fmt::format("the energy axis has {} channels, the spectra have {} (they must be equal) "
                      "correct the axis",
                      energy->size, spectra.cols));
  }
  if (channels_ == 0) return {upload(ctx, spectra, {0, spectra.cols}), energy, {}};
  const Plan plan = preprocess::make_plan(steps_, input_, channels_);
  const ChannelRange used = plan.between.front().used;
  if (input_ && energy && !input_->matches(*energy)) {
    const EnergyAxis part = input_->cut(used);
    if (!energy->covers(part))
      throw InvalidArgument(
          fmt::format("cannot prepare spectra on {} (the steps need {}) use spectra that cover it, "
                      "or shift their axis",
                      text(*energy), text(part)));
    const ChannelRange read = preprocess::interpolated_channels(*energy, part);
    const Matrix given = upload(ctx, spectra, read);
    Matrix moved(ctx, spectra.rows, part.size);
    core::need(ctx.queue().ops().preprocess, "preprocess")
        .resample(given.view(), points(energy->cut(read)), moved.view(), points(part));
    return Preparation(ctx, plan, std::move(moved)).run();
  }
  if (spectra.cols != channels_)
    throw InvalidArgument(
        fmt::format("cannot prepare spectra of {} channels (the steps are for {}, and an energy "
                    "axis is unknown) give the spectra their energy axis",
                    spectra.cols, channels_));
  return Preparation(ctx, plan, upload(ctx, spectra, used)).run();
}

}  // namespace whiteline
