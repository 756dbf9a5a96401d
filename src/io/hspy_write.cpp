#include <algorithm>
#include <cstring>
#include <functional>

#include "io/atomic_file.hpp"
#include "io/axes.hpp"
#include "io/helper.hpp"
#include "io/helper_progress.hpp"
#include "io/hspy.hpp"
#include "io/hspy_protocol.hpp"
#include "io/memory_file.hpp"
#include "io/safetensors.hpp"
#include "io/safetensors_header.hpp"

namespace whiteline::io {

namespace {

// One array with axes and metadata, on its way to the helper.
struct NewExperiment {
  Json description;  // name, axes, metadata, original_metadata
  TensorEntry tensor;
  std::function<void(std::span<std::byte>)> fill;
};

Json axis(std::string_view name, std::int64_t size, double scale, double offset,
          std::string_view units, bool navigate) {
  return {{"name", name},     {"size", size},   {"scale", scale},
          {"offset", offset}, {"units", units}, {"navigate", navigate}};
}

struct Grid {
  std::int64_t height, width;
  double scale_y, scale_x;
  std::string units;

  Json axes(bool navigate) const {
    return {axis("y", height, scale_y, 0.0, units, navigate),
            axis("x", width, scale_x, 0.0, units, navigate)};
  }
};

template <class T>
std::function<void(std::span<std::byte>)> copy_of(const std::vector<T>& numbers) {
  return [&numbers](std::span<std::byte> out) {
    if (!out.empty()) std::memcpy(out.data(), numbers.data(), out.size());
  };
}

NewExperiment experiment(std::string name, Json axes, Json metadata, Element element,
                         std::function<void(std::span<std::byte>)> fill) {
  std::vector<std::uint64_t> shape;
  for (const Json& one : axes) shape.push_back(one["size"].get<std::uint64_t>());
  Json original = Json::object();
  if (metadata.contains("original_metadata")) {
    original = std::move(metadata["original_metadata"]);
    metadata.erase("original_metadata");
  }
  Json description = {{"name", std::move(name)},
                      {"axes", std::move(axes)},
                      {"metadata", std::move(metadata)},
                      {"original_metadata", std::move(original)}};
  return {std::move(description), {"", element, std::move(shape)}, std::move(fill)};
}

NewExperiment labels_experiment(const Grid& grid, const std::vector<std::int32_t>& labels,
                                const std::vector<std::string>& class_names) {
  Json metadata = metadata_tree({.title = "labels"});
  set(metadata, "Whiteline/role", "labels");
  set(metadata, "Whiteline/class_names", Json(class_names).dump());
  return experiment("labels", grid.axes(false), std::move(metadata), Element::i32, copy_of(labels));
}

NewExperiment truth_experiment(const Grid& grid, const std::string& name, const TruthTable& table) {
  Json metadata = metadata_tree({.title = name});
  set(metadata, "Whiteline/role", "truth");
  set(metadata, "Whiteline/name", name);
  Json axes = grid.axes(table.columns != 1);
  if (table.columns != 1) axes.push_back(axis("column", table.columns, 1.0, 0.0, "", false));
  return experiment("truth_" + name, std::move(axes), std::move(metadata), Element::f64,
                    copy_of(table.values));
}

void send(AtomicFile& file, std::vector<NewExperiment> experiments, const Progress& progress) {
  // Wider numbers first, so that all are aligned.
  std::stable_sort(experiments.begin(), experiments.end(), [](const auto& a, const auto& b) {
    return size_of(a.tensor.element) > size_of(b.tensor.element);
  });
  Json list = Json::array();
  std::vector<TensorEntry> tensors;
  for (NewExperiment& one : experiments) {
    one.tensor.name = fmt::format("data{}", tensors.size());
    one.description["tensor"] = one.tensor.name;
    list.push_back(one.description);
    tensors.push_back(one.tensor);
  }
  const std::string header = safetensors_header({{hspy::experiments_key, list.dump()}}, tensors);
  std::uint64_t size = header.size();
  for (const TensorEntry& tensor : tensors) size += bytes_of(tensor);
  MemoryFile request("whiteline-request"), answer("whiteline-answer");
  auto bytes = request.grow(size);
  std::memcpy(bytes.data(), header.data(), header.size());
  bytes = bytes.subspan(header.size());
  for (const NewExperiment& one : experiments) {
    one.fill(bytes.first(std::size_t(bytes_of(one.tensor))));
    bytes = bytes.subspan(std::size_t(bytes_of(one.tensor)));
  }
  constexpr double bytes_per_second = 4e6;  // compressed by one slow core
  const double seconds = 30.0 + double(size) / bytes_per_second;
  const std::uint64_t memory = 2 * size + (std::uint64_t(1) << 30);
  const HelperProgress done;
  std::string problem =
      run_helper(hdf5_helper(),
                 {.arguments = {"write", std::to_string(memory), fmt::format("{:.0f}", seconds)},
                  .descriptors = {request.descriptor(), file.descriptor(), answer.descriptor(),
                                  done.descriptor()},
                  .seconds = seconds,
                  .still_wanted = [&] { report(progress, "write", done.part_of(size), size); }});
  const auto answered = answer.contents();
  if (problem.empty() && answered.empty()) problem = "the HDF5 library gave up";
  if (problem.empty()) {
    const Safetensors said = parse_safetensors({"the HDF5 helper's answer", answered});
    if (const auto found = said.metadata.find(hspy::problem_key); found != said.metadata.end())
      problem = found->second;
  }
  if (!problem.empty())
    throw Error(
        fmt::format("cannot write the .hspy file ({}) check the free space, or use .npz", problem));
}

// A name that no companion has and that HDF5 takes.
std::string experiment_name(const std::string& title) {
  std::string name = title;
  std::replace(name.begin(), name.end(), '/', '-');
  if (name.empty() || name == ".") return "__unnamed__";
  if (name == "labels" || name == "probabilities" || name.starts_with("truth_")) name += " spectra";
  return name;
}

}  // namespace

void copy_pixel_major(const SpectrumImage& image, std::span<float> counts) {
  if (image.order == SpectrumImage::Order::pixel_major) {
    std::copy(image.counts.begin(), image.counts.end(), counts.begin());
    return;
  }
  const std::size_t pixels = std::size_t(image.pixels());
  const std::size_t channels = std::size_t(image.energy.size);
  constexpr std::size_t tile = 32;  // squares keep both sides in cache
  for (std::size_t c0 = 0; c0 < channels; c0 += tile)
    for (std::size_t p0 = 0; p0 < pixels; p0 += tile)
      for (std::size_t p = p0; p < std::min(p0 + tile, pixels); ++p)
        for (std::size_t c = c0; c < std::min(c0 + tile, channels); ++c)
          counts[p * channels + c] = image.counts[c * pixels + p];
}

void write_hspy(AtomicFile& file, const SpectrumImage& image, const Progress& progress) {
  const Grid grid{image.height, image.width, image.scale_y, image.scale_x, image.scale_units};
  Json metadata = parse_json(image.metadata);
  const Json known = metadata;
  set(metadata, "General/title", image.title);
  if (!find(known, "Signal/signal_type")) set(metadata, "Signal/signal_type", "EELS");
  set(metadata, "Whiteline/role", "spectra");
  if (!image.class_names.empty())
    set(metadata, "Whiteline/class_names", Json(image.class_names).dump());
  const bool channels = text_or(known, "Whiteline/energy_axis", "") == "channels";
  Json axes = image.pixels() == 1 ? Json::array() : grid.axes(true);
  axes.push_back(axis("Energy loss", image.energy.size, image.energy.dispersion,
                      image.energy.offset, channels ? "" : "eV", false));
  std::vector<NewExperiment> all;
  all.push_back(experiment(
      experiment_name(image.title), std::move(axes), std::move(metadata), Element::f32,
      [&](std::span<std::byte> out) {
        copy_pixel_major(image, {reinterpret_cast<float*>(out.data()), out.size() / sizeof(float)});
      }));
  if (!image.labels.empty())
    all.push_back(labels_experiment(grid, image.labels, image.class_names));
  for (const auto& [name, table] : image.truth) all.push_back(truth_experiment(grid, name, table));
  send(file, std::move(all), progress);
}

void write_hspy(AtomicFile& file, const ProbabilityMaps& maps, const Progress& progress) {
  const Grid grid{maps.height, maps.width, maps.scale_y, maps.scale_x, maps.scale_units};
  Json metadata = metadata_tree({.title = maps.title});
  set(metadata, "Whiteline/role", "probabilities");
  set(metadata, "Whiteline/class_names", Json(maps.class_names).dump());
  set(metadata, "Whiteline/record", maps.metadata);
  Json axes = grid.axes(true);
  axes.push_back(axis("class", std::int64_t(maps.class_names.size()), 1.0, 0.0, "", false));
  std::vector<NewExperiment> all;
  all.push_back(experiment("probabilities", std::move(axes), std::move(metadata), Element::f32,
                           copy_of(maps.probabilities)));
  if (!maps.labels.empty()) all.push_back(labels_experiment(grid, maps.labels, maps.class_names));
  send(file, std::move(all), progress);
}

}  // namespace whiteline::io
