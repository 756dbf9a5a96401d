#include "cli/prepare_in_memory.hpp"

#include <fmt/format.h>
#include <whiteline/align.hpp>
#include <whiteline/pca.hpp>

#include <algorithm>

#include "cli/interrupt.hpp"
#include "cli/prepare_steps.hpp"

namespace whiteline::cli {

namespace {

class Preparer {
 public:
  Preparer(const PrepareOptions& options, const Context& ctx, Console& console, RunRecord& record,
           Input input)
      : options_(options), ctx_(ctx), console_(console), record_(record), input_(std::move(input)) {
    out_.before = mean_curve(input_.image);
  }

  void run() {
    if (options_.spikes > 0.0) apply({RemoveSpikes{.threshold = options_.spikes}});
    rebin_image();
    if (options_.align) align_image();
    if (options_.components > 0) filter_noise();
    apply(last_steps(options_, input_.energy, input_.image.energy.size));
  }

  PrepareOutcome write() {
    const auto timed = record_.phase("write");
    const Overwrite overwrite = overwrite_if(options_.common.force);
    SpectrumImage& image = input_.image;
    out_.after = mean_curve(image);
    out_.spectra = image.pixels();
    out_.energy = input_.energy;
    image.metadata = with_steps(image.metadata, out_.done);
    if (input_.is_table)
      write_dataset(options_.output, as_set(std::move(input_)), overwrite);
    else
      write_spectrum_image(options_.output, image, overwrite);
    return std::move(out_);
  }

 private:
  // Tile by tile.
  void apply(const std::vector<PreparationStep>& steps) {
    if (steps.empty()) return;
    const auto timed = record_.phase("prepare");
    constexpr std::int64_t tile_rows = 8192;
    SpectrumImage& image = input_.image;
    const Pipeline pipeline(steps, input_.energy, image.energy.size);
    const HostView spectra = image.spectra();
    std::vector<float> counts(std::size_t(image.pixels() * pipeline.output_channels()));
    for (std::int64_t first = 0; first < image.pixels(); first += tile_rows) {
      throw_if_interrupted();
      const std::int64_t rows = std::min(tile_rows, image.pixels() - first);
      const PreparedSpectra tile =
          pipeline.apply(ctx_, spectra.some_rows(first, rows), input_.energy, first);
      tile.spectra.copy_to(
          std::span(counts).subspan(std::size_t(first * pipeline.output_channels()),
                                    std::size_t(rows) * std::size_t(pipeline.output_channels())));
      out_.report.add(tile);
    }
    for (const PreparationStep& step : steps) out_.done.push_back(description(step));
    image.counts = std::move(counts);
    image.order = SpectrumImage::Order::pixel_major;
    input_.energy = pipeline.output();
    image.energy = input_.energy.value_or(EnergyAxis{0.0, 1.0, pipeline.output_channels()});
  }

  void rebin_image() {
    const RebinChoice& choice = options_.rebin;
    if (choice.y == 1 && choice.x == 1 && choice.channels == 1) return;
    const auto timed = record_.phase("rebin");
    input_.image = rebin(ctx_, input_.image, {choice.y, choice.x, choice.channels});
    if (input_.energy) input_.energy = input_.image.energy;
    out_.done.push_back(
        fmt::format("sum {} x {} pixels, {} channels", choice.y, choice.x, choice.channels));
  }

  void align_image() {
    const auto timed = record_.phase("align");
    if (!input_.energy)
      throw InvalidArgument(
          "cannot align spectra (their energy axis is unknown) give one with --axis "
          "OFFSET:DISPERSION");
    AlignParams params;
    params.method = options_.align->correlate ? AlignParams::Method::cross_correlation
                                              : AlignParams::Method::peak;
    const Range window = in_energy(options_.align->window, input_.energy);
    params.low = window.low;
    params.high = window.high;
    params.energy = options_.align->energy;
    params.max_shift = options_.max_shift;
    const std::vector<double> shifts =
        find_shifts(ctx_, input_.image.spectra(), input_.image.energy, params);
    out_.report.add_shifts(shifts);
    const ShiftedEnds ends = options_.crop_shifted ? ShiftedEnds::crop : ShiftedEnds::extend;
    input_.image = shift_spectra(ctx_, input_.image, shifts, ends);
    input_.energy = input_.image.energy;
    out_.done.push_back(fmt::format("align by {} in {:.6g}:{:.6g} eV",
                                    options_.align->correlate ? "correlation" : "the peak",
                                    params.low, params.high));
    if (options_.also_align.empty()) return;
    const Input other = read_input(options_.also_align);
    record_.add_input("also aligned", options_.also_align, console_.progress());
    write_spectrum_image(options_.also_output, shift_spectra(ctx_, other.image, shifts, ends),
                         overwrite_if(options_.common.force));
    record_.add_output(options_.also_output.filename().string(), options_.also_output);
  }

  void filter_noise() {
    const auto timed = record_.phase("pca");
    PcaParams params;
    params.components = options_.components;
    if (options_.pca_method == "randomised") params.method = PcaParams::Method::randomised;
    if (options_.pca_weighting == "poisson") {
      params.weighting = PcaParams::Weighting::poisson;
      params.centre = PcaParams::Centre::none;
    }
    params.seed = options_.common.seed;
    params.progress = console_.progress();
    const Pca found = pca(ctx_, input_.image.spectra(), params);
    input_.image.counts = reconstruct(ctx_, found, found.components);
    input_.image.order = SpectrumImage::Order::pixel_major;
    out_.scree = scree_chart(found, found.components);
    double explained = 0.0;
    for (std::int64_t k = 0; k < found.components; ++k) explained += found.explained(k);
    record_["pca"] = {{"components", found.components},
                      {"explained", explained},
                      {"variance", found.variance},
                      {"total_variance", found.total_variance}};
    console_.result(fmt::format("{} components explain {:.4g} % of the variance", found.components,
                                100.0 * explained));
    out_.done.push_back(fmt::format("keep {} principal components", found.components));
  }

  const PrepareOptions& options_;
  const Context& ctx_;
  Console& console_;
  RunRecord& record_;
  Input input_;
  PrepareOutcome out_;
};

}  // namespace

PrepareOutcome prepare_in_memory(const PrepareOptions& options, const Context& ctx, Input input,
                                 Console& console, RunRecord& record) {
  Preparer preparer(options, ctx, console, record, std::move(input));
  preparer.run();
  throw_if_interrupted();
  return preparer.write();
}

}  // namespace whiteline::cli
