// Spectra to work on, as the command line names them: a file, and what is known better than the
// file knows about its energy axis.
#pragma once

#include <whiteline/io.hpp>
#include <whiteline/spectrum_reader.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/classifier.hpp"
#include "cli/options.hpp"
#include "cli/ranges.hpp"

namespace whiteline::cli {

struct AxisOptions {
  std::optional<AxisChoice> axis;  // in place of the file's
  double shift = 0.0;              // eV, added to the axis
};
void add_axis_options(Verb& verb, AxisOptions& options);

// Spectra of one file. A table of spectra is an image of height 1.
struct Input {
  std::filesystem::path path;
  std::string format;
  bool is_table = false;  // rows of an .npz or .npy, not pixels
  SpectrumImage image;    // labels and class names where the file has them
  std::optional<EnergyAxis> energy;
};

// Runs a reader; content it does not handle is an unreadable input as well: ReadError. So do the
// functions that follow.
template <class Reader>
auto reading(Reader&& reader) {
  try {
    return reader();
  } catch (const Unsupported& error) {
    throw ReadError(error.what());
  }
}

// What there is to classify: the set, the only image or the largest with an energy axis.
Input read_input(const std::filesystem::path& path);
// The same, with counts read as they are asked for.
SpectrumReader open_spectra(const std::filesystem::path& path, const Progress& progress);
// All images of the file, or its set.
std::vector<Input> read_all_inputs(const std::filesystem::path& path);
SvmModel read_model_file(const std::filesystem::path& path);
Classifier read_classifier(const std::filesystem::path& path);
// Labelled spectra: a set, or the labelled pixels of an image, with the axis as the options correct
// it.
Dataset read_labelled_set(const std::filesystem::path& path, const AxisOptions& options);

// The rows of a table, or the labelled pixels of an image.
Dataset as_set(Input&& input);

// The same preparation for spectra whose background is removed already.
Pipeline without_background(const Pipeline& pipeline);

bool looks_like_model(const std::filesystem::path& path);  // by content: safetensors, LIBSVM

// The axis, or none when the file has only channel numbers, as its metadata say.
std::optional<EnergyAxis> known_axis(const std::optional<EnergyAxis>& energy,
                                     const std::string& metadata);
// Applies --axis and --shift-energy; throws InvalidArgument when there is no axis to shift.
std::optional<EnergyAxis> corrected_axis(const std::optional<EnergyAxis>& energy,
                                         std::int64_t channels, const AxisOptions& options);

// "460 to 799.75 eV, 0.25 eV a channel, 1360 channels"
std::string describe(const EnergyAxis& axis);
Json to_json(const std::optional<EnergyAxis>& axis);

}  // namespace whiteline::cli
