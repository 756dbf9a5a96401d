#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <vector>

#include "hdf5/dataset.hpp"
#include "hdf5/tree.hpp"
#include "hdf5/work.hpp"
#include "io/hspy_protocol.hpp"
#include "io/safetensors_header.hpp"

namespace whiteline::hdf5 {

namespace {

constexpr hsize_t chunk_bytes = 1 << 20;
constexpr unsigned compression = 4;  // HyperSpy's

// The whole last axis (a spectrum) and squares of pixels, of about 1 MiB.
Extents chunk_of(const Extents& extents, std::size_t item) {
  Extents chunk(extents.size(), 1);
  hsize_t bytes = item;
  chunk.back() = std::min(extents.back(), std::max<hsize_t>(chunk_bytes / item, 1));
  bytes *= chunk.back();
  for (bool grown = true; grown;) {
    grown = false;
    for (std::size_t d = extents.size() - 1; d-- > 0;) {
      if (chunk[d] >= extents[d] || bytes / chunk[d] * (chunk[d] + 1) > chunk_bytes) continue;
      bytes = bytes / chunk[d] * (chunk[d] + 1);
      ++chunk[d];
      grown = true;
    }
  }
  return chunk;
}

hid_t stored_type(io::Element element) {
  switch (element) {
    case io::Element::f64:
      return H5T_IEEE_F64LE;
    case io::Element::i32:
      return H5T_STD_I32LE;
    default:
      return H5T_IEEE_F32LE;
  }
}

// What comes through the socket, in order.
class Request {
 public:
  explicit Request(int socket) : socket_(socket) {}

  void read(std::span<std::byte> out) const {
    while (!out.empty()) {
      const ssize_t size = recv(socket_, out.data(), out.size(), MSG_WAITALL);
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) throw Problem("the request was cut short");
      out = out.subspan(std::size_t(size));
    }
  }
  io::SafetensorsHeader header() const {
    std::uint64_t length = 0;
    read(std::as_writable_bytes(std::span(&length, 1)));
    if (length > max_header) throw Problem("the request has no header");
    std::string text(std::size_t(length), '\0');
    read(std::as_writable_bytes(std::span(text)));
    return io::parse_safetensors_header(text);
  }

 private:
  static constexpr std::uint64_t max_header = 100'000'000;  // safetensors'

  int socket_;
};

void write_data(hid_t group, const io::TensorEntry& tensor, const Request& request,
                ProgressReport& progress) {
  const Extents extents(tensor.shape.begin(), tensor.shape.end());
  const Space space(H5Screate_simple(int(extents.size()), extents.data(), nullptr));
  const PropertyList creation(H5Pcreate(H5P_DATASET_CREATE));
  const Extents chunk = chunk_of(extents, size_of(tensor.element));
  H5Pset_chunk(creation, int(chunk.size()), chunk.data());
  H5Pset_shuffle(creation);
  H5Pset_deflate(creation, compression);
  H5Pset_obj_track_times(creation, false);  // the same maps are the same bytes
  auto dataset = checked(Dataset(H5Dcreate2(group, "data", stored_type(tensor.element), space,
                                            H5P_DEFAULT, creation, H5P_DEFAULT)),
                         "make the array");
  write_numbers(
      dataset, tensor.element, [&](std::span<std::byte> numbers) { request.read(numbers); },
      progress);
  check(H5Dclose(dataset.release()), "write the array");  // chunks may be left in a cache
}

void write_axis(hid_t experiment, std::size_t index, const Json& axis) {
  const Group group = create_group(experiment, fmt::format("axis-{}", index));
  write_tree(group, axis);
  write_attribute(group, "_type", "UniformDataAxis");
  write_truth(group, "is_binned", axis["units"] == "eV");
}

void write_experiment(hid_t parent, const Json& description, const io::TensorEntry& tensor,
                      const Request& request, ProgressReport& progress) {
  if (description.at("tensor") != tensor.name)
    throw Problem("the request has no array for an experiment");
  const Group group = create_group(parent, description.at("name").get<std::string>());
  write_data(group, tensor, request, progress);
  const Json& axes = description.at("axes");
  for (std::size_t i = 0; i < axes.size(); ++i) write_axis(group, i, axes[i]);
  write_tree(create_group(group, "metadata"), description.at("metadata"));
  write_tree(create_group(group, "original_metadata"), description.at("original_metadata"));
}

void write_contents(hid_t file, const io::SafetensorsHeader& header, const Request& request,
                    ProgressReport& progress) {
  write_attribute(file, "file_format", "HyperSpy");
  write_attribute(file, "file_format_version", "3.1");
  const Group experiments = create_group(file, "Experiments");
  const Json list = io::parse_json(header.metadata.at(io::hspy::experiments_key));
  for (std::size_t i = 0; i < list.size(); ++i)
    write_experiment(experiments, list[i], header.tensors.at(i), request, progress);
}

}  // namespace

void write_file(int socket, int target, int progress) {
  const Request request(socket);
  io::SafetensorsHeader header = request.header();
  std::ranges::sort(header.tensors, {}, &io::TensorEntry::begin);  // as they come
  std::uint64_t size = 0;
  for (const io::TensorEntry& tensor : header.tensors) size += bytes_of(tensor);
  // Through its descriptor: the file has no name of its own yet.
  const std::string path = fmt::format("/proc/self/fd/{}", target);
  auto file = checked(File(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)),
                      "make the file");
  ProgressReport report(progress, size);
  write_contents(file, header, request, report);
  check(H5Fflush(file, H5F_SCOPE_GLOBAL), "write the file");
  check(H5Fclose(file.release()), "write the file");  // may write, too
}

}  // namespace whiteline::hdf5
