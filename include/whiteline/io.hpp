// Reading and writing spectra, labelled sets, maps, models and graphs. A missing or wrong kind of
// file is a ReadError; one that is damaged, or lies about its sizes, is a FormatError (also a
// ReadError) that names file and byte offset; a format or kind of content that is not handled is
// Unsupported. Files are written under a temporary name in the same folder, synced, then renamed.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <whiteline/neighbors.hpp>
#include <whiteline/progress.hpp>
#include <whiteline/spectra.hpp>
#include <whiteline/svm.hpp>
#include <whiteline/umap.hpp>

namespace whiteline {

// What one file holds.
struct FileContents {
  // "dm3", "dm4", "msa", "npy", "npz", "hspy", "h5" (Nion Swift's, or one array of an HDF5 file),
  // "ndata", "csv", "libsvm"
  std::string format;
  std::vector<SpectrumImage> images;  // dm and hspy files may hold several; thumbnails are left
                                      // out. A picture has 1 channel.
  std::optional<Dataset> dataset;     // a labelled set (.npz with 2-D `spectra` and `labels`)
};

// Formats are recognised by content first, then by suffix. Metadata follow HyperSpy's tree:
// General/title, Signal/signal_type, Acquisition_instrument/TEM/{beam_energy (keV),
// convergence_angle (mrad), Detector/EELS/collection_angle (mrad)}; what else the file says is in
// `original_metadata`. `progress` hears of bytes read (stage "read") and can cancel. A file that
// has no energy axis (.npy) gets channel numbers: offset 0, dispersion 1, and Whiteline/energy_axis
// = "channels" in its metadata. `FILE::/path` names one array of an HDF5 file.
WHITELINE_EXPORT FileContents read_file(const std::filesystem::path& path,
                                        const Progress& progress = {});
// The only image of the file, or the largest with an energy axis. A single spectrum is 1 x 1, an
// unlabelled table of n spectra 1 x n.
WHITELINE_EXPORT SpectrumImage read_spectrum_image(const std::filesystem::path& path,
                                                   const Progress& progress = {});
// A labelled .npz (`spectra`, `labels`, `class_names`, or scikit-learn's `X`, `y`), LIBSVM's text
// (`label index:value ...` a line; columns that no line names are not there), or the labelled
// pixels of an image.
WHITELINE_EXPORT Dataset read_dataset(const std::filesystem::path& path,
                                      const Progress& progress = {});

// The file of a name for reading: without the `::/path` of an array in it.
WHITELINE_EXPORT std::filesystem::path file_of(const std::filesystem::path& name);

enum class Overwrite { refuse, allow };

// By suffix: .hspy, .npz, .csv, .ndata (without labels), .msa or .emsa (1 x 1 only, without
// labels). Labels, class names and truth tables are arrays of the .npz, further experiments of the
// .hspy and columns of the .csv, which keeps no metadata. `progress` hears of bytes written to
// .hspy (stage "write") and can cancel; then nothing is left.
WHITELINE_EXPORT void write_spectrum_image(const std::filesystem::path& path,
                                           const SpectrumImage& image,
                                           Overwrite overwrite = Overwrite::refuse,
                                           const Progress& progress = {});
// Takes the next numbers of an array; a source gives its sink all of them, in pieces of any size.
template <class T>
using NumberSink = std::function<void(std::span<const T>)>;
template <class T>
using NumberSource = std::function<void(const NumberSink<T>&)>;

// The same file as of an image with these counts, pixel by pixel; `image` says all but them. .hspy,
// .npz and .ndata. The source is called once, by the thread that called the library. Memory does
// not grow with the image. What the source throws ends it; numbers too many or too few are
// InvalidArgument.
WHITELINE_EXPORT void write_spectrum_image(const std::filesystem::path& path,
                                           const SpectrumImage& image,
                                           const NumberSource<float>& counts,
                                           Overwrite overwrite = Overwrite::refuse,
                                           const Progress& progress = {});
// .npz with `spectra` (n x channels float32), `labels` (int32), `class_names`, `energy` (eV,
// float64, absent when rows have different axes) and `truth_<name>` arrays. .libsvm: LIBSVM's text,
// which keeps nothing but spectra and libsvm_labels(class_names, {0, 1, ...}); every row needs a
// label. .csv: a line a spectrum, with columns `label` and `truth_<name>`.
WHITELINE_EXPORT void write_dataset(const std::filesystem::path& path, const Dataset& dataset,
                                    Overwrite overwrite = Overwrite::refuse);

// How likely each pixel of a height x width grid is of each class, and what it was taken for.
struct ProbabilityMaps {
  std::string title;
  std::int64_t height = 0, width = 0;
  std::vector<std::string> class_names;
  std::vector<float> probabilities;     // height * width * classes, class fastest; NaN: vacuum
  std::vector<std::int32_t> labels;     // empty, or one a pixel; no_label allowed
  double scale_y = 1.0, scale_x = 1.0;  // length of one pixel, in `scale_units`
  std::string scale_units;              // "nm"; empty when unknown
  std::string metadata = "{}";          // JSON object: model, data and options they came from
};

// By suffix: .hspy (experiment `probabilities` with one channel a class, experiment `labels`) or
// .npz (`probabilities`, `labels`, `class_names`). Throws InvalidArgument when sizes do not fit.
WHITELINE_EXPORT void write_probability_maps(const std::filesystem::path& path,
                                             const ProbabilityMaps& maps,
                                             Overwrite overwrite = Overwrite::refuse,
                                             const Progress& progress = {});

// The numbers of maps that memory does not hold. Each source is called once at most, probabilities
// first, by the thread that called the library.
struct MapNumbers {
  NumberSource<float> probabilities;
  NumberSource<std::int32_t> labels;  // empty: there are none
};

// The same file as of maps with these numbers; `maps` says all but them. Memory does not grow with
// the grid. What a source throws ends it; numbers too many or too few are InvalidArgument.
WHITELINE_EXPORT void write_probability_maps(const std::filesystem::path& path,
                                             const ProbabilityMaps& maps, const MapNumbers& numbers,
                                             Overwrite overwrite = Overwrite::refuse,
                                             const Progress& progress = {});
WHITELINE_EXPORT ProbabilityMaps read_probability_maps(const std::filesystem::path& path);

// One safetensors file with JSON metadata, or a model of LIBSVM's svm-train (c_svc or nu_svc).
// Classes of the latter are sorted and become 0, 1, ..., their labels the class names.
WHITELINE_EXPORT SvmModel read_model(const std::filesystem::path& path);
WHITELINE_EXPORT void write_model(const std::filesystem::path& path, const SvmModel& model,
                                  Overwrite overwrite = Overwrite::refuse);
// For LIBSVM's svm-predict, with libsvm_labels(class_names, classes). It knows no cosine kernel:
// such a model is written as linear with support vectors divided by their L2 norms, for data
// divided by theirs. The text holds no preparation either: data must be prepared by
// `model.pipeline` first.
WHITELINE_EXPORT void write_libsvm_model(const std::filesystem::path& path, const SvmModel& model,
                                         Overwrite overwrite = Overwrite::refuse);
// What LIBSVM's text calls these classes: their names where these are distinct whole numbers, else
// `otherwise`.
WHITELINE_EXPORT std::vector<std::int32_t> libsvm_labels(
    const std::vector<std::string>& class_names, std::vector<std::int32_t> otherwise);

// A graph of knn_graph, with what it was made of: check_graph refuses it for other rows. One
// safetensors file. Throws InvalidArgument for a graph of queries.
WHITELINE_EXPORT KnnGraph read_knn_graph(const std::filesystem::path& path);
WHITELINE_EXPORT void write_knn_graph(const std::filesystem::path& path, const KnnGraph& graph,
                                      Overwrite overwrite = Overwrite::refuse);

// An embedding that new spectra can be put into. One safetensors file. Throws InvalidArgument for a
// model whose arrays do not belong together.
WHITELINE_EXPORT UmapModel read_umap_model(const std::filesystem::path& path);
WHITELINE_EXPORT void write_umap_model(const std::filesystem::path& path, const UmapModel& model,
                                       Overwrite overwrite = Overwrite::refuse);

// What a safetensors file is, by its metadata alone: "whiteline-model", "whiteline-knn-graph",
// "whiteline-umap", or another program's; empty: it does not say, or is no such file.
WHITELINE_EXPORT std::string model_format(const std::filesystem::path& path);

// Text as a file that appears whole or not at all.
WHITELINE_EXPORT void write_text_file(const std::filesystem::path& path, std::string_view text,
                                      Overwrite overwrite = Overwrite::refuse);

// The SHA-256 of a file's bytes, 64 hexadecimal digits, to name in a record what was read. Throws
// ReadError when it cannot be read to its end, Cancelled as `progress` says.
WHITELINE_EXPORT std::string sha256_of_file(const std::filesystem::path& path,
                                            const Progress& progress = {});

}  // namespace whiteline
