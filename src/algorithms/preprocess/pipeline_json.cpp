#include <fmt/format.h>
#include <whiteline/preprocess.hpp>

#include <cmath>
#include <utility>

#include "algorithms/preprocess/text.hpp"
#include "core/json_reader.hpp"

namespace whiteline {

namespace {

using core::Json;

constexpr core::JsonReader reader{"a preparation pipeline", "take the JSON from the model"};

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

EnergyAxis axis_of(const Json& json) {
  reader.object(json, "an axis", {"offset", "dispersion", "size"});
  return {reader.number(json, "offset"), reader.number(json, "dispersion"),
          reader.integer(json, "size")};
}

std::vector<float> floats(const Json& json, std::string_view key) {
  const Json& list = json.at(std::string(key));
  if (!list.is_array()) reader.refuse(fmt::format("`{}` is no list", key));
  std::vector<float> values;
  for (const Json& value : list) {
    if (!value.is_number() || !std::isfinite(value.get<float>()))
      reader.refuse(fmt::format("`{}` holds something that is no float32 number", key));
    values.push_back(value.get<float>());
  }
  return values;
}

PreparationStep crop_of(const Json& json) {
  reader.object(json, "crop", {"kind", "low", "high"});
  return Crop{reader.number(json, "low"), reader.number(json, "high")};
}

PreparationStep background_of(const Json& json) {
  reader.object(json, "background", {"kind", "method", "low", "high"},
                {"curve", "degree", "zero_fill"});
  Background background{preprocess::background_method(reader.word(json, "method")),
                        reader.number(json, "low"), reader.number(json, "high")};
  if (json.contains("curve"))
    background.curve = preprocess::background_curve(reader.word(json, "curve"));
  if (json.contains("degree")) background.degree = reader.small_integer(json, "degree");
  if (json.contains("zero_fill")) background.zero_fill = reader.boolean(json, "zero_fill");
  return background;
}

PreparationStep normalise_of(const Json& json) {
  reader.object(json, "normalise", {"kind", "by", "low", "high"});
  return Normalise{normalise_kind(reader.word(json, "by")), reader.number(json, "low"),
                   reader.number(json, "high")};
}

PreparationStep resample_of(const Json& json) {
  reader.object(json, "resample", {"kind", "axis"}, {"keep"});
  Resample resample{axis_of(json.at("axis"))};
  if (json.contains("keep")) resample.keep = preprocess::resample_keep(reader.word(json, "keep"));
  return resample;
}

PreparationStep spikes_of(const Json& json) {
  reader.object(json, "remove_spikes", {"kind", "half_window", "threshold"});
  return RemoveSpikes{reader.small_integer(json, "half_window"), reader.number(json, "threshold")};
}

PreparationStep align_of(const Json& json) {
  reader.object(json, "align_peak",
                {"kind", "low", "high", "energy", "max_shift", "refine", "half_width"});
  return AlignPeak{reader.number(json, "low"),
                   reader.number(json, "high"),
                   reader.number(json, "energy"),
                   reader.number(json, "max_shift"),
                   preprocess::refinement(reader.word(json, "refine")),
                   reader.number(json, "half_width")};
}

PreparationStep rebin_of(const Json& json) {
  reader.object(json, "rebin", {"kind", "channels"});
  return Rebin{reader.integer(json, "channels")};
}

PreparationStep filter_of(const Json& json) {
  reader.object(json, "pca_filter", {"kind", "weights", "centre", "loadings"});
  return PcaFilter{floats(json, "weights"), floats(json, "centre"), floats(json, "loadings")};
}

PreparationStep step_of(const Json& json) {
  if (!json.is_object() || !json.contains("kind")) reader.refuse("a step has no `kind`");
  constexpr std::pair<std::string_view, PreparationStep (*)(const Json&)> readers[] = {
      {"crop", crop_of},         {"background", background_of}, {"normalise", normalise_of},
      {"resample", resample_of}, {"remove_spikes", spikes_of},  {"align_peak", align_of},
      {"rebin", rebin_of},       {"pca_filter", filter_of}};
  const std::string kind = reader.word(json, "kind");
  for (const auto& [name, read] : readers)
    if (name == kind) return read(json);
  reader.refuse(fmt::format("step `{}` is unknown", kind));
}

}  // namespace

std::string Pipeline::to_json() const {
  Json steps = Json::array();
  for (const PreparationStep& step : steps_) steps.push_back(std::visit(StepToJson{}, step));
  const Json input = input_ ? whiteline::to_json(*input_) : Json(nullptr);
  return Json{{"input", input}, {"channels", channels_}, {"steps", steps}}.dump();
}

Pipeline Pipeline::from_json(const std::string& text) {
  const Json json = reader.parse(text);
  reader.object(json, "it", {"input", "channels", "steps"});
  std::optional<EnergyAxis> input;
  if (!json.at("input").is_null()) input = axis_of(json.at("input"));
  if (!json.at("steps").is_array()) reader.refuse("`steps` is no list");
  std::vector<PreparationStep> steps;
  for (const Json& step : json.at("steps")) steps.push_back(step_of(step));
  const std::int64_t channels = reader.integer(json, "channels");
  if (!input && channels == 0 && steps.empty()) return {};
  return {std::move(steps), input, channels};
}

}  // namespace whiteline
