#include <whiteline/io.hpp>

#include <fmt/format.h>

#include <algorithm>

#include "io/atomic_file.hpp"
#include "io/axes.hpp"
#include "io/byte_writers.hpp"
#include "io/choose.hpp"
#include "io/format.hpp"
#include "io/guarded.hpp"
#include "io/hspy.hpp"
#include "io/knn_graph.hpp"
#include "io/libsvm.hpp"
#include "io/model.hpp"
#include "io/msa.hpp"
#include "io/nion.hpp"
#include "io/npz.hpp"
#include "io/safetensors.hpp"
#include "io/spectra_csv.hpp"
#include "io/umap_model.hpp"

namespace whiteline {

namespace fs = std::filesystem;

namespace {

std::string suffix_of(const fs::path& path) {
  std::string suffix = path.extension().string();
  for (char& c : suffix)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return suffix;
}

[[noreturn]] void refuse_suffix(const fs::path& path, std::string_view known) {
  throw Unsupported(fmt::format("cannot write {} (`{}` is not a format for this) use {}",
                                path.string(), suffix_of(path), known));
}

void require_metadata(const std::string& metadata) {
  try {
    require(io::parse_json(metadata).is_object(),
            "cannot write the file (its metadata are no JSON object) give an object");
  } catch (const io::JsonProblem& problem) {
    throw InvalidArgument(fmt::format(
        "cannot write the file (its metadata are no JSON: {}) give a JSON object", problem.what()));
  }
}

std::uint64_t pixels_of(const ProbabilityMaps& maps) {
  return std::uint64_t(maps.height) * std::uint64_t(maps.width);
}

void require_label(std::int32_t label, const ProbabilityMaps& maps) {
  require(label >= no_label && label < std::int64_t(maps.class_names.size()),
          "cannot write the maps (a label is none of the classes) use no_label for others");
}

void validate_maps(const ProbabilityMaps& maps) {
  require(maps.height > 0 && maps.width > 0 && !maps.class_names.empty() &&
              maps.probabilities.size() == pixels_of(maps) * maps.class_names.size() &&
              (maps.labels.empty() || maps.labels.size() == pixels_of(maps)),
          "cannot write the maps (sizes of grid, classes, probabilities and labels do not agree) "
          "give height * width * classes probabilities");
  for (const std::int32_t label : maps.labels) require_label(label, maps);
}

template <class T>
NumberSource<T> all_of(const std::vector<T>& numbers) {
  return [&numbers](const NumberSink<T>& sink) { sink(numbers); };
}

// As the source gives them, looked at.
NumberSource<std::int32_t> checked(const NumberSource<std::int32_t>& labels,
                                   const ProbabilityMaps& maps) {
  if (!labels) return {};
  return [&](const NumberSink<std::int32_t>& sink) {
    labels([&](std::span<const std::int32_t> piece) {
      for (const std::int32_t label : piece) require_label(label, maps);
      sink(piece);
    });
  };
}

void write_maps(const fs::path& path, const ProbabilityMaps& maps, const MapNumbers& numbers,
                Overwrite overwrite, const Progress& progress) {
  require_metadata(maps.metadata);
  const std::string suffix = suffix_of(path);
  if (suffix != ".hspy" && suffix != ".npz") refuse_suffix(path, ".hspy or .npz");
  io::AtomicFile file(path, overwrite);
  if (suffix == ".hspy") io::write_hspy(file, maps, numbers, progress);
  if (suffix == ".npz") io::write_npz(file, maps, numbers);
  file.commit();
}

// Files that are written from counts as they come.
bool takes_counts_in_pieces(const std::string& suffix) {
  return suffix == ".hspy" || suffix == ".npz" || suffix == ".ndata" || suffix == ".ndata1";
}

void write_in_pieces(io::AtomicFile& file, const std::string& suffix, const SpectrumImage& image,
                     const io::WriteBytes& counts, const Progress& progress) {
  if (suffix == ".hspy") io::write_hspy(file, image, counts, progress);
  if (suffix == ".npz") io::write_npz(file, image, counts);
  if (suffix.starts_with(".ndata")) io::write_ndata(file, image, counts);
}

}  // namespace

FileContents read_file(const fs::path& path, const Progress& progress) {
  if (suffix_of(path) == ".zspy")
    throw Unsupported(
        fmt::format("cannot read {} (Zarr files are not supported) save it as .hspy with HyperSpy",
                    path.string()));
  return io::guarded(path, [&] {
    io::InputFile file(path, progress);
    return io::format_of(file).read(file);
  });
}

SpectrumImage read_spectrum_image(const fs::path& path, const Progress& progress) {
  FileContents contents = read_file(path, progress);
  std::vector<const SpectrumImage*> images;
  for (const SpectrumImage& image : contents.images) images.push_back(&image);
  return std::move(contents.images[io::chosen_image(path, images, contents.dataset.has_value())]);
}

Dataset read_dataset(const fs::path& path, const Progress& progress) {
  FileContents contents = read_file(path, progress);
  if (contents.dataset) return std::move(*contents.dataset);
  for (const SpectrumImage& image : contents.images)
    if (!image.labels.empty()) return labelled_pixels(image);
  throw ReadError(
      fmt::format("cannot read {} as a labelled set (it has no labels) give an .npz "
                  "with `spectra` and `labels`",
                  path.string()));
}

void write_spectrum_image(const fs::path& path, const SpectrumImage& image, Overwrite overwrite,
                          const Progress& progress) {
  validate(image);
  require_metadata(image.metadata);
  const std::string suffix = suffix_of(path);
  const bool is_text = suffix == ".csv" || suffix == ".msa" || suffix == ".emsa";
  if (!is_text && !takes_counts_in_pieces(suffix))
    refuse_suffix(path, ".hspy, .npz, .csv, .ndata or .msa");
  io::AtomicFile file(path, overwrite);
  if (suffix == ".csv") io::write_csv(file, image);
  if (suffix == ".msa" || suffix == ".emsa") io::write_msa(file, image);
  write_in_pieces(file, suffix, image, io::spectra_of(image), progress);
  file.commit();
}

void write_spectrum_image(const fs::path& path, const SpectrumImage& image,
                          const NumberSource<float>& counts, Overwrite overwrite,
                          const Progress& progress) {
  validate_but_counts(image);
  require_metadata(image.metadata);
  require(image.counts.empty() && counts,
          "cannot write the image (its counts have to come from the source) give one");
  const std::string suffix = suffix_of(path);
  if (!takes_counts_in_pieces(suffix)) refuse_suffix(path, ".hspy, .npz or .ndata");
  io::AtomicFile file(path, overwrite);
  write_in_pieces(file, suffix, image, io::bytes_of(counts), progress);
  file.commit();
}

void write_dataset(const fs::path& path, const Dataset& dataset, Overwrite overwrite) {
  validate(dataset);
  require_metadata(dataset.metadata);
  const std::string suffix = suffix_of(path);
  if (suffix != ".npz" && suffix != ".csv" && suffix != ".libsvm")
    refuse_suffix(path, ".npz, .csv or .libsvm");
  io::AtomicFile file(path, overwrite);
  if (suffix == ".npz") io::write_npz(file, dataset);
  if (suffix == ".csv") io::write_csv(file, dataset);
  if (suffix == ".libsvm") io::write_libsvm(file, dataset);
  file.commit();
}

void write_probability_maps(const fs::path& path, const ProbabilityMaps& maps, Overwrite overwrite,
                            const Progress& progress) {
  validate_maps(maps);
  MapNumbers numbers{all_of(maps.probabilities), {}};
  if (!maps.labels.empty()) numbers.labels = all_of(maps.labels);
  write_maps(path, maps, numbers, overwrite, progress);
}

void write_probability_maps(const fs::path& path, const ProbabilityMaps& maps,
                            const MapNumbers& numbers, Overwrite overwrite,
                            const Progress& progress) {
  require(
      maps.height > 0 && maps.width > 0 && !maps.class_names.empty() && numbers.probabilities,
      "cannot write the maps (there are no pixels, classes or probabilities) give some of each");
  write_maps(path, maps, {numbers.probabilities, checked(numbers.labels, maps)}, overwrite,
             progress);
}

ProbabilityMaps read_probability_maps(const fs::path& path) {
  return io::guarded(path, [&] {
    io::InputFile file(path);
    const std::string_view format = io::format_of(file).name;
    if (format == "npz") return io::read_maps_npz(file);
    if (format == "hspy") return io::read_maps_hspy(file);
    throw ReadError(
        fmt::format("cannot read {} as probability maps (it is an {} file) name an "
                    ".hspy or .npz that `whiteline classify` wrote",
                    path.string(), format));
  });
}

SvmModel read_model(const fs::path& path) {
  return io::guarded(path, [&] {
    io::InputFile file(path);
    return io::is_libsvm_model(file.head()) ? io::parse_libsvm_model(file.cursor())
                                            : io::parse_model(file.cursor());
  });
}

void write_model(const fs::path& path, const SvmModel& model, Overwrite overwrite) {
  io::check_model(model);
  io::AtomicFile file(path, overwrite);
  io::write_model(file, model);
  file.commit();
}

void write_libsvm_model(const fs::path& path, const SvmModel& model, Overwrite overwrite) {
  io::check_model(model);
  io::AtomicFile file(path, overwrite);
  io::write_libsvm_model(file, model);
  file.commit();
}

KnnGraph read_knn_graph(const fs::path& path) {
  return io::guarded(path, [&] {
    io::InputFile file(path);
    return io::parse_knn_graph(file.cursor());
  });
}

void write_knn_graph(const fs::path& path, const KnnGraph& graph, Overwrite overwrite) {
  io::AtomicFile file(path, overwrite);
  io::write_knn_graph(file, graph);
  file.commit();
}

UmapModel read_umap_model(const fs::path& path) {
  return io::guarded(path, [&] {
    io::InputFile file(path);
    return io::parse_umap_model(file.cursor());
  });
}

void write_umap_model(const fs::path& path, const UmapModel& model, Overwrite overwrite) {
  io::AtomicFile file(path, overwrite);
  io::write_umap_model(file, model);
  file.commit();
}

std::string model_format(const fs::path& path) {
  return io::guarded(path, [&] {
    io::InputFile file(path, {}, io::Loading::as_taken);
    try {
      const auto metadata = io::safetensors_metadata(file.cursor());
      const auto format = metadata.find("format");
      return format == metadata.end() ? std::string() : format->second;
    } catch (const FormatError&) {
      return std::string();
    }
  });
}

void write_text_file(const fs::path& path, std::string_view text, Overwrite overwrite) {
  io::write_file(path, text, overwrite);
}

}  // namespace whiteline
