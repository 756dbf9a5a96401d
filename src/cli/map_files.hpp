// Maps in the making: what a run of `whiteline classify` found of each pixel, in a folder that a
// killed run leaves in good order, and that parts of an image are merged from.
//
// The folder holds `labels.i32`, `probabilities.f32`, `sums.f64` and `truth.i32`, numbers of this
// machine, one pixel after another, and `journal`: a line of JSON that says what the run is, then a
// line with the number of pixels done after each tile.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/number_file.hpp"
#include "cli/options.hpp"

namespace whiteline::cli {

// All that the maps of a run depend on. `origin` (input, model, device, options) is compared only.
struct MapRun {
  std::int64_t begin = 0, end = 0;  // pixels of the image that the run is about
  std::int64_t height = 0, width = 0;
  double scale_y = 1.0, scale_x = 1.0;
  std::string scale_units, title;
  std::vector<std::string> class_names;
  bool probabilities = false;    // one a class and pixel
  bool truth = false;            // the input is labelled
  std::optional<double> vacuum;  // the share of bright pixels' counts below which there is none
  double unknown = 0.0;          // probability below which a pixel is of no class
  std::string model_sha256;
  Json origin;

  Json to_json() const;
};
MapRun map_run(const Json& json);  // throws InvalidArgument for another object

// Pixels `first`, ...; columns that the run does not have are empty.
struct MapPiece {
  std::int64_t first = 0;
  std::vector<std::int32_t> labels;  // positions in class_names, or no_label
  std::vector<float> probabilities;  // pixels x classes
  std::vector<double> sums;          // of counts
  std::vector<std::int32_t> truth;   // as labels
};

class MapFiles {
 public:
  // Opens the folder for writing: where it is left from the same run, to go on after its last tile.
  // Throws Error when it is left from another, unless `afresh`, or when another process uses it.
  static MapFiles begin(const std::filesystem::path& folder, const MapRun& run, bool afresh);
  // Opens a finished folder for reading. Throws ReadError.
  static MapFiles open(const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return folder_; }
  const MapRun& run() const { return run_; }
  std::int64_t done() const { return done_; }  // the first pixel not done yet

  void append(const MapPiece& piece);  // of pixels from done() on; durable on return
  void read(std::int64_t first, std::int64_t count, MapPiece& piece) const;

 private:
  MapFiles(std::filesystem::path folder, NumberFile journal, NumberFile::Use use, MapRun run);
  void reserve();

  std::filesystem::path folder_;
  MapRun run_;
  std::int64_t done_;
  std::uint64_t journal_size_ = 0;
  NumberFile journal_, labels_;
  std::optional<NumberFile> probabilities_, sums_, truth_;
};

}  // namespace whiteline::cli
