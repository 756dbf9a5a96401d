#include <fmt/format.h>
#include <whiteline/preprocess.hpp>

#include <utility>

#include "algorithms/preprocess/preparation.hpp"
#include "algorithms/preprocess/prepared_tile.hpp"
#include "algorithms/preprocess/text.hpp"
#include "algorithms/preprocess/upload.hpp"
#include "algorithms/spectra/checks.hpp"

namespace whiteline {

using preprocess::Plan;
using preprocess::points;
using preprocess::Preparation;
using preprocess::text;
using preprocess::upload;

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
                                const std::optional<EnergyAxis>& energy,
                                std::int64_t first_row) const {
  try {
    return prepare(ctx, spectra, energy);
  } catch (const InvalidArgument&) {
    if (first_row > 0) preprocess::refuse_invalid(spectra, first_row);
    throw;
  }
}

PreparedSpectra Pipeline::prepare(const Context& ctx, const HostView& spectra,
                                  const std::optional<EnergyAxis>& energy) const {
  if (energy) {
    spectra::check_axis(*energy);
    if (energy->size != spectra.cols)
      throw InvalidArgument(
          fmt::format("the energy axis has {} channels, the spectra have {} (they must be equal) "
                      "correct the axis",
                      energy->size, spectra.cols));
  }
  if (channels_ == 0) return {upload(ctx, spectra, {0, spectra.cols}), energy, {}, {}, {}};
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
