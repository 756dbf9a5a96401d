#include "cli/prepare_steps.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "cli/json.hpp"

namespace whiteline::cli {

namespace {

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

}  // namespace

std::vector<PreparationStep> last_steps(const PrepareOptions& options,
                                        const std::optional<EnergyAxis>& energy,
                                        std::int64_t channels) {
  if (!options.pipeline.empty()) return pipeline_of(options.pipeline, energy, channels).steps();
  std::vector<PreparationStep> steps;
  if (options.resample)
    steps.push_back(Resample{
        *options.resample, options.keep_counts ? Resample::Keep::counts : Resample::Keep::values});
  const std::optional<EnergyAxis> axis = options.resample ? options.resample : energy;
  for (PreparationStep& step : steps_before_normalising(options.steps, axis)) {
    if (auto* background = std::get_if<Background>(&step))
      background->zero_fill = options.zero_fill;
    steps.push_back(std::move(step));
  }
  if (const auto step = normalise_step(options.normalise, axis)) steps.push_back(*step);
  return steps;
}

std::string with_steps(const std::string& metadata, const std::vector<std::string>& done) {
  Json all = parse_json(metadata);
  if (!all.is_object()) all = Json::object();
  if (!all["Whiteline"].is_object()) all["Whiteline"] = Json::object();
  all["Whiteline"]["prepared"] = done;
  return to_line(all);
}

}  // namespace whiteline::cli
