#include "cli/classify_results.hpp"

#include <fmt/format.h>
#include <whiteline/maps.hpp>
#include <whiteline/version.hpp>

#include <cctype>
#include <cmath>
#include <set>

#include "cli/csv.hpp"

namespace whiteline::cli {

namespace {

// `probability_` and the class, in letters, digits, `+` and `-`; other characters become `_`.
std::string file_name_of(const std::string& class_name) {
  std::string name = "probability_";
  for (const char c : class_name)
    name += std::isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '-' ? c : '_';
  return name + ".png";
}

// One a class; names that would be the same get the number of the class.
std::vector<std::string> probability_files(const std::vector<std::string>& class_names) {
  std::vector<std::string> files;
  std::set<std::string> used;
  for (std::size_t i = 0; i < class_names.size(); ++i) {
    std::string name = file_name_of(class_names[i]);
    if (!used.insert(name).second) {
      name = fmt::format("probability_{}.png", i);
      used.insert(name);
    }
    files.push_back(name);
  }
  return files;
}

MapStyle style_of(const SpectrumImage& image, const std::string& title) {
  MapStyle style;
  style.title = title;
  if (!image.scale_units.empty()) {
    style.pixel_length = image.scale_x;
    style.length_units = image.scale_units;
  }
  return style;
}

void write_label_map(const Input& input, const Classification& result,
                     const std::map<std::string, std::string>& text,
                     const std::filesystem::path& path) {
  std::vector<std::string> names = result.class_names;
  if (result.unknown > 0) names.push_back("unknown");
  const SpectrumImage& image = input.image;
  MapStyle style = style_of(image, "");
  if (result.unknown > 0) style.grey_label = result.unknown_label();
  write_png(path, label_map(image.height, image.width, result.labels, names, style), text);
}

void write_probability_pictures(const Input& input, const Classification& result,
                                const std::map<std::string, std::string>& text,
                                StagedFolder& folder) {
  const SpectrumImage& image = input.image;
  const std::size_t classes = result.class_names.size();
  const auto files = probability_files(result.class_names);
  std::vector<float> one(result.labels.size());
  for (std::size_t c = 0; c < classes; ++c) {
    for (std::size_t pixel = 0; pixel < one.size(); ++pixel)
      one[pixel] = result.probabilities[pixel * classes + c];
    write_png(folder.file(files[c]),
              probability_map(image.height, image.width, one,
                              style_of(image, fmt::format("P({})", result.class_names[c]))),
              text);
  }
  write_png(folder.file("composite.png"),
            composite_map(image.height, image.width, result.probabilities, result.class_names,
                          style_of(image, "")),
            text);
}

void write_maps_for_programs(const Input& input, const Classification& result,
                             const Json& provenance, StagedFolder& folder, Console& console) {
  const SpectrumImage& image = input.image;
  ProbabilityMaps maps;
  maps.title = image.title;
  maps.height = image.height;
  maps.width = image.width;
  maps.class_names = result.class_names;
  maps.probabilities = result.probabilities;
  maps.labels = result.labels;
  for (std::int32_t& label : maps.labels)
    if (label == result.unknown_label()) label = no_label;
  maps.scale_y = image.scale_y;
  maps.scale_x = image.scale_x;
  maps.scale_units = image.scale_units;
  maps.metadata = to_line({{"Whiteline", provenance}});
  try {
    write_probability_maps(folder.file("probabilities.hspy"), maps);
  } catch (const Unsupported&) {
    console.warn("probabilities are in probabilities.npz (this build writes no .hspy)");
    folder.forget("probabilities.hspy");
    write_probability_maps(folder.file("probabilities.npz"), maps);
  }
}

std::string table_as_csv(const Input& input, const Classification& result) {
  const std::size_t classes = result.class_names.size();
  const auto& truth = input.image.labels;
  std::string csv = truth.empty() ? "row,label" : "row,truth,label";
  if (!result.probabilities.empty())
    for (const std::string& name : result.class_names) csv += "," + csv_field("P(" + name + ")");
  for (const std::string& name : result.decision_names) csv += "," + csv_field(name);
  csv += "\n";
  const std::size_t decisions = result.decision_names.size();
  const auto name_of = [&](std::int32_t label, const std::vector<std::string>& names) {
    if (label == no_label) return std::string();
    return label < std::int32_t(names.size()) ? csv_field(names[std::size_t(label)]) : "unknown";
  };
  for (std::size_t row = 0; row < result.labels.size(); ++row) {
    csv += fmt::format("{}", row);
    if (!truth.empty()) csv += "," + name_of(truth[row], input.image.class_names);
    csv += "," + name_of(result.labels[row], result.class_names);
    if (!result.probabilities.empty())
      for (std::size_t c = 0; c < classes; ++c) {
        const float p = result.probabilities[row * classes + c];
        csv += std::isnan(p) ? "," : fmt::format(",{:.6f}", p);
      }
    for (std::size_t d = 0; d < decisions; ++d) {
      const float f = result.decisions[row * decisions + d];
      csv += std::isnan(f) ? "," : fmt::format(",{:.6g}", f);
    }
    csv += "\n";
  }
  return csv;
}

}  // namespace

std::vector<std::string> result_names(const Input& input, const SvmModel& model) {
  if (input.is_table) return {"labels.csv"};
  if (!model.calibrated()) return {"labels.png"};
  std::vector<std::string> names = probability_files(model.class_names);
  names.insert(names.end(), {"labels.png", "composite.png", "probabilities.hspy"});
  return names;
}

void write_results(const Input& input, const SvmModel& model, const std::string& model_hash,
                   const Classification& result, StagedFolder& folder, Console& console) {
  if (input.is_table) {
    write_text_file(folder.file("labels.csv"), table_as_csv(input, result), Overwrite::refuse);
    return;
  }
  const std::string software = fmt::format("whiteline {}", version());
  const std::map<std::string, std::string> text = {{"Software", software},
                                                   {"Source", "model sha256 " + model_hash}};
  write_label_map(input, result, text, folder.file("labels.png"));
  if (!model.calibrated()) return;
  write_probability_pictures(input, result, text, folder);
  write_maps_for_programs(input, result, {{"made_by", software}, {"model_sha256", model_hash}},
                          folder, console);
}

}  // namespace whiteline::cli
