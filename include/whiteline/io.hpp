// Reading and writing spectra, labelled sets and models. A file that is damaged, or lies about its
// sizes, is a FormatError that names file and offset; a format or kind of content that is not
// handled is Unsupported. Files are written under a temporary name, synced, then renamed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <whiteline/spectra.hpp>
#include <whiteline/svm.hpp>

namespace whiteline {

// What one file holds.
struct FileContents {
  std::string format;                 // "dm3", "dm4", "msa", "npy", "npz", "hspy"
  std::vector<SpectrumImage> images;  // dm files may hold several; thumbnails are left out
  std::optional<Dataset> dataset;     // a labelled set (.npz with 2-D `spectra`)
};

// Formats are recognised by content first, then by suffix.
WHITELINE_EXPORT FileContents read_file(const std::filesystem::path& path);
// The only image of the file, or the largest with an energy axis. A single spectrum is 1 x 1.
WHITELINE_EXPORT SpectrumImage read_spectrum_image(const std::filesystem::path& path);
// A labelled .npz, or the labelled pixels of an image.
WHITELINE_EXPORT Dataset read_dataset(const std::filesystem::path& path);

enum class Overwrite { refuse, allow };

// By suffix: .hspy, .npz, .msa (1 x 1 only).
WHITELINE_EXPORT void write_spectrum_image(const std::filesystem::path& path,
                                           const SpectrumImage& image,
                                           Overwrite overwrite = Overwrite::refuse);
// .npz with `spectra` (n x channels float32), `labels` (int32), `class_names`, `energy` (eV,
// float64, absent when rows have different axes) and `truth_<name>` arrays.
WHITELINE_EXPORT void write_dataset(const std::filesystem::path& path, const Dataset& dataset,
                                    Overwrite overwrite = Overwrite::refuse);

// One safetensors file with JSON metadata.
WHITELINE_EXPORT SvmModel read_model(const std::filesystem::path& path);
WHITELINE_EXPORT void write_model(const std::filesystem::path& path, const SvmModel& model,
                                  Overwrite overwrite = Overwrite::refuse);

}  // namespace whiteline
