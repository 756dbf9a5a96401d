#include <fmt/format.h>
#include <whiteline/svm.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include "algorithms/svm/checks.hpp"
#include "algorithms/svm/predictor.hpp"

namespace whiteline {

namespace {

// Row -> first channel that is NaN or infinite, else -1; empty when the numbers are integers.
template <class T>
void scan(const HostView& host, std::vector<std::int64_t>& first) {
  const T* data = static_cast<const T*>(host.data);
  first.assign(std::size_t(host.rows), -1);
  for (std::int64_t r = 0; r < host.rows; ++r)
    for (std::int64_t c = 0; c < host.cols && first[std::size_t(r)] < 0; ++c)
      if (!std::isfinite(static_cast<float>(data[r * host.row_stride + c * host.col_stride])))
        first[std::size_t(r)] = c;
}

std::vector<std::int64_t> invalid_channels(const HostView& host) {
  std::vector<std::int64_t> first;
  if (host.type == NumberType::f32) scan<float>(host, first);
  if (host.type == NumberType::f64) scan<double>(host, first);
  return first;
}

// The rows as float32, those with a channel in `invalid` as zeros.
std::vector<float> without_invalid(const Context& ctx, const HostView& host,
                                   const std::vector<std::int64_t>& invalid) {
  std::vector<float> copy(std::size_t(host.rows * host.cols));
  Matrix::from_host(ctx, host).copy_to(copy);
  for (std::size_t r = 0; r < invalid.size(); ++r)
    if (invalid[r] >= 0) std::fill_n(copy.begin() + std::int64_t(r) * host.cols, host.cols, 0.0f);
  return copy;
}

Matrix prepared(const Context& ctx, const Pipeline& pipeline, const HostView& spectra,
                const std::optional<EnergyAxis>& energy) {
  if (pipeline.input_channels() == 0 && pipeline.steps().empty())
    return Matrix::from_host(ctx, spectra);
  return pipeline.apply(ctx, spectra, energy).spectra;
}

// One tile, rows [first, first + tile.rows) of all, refused at the first NaN or infinity.
Matrix prepared_or_refused(const Context& ctx, const SvmModel& model, const HostView& tile,
                           std::int64_t first, const std::optional<EnergyAxis>& energy) {
  try {
    return prepared(ctx, model.pipeline, tile, energy);
  } catch (const InvalidArgument&) {
    const std::vector<std::int64_t> invalid = invalid_channels(tile);
    for (std::size_t r = 0; r < invalid.size(); ++r)
      if (invalid[r] >= 0) svm::throw_non_finite(first + std::int64_t(r), invalid[r]);
    throw;
  }
}

void check_channels(const SvmModel& model, std::int64_t channels) {
  if (channels != model.channels)
    throw InvalidArgument(
        fmt::format("cannot classify spectra of {} channels (the model was trained on {}) prepare "
                    "them as the training spectra were",
                    channels, model.channels));
}

}  // namespace

SvmPrediction svm_predict(const Context& ctx, const SvmModel& model, const Matrix& x,
                          const SvmPredictParams& params) {
  const svm::Predictor predictor(ctx, model, params);
  check_channels(model, x.cols());
  SvmPrediction out = predictor.empty_prediction(x.rows());
  const std::int64_t step = predictor.rows_at_once();
  for (std::int64_t first = 0; first < x.rows(); first += step) {
    const std::int64_t count = std::min(step, x.rows() - first);
    predictor.run(x.view().some_rows(first, count), first, out);
    report(params.progress, "classify", std::uint64_t(first + count), std::uint64_t(x.rows()));
  }
  return out;
}

SvmPrediction svm_classify(const Context& ctx, const SvmModel& model, const HostView& spectra,
                           const std::optional<EnergyAxis>& energy,
                           const SvmPredictParams& params) {
  const svm::Predictor predictor(ctx, model, params);
  SvmPrediction out = predictor.empty_prediction(spectra.rows);
  // Spectra as they come may be longer than what the model sees of them.
  const std::int64_t longest = std::max(model.channels, spectra.cols);
  const std::int64_t step =
      std::max<std::int64_t>(16, predictor.rows_at_once() * model.channels / longest);
  for (std::int64_t first = 0; first < spectra.rows; first += step) {
    const HostView part = spectra.some_rows(first, std::min(step, spectra.rows - first));
    std::vector<std::int64_t> invalid;
    Matrix x;
    if (params.on_invalid == SvmPredictParams::OnInvalid::refuse) {
      x = prepared_or_refused(ctx, model, part, first, energy);
    } else {
      invalid = invalid_channels(part);
      const bool clean = std::all_of(invalid.begin(), invalid.end(), [](auto c) { return c < 0; });
      const std::vector<float> copy =
          clean ? std::vector<float>() : without_invalid(ctx, part, invalid);
      const HostView repaired{copy.data(), part.rows, part.cols};
      x = prepared(ctx, model.pipeline, clean ? part : repaired, energy);
    }
    check_channels(model, x.cols());
    predictor.run(std::as_const(x).view(), first, out);
    for (std::size_t r = 0; r < invalid.size(); ++r)
      if (invalid[r] >= 0) predictor.mark_invalid(first + std::int64_t(r), invalid[r], out);
    report(params.progress, "classify", std::uint64_t(first + part.rows),
           std::uint64_t(spectra.rows));
  }
  return out;
}

}  // namespace whiteline
