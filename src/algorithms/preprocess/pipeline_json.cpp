#include <fmt/format.h>
#include <whiteline/preprocess.hpp>

#include <nlohmann/json.hpp>

#include <initializer_list>

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
    return {{"kind", "background"},
            {"method", preprocess::name(background.method)},
            {"low", background.low},
            {"high", background.high}};
  }
  Json operator()(const Normalise& normalise) const {
    return {{"kind", "normalise"},
            {"by", whiteline::name(normalise.kind)},
            {"low", normalise.low},
            {"high", normalise.high}};
  }
  Json operator()(const Resample& resample) const {
    return {{"kind", "resample"}, {"axis", to_json(resample.axis)}};
  }
};

// An object that holds exactly these keys.
const Json& object(const Json& json, std::string_view what,
                   std::initializer_list<std::string_view> keys) {
  if (!json.is_object()) refuse(fmt::format("{} is no object", what));
  for (const std::string_view key : keys)
    if (!json.contains(key)) refuse(fmt::format("{} has no `{}`", what, key));
  for (const auto& [key, value] : json.items())
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
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

PreparationStep step_of(const Json& json) {
  if (!json.is_object() || !json.contains("kind")) refuse("a step has no `kind`");
  const std::string kind = word(json, "kind");
  if (kind == "crop") {
    object(json, "crop", {"kind", "low", "high"});
    return Crop{number(json, "low"), number(json, "high")};
  }
  if (kind == "background") {
    object(json, "background", {"kind", "method", "low", "high"});
    return Background{preprocess::background_method(word(json, "method")), number(json, "low"),
                      number(json, "high")};
  }
  if (kind == "normalise") {
    object(json, "normalise", {"kind", "by", "low", "high"});
    return Normalise{normalise_kind(word(json, "by")), number(json, "low"),
                     number(json, "high")};
  }
  if (kind == "resample") {
    object(json, "resample", {"kind", "axis"});
    return Resample{axis_of(json.at("axis"))};
  }
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
