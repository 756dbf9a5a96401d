// What files of all kinds of models share.
#pragma once

#include <whiteline/preprocess.hpp>

#include <string>
#include <string_view>

#include "io/tensors.hpp"

namespace whiteline::io {

// Versions: 1 support vector models; 2 isotonic calibrations; 3 precomputed kernels; 4 networks.
constexpr SealedFormat model_format{"whiteline-model", "model", "1", "4"};
constexpr std::string_view network_version = "4";

template <class Model>
Json shared_description(std::string_view kind, const Model& model) {
  return {{"kind", kind},
          {"classes", model.classes},
          {"class_names", model.class_names},
          {"pipeline", parse_json(model.pipeline.to_json())},
          {"provenance", parse_json(model.provenance)}};
}

template <class Model>
void read_shared(const Json& json, Model& model) {
  for (const Json& label : json.at("classes")) model.classes.push_back(whole<std::int32_t>(label));
  model.class_names = json.at("class_names").get<std::vector<std::string>>();
  model.pipeline = Pipeline::from_json(json.at("pipeline").dump());
  model.provenance = json.at("provenance").dump();
}

}  // namespace whiteline::io
