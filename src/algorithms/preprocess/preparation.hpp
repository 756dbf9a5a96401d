// The steps of a plan at work on spectra on the device.
#pragma once

#include <functional>
#include <vector>

#include "algorithms/preprocess/plan.hpp"
#include "core/buffer.hpp"
#include "core/ops/ops.hpp"

namespace whiteline::preprocess {

core::AxisPoints points(const EnergyAxis& axis);

// The spectra between two steps: channels `used` of the axis there.
class Preparation {
 public:
  Preparation(const Context& ctx, const Plan& plan, Matrix uploaded);

  PreparedSpectra run() &&;

  void operator()(const Crop&) {}  // the step before made the kept channels only
  void operator()(const Background& background);
  void operator()(const Normalise& normalise);
  void operator()(const Resample& resample);
  void operator()(const RemoveSpikes& rule);
  void operator()(const AlignPeak& align);
  void operator()(const Rebin& rebin);
  void operator()(const PcaFilter& filter);

 private:
  const Spectra& before() const { return plan_.between[step_]; }
  ChannelRange used_after() const { return plan_.between[step_ + 1].used; }
  std::int64_t origin() const { return before().used.begin; }
  EnergyAxis held_axis() const { return before().axis->cut(before().used); }
  ChannelRange held_window() const;  // of the step, in columns
  core::PreprocessOps& ops() const;

  // work(in, first, out): `out` takes the channels that later steps use, `first` is where they
  // begin in `in`; in place where these are all.
  void narrow(const std::function<void(MatrixView, std::int64_t, MatrixView)>& work);
  // work(in, out): `out` has the shape of `in`; then keeps what later steps use.
  void replace(const std::function<void(MatrixView, MatrixView)>& work);
  void subtract_law(const Background& background, std::int64_t zero_before);
  void subtract_polynomial(const Background& background, std::int64_t zero_before);
  std::vector<double> peak_shifts(const AlignPeak& align);

  // A fit whose parameters are still on the device.
  struct Fitted {
    core::Buffer<double> parameters;
    std::function<BackgroundFit(std::vector<double>)> read;
  };

  const Context& ctx_;
  const Plan& plan_;
  std::size_t step_ = 0;
  Matrix spectra_;
  std::vector<Fitted> fits_;
  std::vector<core::Buffer<std::int32_t>> spikes_;
  std::vector<std::vector<double>> shifts_;
};

}  // namespace whiteline::preprocess
