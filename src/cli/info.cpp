// whiteline info: what is in a file.
#include <fmt/format.h>
#include <whiteline/io.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "cli/class_counts.hpp"
#include "cli/console.hpp"
#include "cli/info_embedding.hpp"
#include "cli/info_generator.hpp"
#include "cli/info_model.hpp"
#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "cli/options.hpp"
#include "cli/ranges.hpp"
#include "cli/statistics.hpp"
#include "cli/text_picture.hpp"
#include "cli/truth.hpp"

namespace whiteline::cli {

namespace {

struct InfoOptions {
  OutputOptions output;
  std::vector<std::string> files;
};

constexpr int sparkline_width = 64;

// The value at a path of HyperSpy's metadata tree, or null.
Json metadata_value(const Json& metadata, const std::vector<std::string>& path) {
  const Json* node = &metadata;
  for (const std::string& key : path) {
    if (!node->is_object() || !node->contains(key)) return nullptr;
    node = &(*node)[key];
  }
  return *node;
}

Json essentials(const std::string& metadata_text) {
  const Json metadata = parse_json(metadata_text);
  const std::vector<std::string> tem = {"Acquisition_instrument", "TEM"};
  const auto in_tem = [&](std::vector<std::string> path) {
    path.insert(path.begin(), tem.begin(), tem.end());
    return metadata_value(metadata, path);
  };
  Json known = Json::object();
  const auto keep = [&](const char* name, const Json& value) {
    if (!value.is_null() && value != "") known[name] = value;
  };
  keep("signal_type", metadata_value(metadata, {"Signal", "signal_type"}));
  keep("beam_energy_keV", in_tem({"beam_energy"}));
  keep("convergence_angle_mrad", in_tem({"convergence_angle"}));
  keep("collection_angle_mrad", in_tem({"Detector", "EELS", "collection_angle"}));
  keep("date", metadata_value(metadata, {"General", "date"}));
  keep("generated_by", metadata_value(metadata, {"Whiteline", "generator"}));
  return known;
}

Json describe_spectra(const Input& input) {
  const SpectrumImage& image = input.image;
  const Statistics seen = statistics(image);
  Json all = {{"kind", input.is_table ? "table of spectra" : "spectrum image"}};
  if (!image.title.empty()) all["title"] = image.title;
  if (!input.is_table) {
    all["height"] = image.height;
    all["width"] = image.width;
    if (!image.scale_units.empty())
      all["pixel"] = {{"y", image.scale_y}, {"x", image.scale_x}, {"units", image.scale_units}};
  }
  all["spectra"] = image.pixels();
  all["channels"] = image.energy.size;
  all["energy"] = to_json(input.energy);
  all["counts"] = {{"min", number_or_null(seen.lowest)},
                   {"max", number_or_null(seen.highest)},
                   {"not_finite", seen.not_finite}};
  if (!image.labels.empty()) {
    all["classes"] = class_counts(image.labels, image.class_names);
    all["classes"]["(no label)"] = std::count(image.labels.begin(), image.labels.end(), no_label);
  }
  if (!image.truth.empty()) {
    all["truth"] = Json::array();
    for (const auto& [name, values] : image.truth) all["truth"].push_back(name);
  }
  all["metadata"] = essentials(image.metadata);
  all["mean_spectrum"] = sparkline(seen.mean, sparkline_width);
  return all;
}

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : to_line(value);
}

std::string counts_text(const Json& counts) {
  const std::string holes = counts["not_finite"] == 0
                                ? std::string("none NaN or infinite")
                                : text_of(counts["not_finite"]) + " NaN or infinite";
  if (counts["min"].is_null()) return holes;
  return fmt::format("{:.6g} to {:.6g}, {}", counts["min"].get<double>(),
                     counts["max"].get<double>(), holes);
}

std::string pairs_text(const Json& object) {
  std::string text;
  for (const auto& [name, value] : object.items())
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, text_of(value));
  return text;
}

void print_spectra(Console& console, const Input& input, const Json& all) {
  const auto line = [&](std::string_view name, const std::string& text) {
    print_line(console, name, text);
  };
  const SpectrumImage& image = input.image;
  line("title", image.title);
  if (input.is_table) {
    line("spectra", fmt::format("{} of {} channels", image.pixels(), image.energy.size));
  } else {
    line("pixels", fmt::format("{} x {} (height x width)", image.height, image.width));
    if (!image.scale_units.empty())
      line("pixel",
           fmt::format("{:.6g} x {:.6g} {}", image.scale_y, image.scale_x, image.scale_units));
  }
  line("energy", input.energy ? describe(*input.energy)
                              : fmt::format("no common axis, {} channels", image.energy.size));
  line("counts", counts_text(all["counts"]));
  if (all.contains("classes")) line("labels", pairs_text(all["classes"]));
  if (all.contains("truth")) {
    std::string names;
    for (const Json& name : all["truth"]) names += (names.empty() ? "" : ", ") + text_of(name);
    line("truth", names);
  }
  line("metadata", pairs_text(all["metadata"]));
  line("mean", text_of(all["mean_spectrum"]));
}

Json describe_spectra_file(Console& console, const std::filesystem::path& path) {
  std::vector<Input> inputs = read_all_inputs(path);
  Json all = {{"path", path.string()},
              {"format", inputs.empty() ? "" : inputs.front().format},
              {"bytes", std::filesystem::file_size(file_of(path))},
              {"contents", Json::array()}};
  for (const Input& input : inputs) {
    const Json one = describe_spectra(input);
    console.result(fmt::format("{}: {}, {}, {}", path.string(), text_of(one["kind"]), input.format,
                               format_bytes(std::filesystem::file_size(file_of(path)))));
    print_spectra(console, input, one);
    all["contents"].push_back(one);
  }
  return all;
}

Json describe_file(Console& console, const std::filesystem::path& path) {
  if (!looks_like_model(path)) return describe_spectra_file(console, path);
  const std::string format = model_format(path);
  if (format == "whiteline-umap") return describe_embedding_file(console, path);
  if (format == "whiteline-knn-graph") return describe_graph_file(console, path);
  if (format == "whiteline-generator") return describe_generator_file(console, path);
  return describe_model_file(console, path);
}

void run_info(const InfoOptions& options) {
  Console console(options.output);
  Json files = Json::array();
  for (const std::string& file : options.files) {
    throw_if_interrupted();
    files.push_back(describe_file(console, file));
  }
  console.json({{"files", files}});
}

}  // namespace

void add_info(CommandLine& command) {
  Verb verb = command.verb("info", "Say what is in files of spectra, models, embeddings or graphs");
  auto options = std::make_shared<InfoOptions>();
  verb.option("files FILE...", options->files,
              ".dm3, .dm4, .hspy, .msa, .npy, .npz, .ndata, .csv, .h5 (also\nFILE.h5::/path of an "
              "array), LIBSVM text, a model, a generator, an embedding or a graph of\nneighbours")
      .required();
  add_output_options(verb, options->output);
  verb.run([options](const Json&) { run_info(*options); });
}

}  // namespace whiteline::cli
