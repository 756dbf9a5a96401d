// whiteline prepare: spectra repaired, aligned, filtered and prepared, with pictures of it.
#include <fmt/format.h>
#include <whiteline/align.hpp>
#include <whiteline/pca.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "cli/interrupt.hpp"
#include "cli/prepare_options.hpp"
#include "cli/prepare_report.hpp"
#include "cli/results.hpp"

namespace whiteline::cli {

namespace {

std::filesystem::path beside(const std::filesystem::path& output, const std::string& ending) {
  return output.string() + ending;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  if (!file)
    throw ReadError(
        fmt::format("cannot read {} (it is no readable file) check the path", path.string()));
  return text.str();
}

// The steps of a file, for spectra on this axis.
Pipeline pipeline_of(const std::filesystem::path& path, const std::optional<EnergyAxis>& axis,
                     std::int64_t channels) {
  const Json file = parse_json(text_of(path));
  const Json* steps = file.is_array() ? &file : nullptr;
  if (file.is_object() && file.contains("steps")) steps = &file["steps"];
  if (!steps)
    throw ReadError(fmt::format("cannot use {} (it is no JSON with `steps`) write a list of steps",
                                path.string()));
  Json whole = {{"input", nullptr}, {"channels", channels}, {"steps", *steps}};
  if (axis)
    whole["input"] = {
        {"offset", axis->offset}, {"dispersion", axis->dispersion}, {"size", axis->size}};
  return Pipeline::from_json(to_line(whole));
}

class Preparer {
 public:
  Preparer(const PrepareOptions& options, const Context& ctx, Console& console, RunRecord& record,
           Input input)
      : options_(options),
        ctx_(ctx),
        console_(console),
        record_(record),
        input_(std::move(input)),
        before_(mean_curve(input_.image)) {}

  void run() {
    if (options_.spikes > 0.0) apply({RemoveSpikes{.threshold = options_.spikes}});
    rebin_image();
    if (options_.align) align_image();
    if (options_.components > 0) filter_noise();
    if (!options_.pipeline.empty())
      apply(pipeline_of(options_.pipeline, input_.energy, input_.image.energy.size).steps());
    else
      apply(last_steps());
  }

  void write() {
    const auto timed = record_.phase("write");
    const Overwrite overwrite = overwrite_if(options_.common.force);
    SpectrumImage& image = input_.image;
    write_text_file(beside(options_.output, ".before_after.svg"),
                    before_after_chart(before_, mean_curve(image)), overwrite);
    if (!scree_.empty()) write_text_file(beside(options_.output, ".scree.svg"), scree_, overwrite);
    record_["steps"] = done_;
    record_["found"] = report_.to_json();
    record_["spectra"] = image.pixels();
    record_["energy"] = to_json(input_.energy);
    console_.result(fmt::format(
        "{} spectra, {}{}{}", image.pixels(),
        input_.energy ? describe(*input_.energy) : fmt::format("{} channels", image.energy.size),
        report_.text().empty() ? "" : "; ", report_.text()));
    image.metadata = with_steps(image.metadata);
    if (input_.is_table)
      write_dataset(options_.output, as_set(std::move(input_)), overwrite);
    else
      write_spectrum_image(options_.output, image, overwrite);
  }

 private:
  std::vector<PreparationStep> last_steps() const {
    std::vector<PreparationStep> steps;
    if (options_.resample)
      steps.push_back(Resample{*options_.resample, options_.keep_counts ? Resample::Keep::counts
                                                                        : Resample::Keep::values});
    const std::optional<EnergyAxis> axis = options_.resample ? options_.resample : input_.energy;
    for (PreparationStep& step : steps_before_normalising(options_.steps, axis)) {
      if (auto* background = std::get_if<Background>(&step))
        background->zero_fill = options_.zero_fill;
      steps.push_back(std::move(step));
    }
    if (const auto step = normalise_step(options_.normalise, axis)) steps.push_back(*step);
    return steps;
  }

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
          pipeline.apply(ctx_, spectra.some_rows(first, rows), input_.energy);
      tile.spectra.copy_to(
          std::span(counts).subspan(std::size_t(first * pipeline.output_channels()),
                                    std::size_t(rows) * std::size_t(pipeline.output_channels())));
      report_.add(tile);
    }
    for (const PreparationStep& step : steps) done_.push_back(description(step));
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
    done_.push_back(
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
    report_.add_shifts(shifts);
    const ShiftedEnds ends = options_.crop_shifted ? ShiftedEnds::crop : ShiftedEnds::extend;
    input_.image = shift_spectra(ctx_, input_.image, shifts, ends);
    input_.energy = input_.image.energy;
    done_.push_back(fmt::format("align by {} in {:.6g}:{:.6g} eV",
                                options_.align->correlate ? "correlation" : "the peak", params.low,
                                params.high));
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
    scree_ = scree_chart(found, found.components);
    double explained = 0.0;
    for (std::int64_t k = 0; k < found.components; ++k) explained += found.explained(k);
    record_["pca"] = {{"components", found.components},
                      {"explained", explained},
                      {"variance", found.variance},
                      {"total_variance", found.total_variance}};
    console_.result(fmt::format("{} components explain {:.4g} % of the variance", found.components,
                                100.0 * explained));
    done_.push_back(fmt::format("keep {} principal components", found.components));
  }

  // The image's metadata, with what was done.
  std::string with_steps(const std::string& metadata) const {
    Json all = parse_json(metadata);
    if (!all.is_object()) all = Json::object();
    if (!all["Whiteline"].is_object()) all["Whiteline"] = Json::object();
    all["Whiteline"]["prepared"] = done_;
    return to_line(all);
  }

  const PrepareOptions& options_;
  const Context& ctx_;
  Console& console_;
  RunRecord& record_;
  Input input_;
  MeanCurve before_;
  PrepareReport report_;
  std::vector<std::string> done_;
  std::string scree_;
};

void check(const PrepareOptions& options) {
  if (!options.pipeline.empty() && options.has_steps())
    throw UsageError(
        "--pipeline: its steps take the place of --spikes, --resample, --background, "
        "--window and --normalise");
  if (options.also_align.empty() != options.also_output.empty())
    throw UsageError("--also-align and --also-output belong together");
  if (!options.also_align.empty() && !options.align)
    throw UsageError("--also-align: there is no --align to take shifts from");
  if (options.zero_fill && !options.steps.background)
    throw UsageError("--zero-fill: there is no --background");
  if (options.keep_counts && !options.resample)
    throw UsageError("--keep-counts: there is no --resample");
}

}  // namespace

void run_prepare(const PrepareOptions& options, const Json& given) {
  check(options);
  std::vector<std::filesystem::path> outputs = {options.output, record_of(options.output),
                                                beside(options.output, ".before_after.svg")};
  if (options.components > 0) outputs.push_back(beside(options.output, ".scree.svg"));
  if (!options.also_output.empty()) outputs.push_back(options.also_output);
  check_outputs(outputs, options.common.force);
  Console console(options.common.output);
  RunRecord record("prepare", given, options.common);
  const Context ctx = open_device(options.common, console, record);
  Input input;
  {
    const auto timed = record.phase("read");
    input = read_input(options.input);
    input.energy = corrected_axis(input.energy, input.image.energy.size, options.axis);
    if (input.energy) input.image.energy = *input.energy;
  }
  record.add_input("data", options.input, console.progress());
  if (!options.pipeline.empty()) record.add_input("pipeline", options.pipeline, console.progress());
  Preparer preparer(options, ctx, console, record, std::move(input));
  preparer.run();
  throw_if_interrupted();
  preparer.write();
  for (std::size_t i = 2; i < outputs.size(); ++i)
    if (outputs[i] != options.also_output)
      record.add_output(outputs[i].filename().string(), outputs[i]);
  finish_file(options.output, record, console, options.common);
}

}  // namespace whiteline::cli
