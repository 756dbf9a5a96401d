#include <fmt/format.h>
#include <whiteline/preprocess.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <initializer_list>
#include <utility>

#include "algorithms/preprocess/text.hpp"

namespace whiteline {

namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void refuse(const std::string& problem) {
  throw InvalidArgument(
      fmt::format("cannot read a preparation pipeline ({}) take the JSON from the model", problem));
}

Json to_json(const EnergyAxis& axis) {
  return {{"offset", axis.offset}, {"dispersion", axis.dispersion}, {"size", axis.size}};
}

struct StepToJson {
  Json operator()(const Crop& crop) const {
    return {{"kind", "crop"}, {"low", crop.low}, {"high", crop.high}};
  }
  Json operator()(const Background& background) const {
    Json json = {{"kind", "background"},
                 {"method", preprocess::name(background.method)},
                 {"low", background.low},
                 {"high", background.high}};
    // What earlier versions did not know is written where it says something.
    if (background.curve != Background::Curve::power_law)
      json["curve"] = preprocess::name(background.curve);
    if (background.curve == Background::Curve::polynomial) json["degree"] = background.degree;
    if (background.zero_fill) json["zero_fill"] = true;
    return json;
  }
  Json operator()(const Normalise& normalise) const {
    return {{"kind", "normalise"},
            {"by", whiteline::name(normalise.kind)},
            {"low", normalise.low},
            {"high", normalise.high}};
  }
  Json operator()(const Resample& resample) const {
    Json json = {{"kind", "resample"}, {"axis", to_json(resample.axis)}};
    if (resample.keep != Resample::Keep::values) json["keep"] = preprocess::name(resample.keep);
    return json;
  }
  Json operator()(const RemoveSpikes& rule) const {
    return {{"kind", "remove_spikes"},
            {"half_window", rule.half_window},
            {"threshold", rule.threshold}};
  }
  Json operator()(const AlignPeak& align) const {
    return {{"kind", "align_peak"},
            {"low", align.low},
            {"high", align.high},
            {"energy", align.energy},
            {"max_shift", align.max_shift},
            {"refine", preprocess::name(align.refine)},
            {"half_width", align.half_width}};
  }
  Json operator()(const Rebin& rebin) const {
    return {{"kind", "rebin"}, {"channels", rebin.channels}};
  }
  Json operator()(const PcaFilter& filter) const {
    return {{"kind", "pca_filter"},
            {"weights", filter.weights},
            {"centre", filter.centre},
            {"loadings", filter.loadings}};
  }
};

using Keys = std::initializer_list<std::string_view>;

// An object that holds these keys, perhaps the optional ones, and no others.
const Json& object(const Json& json, std::string_view what, Keys keys, Keys optional = {}) {
  if (!json.is_object()) refuse(fmt::format("{} is no object", what));
  for (const std::string_view key : keys)
    if (!json.contains(key)) refuse(fmt::format("{} has no `{}`", what, key));
  for (const auto& [key, value] : json.items())
    if (std::find(keys.begin(), keys.end(), key) == keys.end() &&
        std::find(optional.begin(), optional.end(), key) == optional.end())
      refuse(fmt::format("{} has an unknown `{}`", what, key));
  return json;
}

double number(const Json& json, std::string_view key) {
  const Json& value = json.at(std::string(key));
  if (!value.is_number()) refuse(fmt::format("`{}` is no number", key));
  return value.get<double>();
}

std::int64_t integer(const Json& json, std::string_view key) {
  const Json& value = json.at(std::string(key));
  const bool fits = value.is_number_integer() &&
                    (!value.is_number_unsigned() || value.get<std::uint64_t>() <= INT64_MAX);
  if (!fits) refuse(fmt::format("`{}` is no whole number", key));
  return value.get<std::int64_t>();
}

std::string word(const Json& json, std::string_view key) {
  const Json& value = json.at(std::string(key));
  if (!value.is_string()) refuse(fmt::format("`{}` is no text", key));
  return value.get<std::string>();
}

EnergyAxis axis_of(const Json& json) {
  object(json, "an axis", {"offset", "dispersion", "size"});
  return {number(json, "offset"), number(json, "dispersion"), integer(json, "size")};
}

int small_integer(const Json& json, std::string_view key) {
  const std::int64_t value = integer(json, key);
  if (!std::in_range<int>(value)) refuse(fmt::format("`{}` is too large", key));
  return int(value);
}

std::vector<float> floats(const Json& json, std::string_view key) {
  const Json& list = json.at(std::string(key));
  if (!list.is_array()) refuse(fmt::format("`{}` is no list", key));
  std::vector<float> values;
  for (const Json& value : list) {
    if (!value.is_number() || !std::isfinite(value.get<float>()))
      refuse(fmt::format("`{}` holds something that is no float32 number", key));
    values.push_back(value.get<float>());
  }
  return values;
}

PreparationStep crop_of(const Json& json) {
  object(json, "crop", {"kind", "low", "high"});
  return Crop{number(json, "low"), number(json, "high")};
}

PreparationStep background_of(const Json& json) {
  object(json, "background", {"kind", "method", "low", "high"}, {"curve", "degree", "zero_fill"});
  Background background{preprocess::background_method(word(json, "method")), number(json, "low"),
                        number(json, "high")};
  if (json.contains("curve")) background.curve = preprocess::background_curve(word(json, "curve"));
  if (json.contains("degree")) background.degree = small_integer(json, "degree");
  if (json.contains("zero_fill")) {
    if (!json.at("zero_fill").is_boolean()) refuse("`zero_fill` is neither true nor false");
    background.zero_fill = json.at("zero_fill").get<bool>();
  }
  return background;
}

PreparationStep normalise_of(const Json& json) {
  object(json, "normalise", {"kind", "by", "low", "high"});
  return Normalise{normalise_kind(word(json, "by")), number(json, "low"), number(json, "high")};
}

PreparationStep resample_of(const Json& json) {
  object(json, "resample", {"kind", "axis"}, {"keep"});
  Resample resample{axis_of(json.at("axis"))};
  if (json.contains("keep")) resample.keep = preprocess::resample_keep(word(json, "keep"));
  return resample;
}

PreparationStep spikes_of(const Json& json) {
  object(json, "remove_spikes", {"kind", "half_window", "threshold"});
  return RemoveSpikes{small_integer(json, "half_window"), number(json, "threshold")};
}

PreparationStep align_of(const Json& json) {
  object(json, "align_peak",
         {"kind", "low", "high", "energy", "max_shift", "refine", "half_width"});
  return AlignPeak{number(json, "low"),
                   number(json, "high"),
                   number(json, "energy"),
                   number(json, "max_shift"),
                   preprocess::refinement(word(json, "refine")),
                   number(json, "half_width")};
}

PreparationStep rebin_of(const Json& json) {
  object(json, "rebin", {"kind", "channels"});
  return Rebin{integer(json, "channels")};
}

PreparationStep filter_of(const Json& json) {
  object(json, "pca_filter", {"kind", "weights", "centre", "loadings"});
  return PcaFilter{floats(json, "weights"), floats(json, "centre"), floats(json, "loadings")};
}

PreparationStep step_of(const Json& json) {
  if (!json.is_object() || !json.contains("kind")) refuse("a step has no `kind`");
  constexpr std::pair<std::string_view, PreparationStep (*)(const Json&)> readers[] = {
      {"crop", crop_of},         {"background", background_of}, {"normalise", normalise_of},
      {"resample", resample_of}, {"remove_spikes", spikes_of},  {"align_peak", align_of},
      {"rebin", rebin_of},       {"pca_filter", filter_of}};
  const std::string kind = word(json, "kind");
  for (const auto& [name, read] : readers)
    if (name == kind) return read(json);
  refuse(fmt::format("step `{}` is unknown", kind));
}

}  // namespace

std::string Pipeline::to_json() const {
  Json steps = Json::array();
  for (const PreparationStep& step : steps_) steps.push_back(std::visit(StepToJson{}, step));
  const Json input = input_ ? whiteline::to_json(*input_) : Json(nullptr);
  return Json{{"input", input}, {"channels", channels_}, {"steps", steps}}.dump();
}

Pipeline Pipeline::from_json(const std::string& text) {
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::exception& error) {
    refuse(error.what());
  }
  object(json, "it", {"input", "channels", "steps"});
  std::optional<EnergyAxis> input;
  if (!json.at("input").is_null()) input = axis_of(json.at("input"));
  if (!json.at("steps").is_array()) refuse("`steps` is no list");
  std::vector<PreparationStep> steps;
  for (const Json& step : json.at("steps")) steps.push_back(step_of(step));
  const std::int64_t channels = integer(json, "channels");
  if (!input && channels == 0 && steps.empty()) return {};
  return {std::move(steps), input, channels};
}

}  // namespace whiteline
