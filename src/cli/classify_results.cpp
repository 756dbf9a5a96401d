#include "cli/classify_results.hpp"

#include <fmt/format.h>
#include <whiteline/maps.hpp>
#include <whiteline/version.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "cli/csv.hpp"

namespace whiteline::cli {

namespace {

constexpr std::int64_t longest_side = 2048;  // of the maps that pictures show, in pixels

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

// What pictures show: every `step`-th pixel of every `step`-th row.
struct Shown {
  std::int64_t step = 1, height = 0, width = 0;
  std::vector<std::int32_t> labels;
  std::vector<float> probabilities;  // class fastest

  explicit Shown(const MapRun& run) {
    step = (std::max(run.height, run.width) + longest_side - 1) / longest_side;
    height = (run.height + step - 1) / step;
    width = (run.width + step - 1) / step;
  }
  void add(const MapRun& run, const MapPiece& piece) {
    const std::size_t classes = run.class_names.size();
    for (std::size_t i = 0; i < piece.labels.size(); ++i) {
      const std::int64_t pixel = piece.first + std::int64_t(i);
      if (pixel / run.width % step != 0 || pixel % run.width % step != 0) continue;
      labels.push_back(piece.labels[i]);
      if (!run.probabilities) continue;
      const auto first = piece.probabilities.begin() + std::ptrdiff_t(i * classes);
      probabilities.insert(probabilities.end(), first, first + std::ptrdiff_t(classes));
    }
  }
};

class Pictures {
 public:
  Pictures(const FinishedMaps& maps, const Shown& shown, std::map<std::string, std::string> text)
      : run_(maps.run()), rules_(maps.rules()), shown_(shown), text_(std::move(text)) {}

  void write_labels(const std::filesystem::path& path, bool some_unknown) const {
    std::vector<std::string> names = run_.class_names;
    MapStyle style = style_of("");
    if (some_unknown) {
      names.push_back("unknown");
      style.grey_label = rules_.unknown_label();
    }
    write_png(path, label_map(shown_.height, shown_.width, shown_.labels, names, style), text_);
  }

  void write_probabilities(StagedFolder& folder) const {
    const std::size_t classes = run_.class_names.size();
    const auto files = probability_files(run_.class_names);
    std::vector<float> one(shown_.labels.size());
    for (std::size_t c = 0; c < classes; ++c) {
      for (std::size_t pixel = 0; pixel < one.size(); ++pixel)
        one[pixel] = shown_.probabilities[pixel * classes + c];
      write_png(folder.file(files[c]),
                probability_map(shown_.height, shown_.width, one,
                                style_of(fmt::format("P({})", run_.class_names[c]))),
                text_);
    }
    write_png(folder.file("composite.png"),
              composite_map(shown_.height, shown_.width, shown_.probabilities, run_.class_names,
                            style_of("")),
              text_);
  }

 private:
  MapStyle style_of(std::string title) const {
    MapStyle style;
    if (shown_.step > 1)
      title +=
          fmt::format("{}1 of {} x {} pixels", title.empty() ? "" : ", ", shown_.step, shown_.step);
    style.title = title;
    if (!run_.scale_units.empty()) {
      style.pixel_length = run_.scale_x * double(shown_.step);
      style.length_units = run_.scale_units;
    }
    return style;
  }

  const MapRun& run_;
  const SettleRules& rules_;
  const Shown& shown_;
  std::map<std::string, std::string> text_;
};

// Everything but the numbers a pixel.
ProbabilityMaps maps_for_programs(const MapRun& run, const std::string& software) {
  ProbabilityMaps maps;
  maps.title = run.title;
  maps.height = run.height;
  maps.width = run.width;
  maps.class_names = run.class_names;
  maps.scale_y = run.scale_y;
  maps.scale_x = run.scale_x;
  maps.scale_units = run.scale_units;
  maps.metadata =
      to_line({{"Whiteline", {{"made_by", software}, {"model_sha256", run.model_sha256}}}});
  return maps;
}

// Read twice, in pieces: memory holds no map.
MapNumbers numbers_of(const FinishedMaps& finished, const Progress& progress) {
  MapNumbers numbers;
  numbers.probabilities = [&](const NumberSink<float>& sink) {
    finished.for_each_piece([&](const MapPiece& piece) { sink(piece.probabilities); }, progress);
  };
  numbers.labels = [&](const NumberSink<std::int32_t>& sink) {
    finished.for_each_piece(
        [&](MapPiece& piece) {
          std::replace(piece.labels.begin(), piece.labels.end(), finished.rules().unknown_label(),
                       no_label);
          sink(piece.labels);
        },
        progress);
  };
  return numbers;
}

void write_for_programs(const FinishedMaps& finished, const std::string& software,
                        StagedFolder& folder, Console& console) {
  const ProbabilityMaps maps = maps_for_programs(finished.run(), software);
  const Progress progress = console.progress();
  const MapNumbers numbers = numbers_of(finished, progress);
  try {
    write_probability_maps(folder.file("probabilities.hspy"), maps, numbers);
  } catch (const Unsupported&) {
    console.warn("probabilities are in probabilities.npz (this build writes no .hspy)");
    folder.forget("probabilities.hspy");
    write_probability_maps(folder.file("probabilities.npz"), maps, numbers);
  }
}

}  // namespace

std::vector<std::string> map_names(const std::vector<std::string>& class_names, bool calibrated) {
  if (!calibrated) return {"labels.png"};
  std::vector<std::string> names = probability_files(class_names);
  names.insert(names.end(), {"labels.png", "composite.png", "probabilities.hspy"});
  return names;
}

LabelCounts write_maps(const FinishedMaps& maps, StagedFolder& folder, Console& console) {
  const MapRun& run = maps.run();
  Shown shown(run);
  const LabelCounts counts = maps.for_each_piece(
      [&](const MapPiece& piece) { shown.add(run, piece); }, console.progress());
  const std::string software = fmt::format("whiteline {}", version());
  const Pictures pictures(maps, shown,
                          {{"Software", software}, {"Source", "model sha256 " + run.model_sha256}});
  pictures.write_labels(folder.file("labels.png"), counts.unknown > 0);
  if (!run.probabilities) return counts;
  pictures.write_probabilities(folder);
  write_for_programs(maps, software, folder, console);
  return counts;
}

std::string table_as_csv(const SpectrumImage& table, const TableResult& result) {
  const std::size_t classes = result.class_names.size();
  const auto& truth = table.labels;
  std::string csv = truth.empty() ? "row,label" : "row,truth,label";
  if (!result.rows.probabilities.empty())
    for (const std::string& name : result.class_names) csv += "," + csv_field("P(" + name + ")");
  for (const std::string& name : result.decision_names) csv += "," + csv_field(name);
  csv += "\n";
  const std::size_t decisions = result.decision_names.size();
  const auto name_of = [&](std::int32_t label, const std::vector<std::string>& names) {
    if (label == no_label) return std::string();
    return label < std::int32_t(names.size()) ? csv_field(names[std::size_t(label)]) : "unknown";
  };
  for (std::size_t row = 0; row < result.rows.labels.size(); ++row) {
    csv += fmt::format("{}", row);
    if (!truth.empty()) csv += "," + name_of(truth[row], table.class_names);
    csv += "," + name_of(result.rows.labels[row], result.class_names);
    if (!result.rows.probabilities.empty())
      for (std::size_t c = 0; c < classes; ++c) {
        const float p = result.rows.probabilities[row * classes + c];
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

}  // namespace whiteline::cli
