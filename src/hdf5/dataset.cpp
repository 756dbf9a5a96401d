#include "hdf5/dataset.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "io/hspy_protocol.hpp"

namespace whiteline::hdf5 {

namespace {

constexpr int max_dimensions = 8;
constexpr std::uint64_t max_deflate_ratio = 1032;
constexpr std::uint64_t mebibyte = 1 << 20;
constexpr std::uint64_t slab_bytes = 16 * mebibyte;

std::string unsupported_type(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
    case H5T_FLOAT:
      return {};
    case H5T_COMPOUND:
      return "its data are complex numbers or structures";
    case H5T_STRING:
      return "its data are text";
    case H5T_VLEN:
      return "its spectra have different lengths";
    default:
      return "its data are of a type that is not supported";
  }
}

// Data in other files are not followed; sizes must be such that the stored bytes can hold them.
std::string refused_storage(const Dataset& dataset, std::uint64_t bytes) {
  const PropertyList creation(H5Dget_create_plist(dataset));
  if (!creation.valid()) throw Problem("HDF5 cannot tell how the data are stored");
  if (H5Pget_layout(creation) == H5D_VIRTUAL || H5Pget_external_count(creation) > 0)
    return "its data lie in other files";
  const std::uint64_t stored = H5Dget_storage_size(dataset);
  if (bytes > 64 * mebibyte && bytes / max_deflate_ratio > stored)
    throw Problem("the data say more than the file can hold");
  return {};
}

// Rows (of the first index) of one chunk; 1 where there are no chunks.
hsize_t rows_of_chunk(const Dataset& dataset, std::size_t dimensions) {
  const PropertyList creation(H5Dget_create_plist(dataset));
  if (!creation.valid() || H5Pget_layout(creation) != H5D_CHUNKED) return 1;
  Extents chunk(dimensions, 1);
  if (H5Pget_chunk(creation, int(dimensions), chunk.data()) != int(dimensions)) return 1;
  return std::max<hsize_t>(chunk[0], 1);
}

struct Slab {
  Space file, memory;
  std::uint64_t begin = 0, size = 0;  // bytes, in memory
};

void for_each_slab(const Dataset& dataset, std::size_t item,
                   const std::function<void(const Slab&)>& visit) {
  const Space whole(H5Dget_space(dataset));
  const int dimensions = H5Sget_simple_extent_ndims(whole);
  if (dimensions < 1) throw Problem("HDF5 cannot tell the shape of the data");
  Extents extents(std::size_t(dimensions), 0);
  H5Sget_simple_extent_dims(whole, extents.data(), nullptr);
  std::uint64_t row_bytes = item;
  for (std::size_t d = 1; d < extents.size(); ++d) row_bytes *= extents[d];
  if (row_bytes == 0) return;
  const hsize_t chunk = rows_of_chunk(dataset, extents.size());
  const hsize_t rows = std::max<hsize_t>(slab_bytes / row_bytes / chunk, 1) * chunk;
  for (hsize_t row = 0; row < extents[0]; row += rows) {
    Extents start(extents.size(), 0), count = extents;
    start[0] = row;
    count[0] = std::min(rows, extents[0] - row);
    Slab slab{Space(H5Scopy(whole)), Space(H5Screate_simple(dimensions, count.data(), nullptr)),
              row * row_bytes, count[0] * row_bytes};
    check(H5Sselect_hyperslab(slab.file, H5S_SELECT_SET, start.data(), nullptr, count.data(),
                              nullptr),
          "take a part of the data");
    visit(slab);
  }
}

}  // namespace

void describe_dataset(Dataset dataset, Json& description, std::vector<Pending>& pending) {
  const Type type(H5Dget_type(dataset));
  const Space space(H5Dget_space(dataset));
  const int dimensions = H5Sget_simple_extent_ndims(space);
  if (!type.valid() || dimensions < 0) throw Problem("HDF5 cannot tell the shape of the data");
  description["shape"] = Json::array();
  std::string reason = unsupported_type(type);
  if (reason.empty() && (dimensions < 1 || dimensions > max_dimensions))
    reason = fmt::format("its data have {} dimensions", dimensions);
  if (reason.empty()) {
    const bool wide = H5Tget_class(type) == H5T_FLOAT && H5Tget_size(type) == 8;
    io::TensorEntry tensor{"", wide ? io::Element::f64 : io::Element::f32, {}};
    Extents extents(std::size_t(dimensions), 0);
    H5Sget_simple_extent_dims(space, extents.data(), nullptr);
    tensor.shape.assign(extents.begin(), extents.end());
    reason = refused_storage(dataset, io::bytes_of(tensor));
    tensor.name = fmt::format("data{}", pending.size());
    description["tensor"] = tensor.name;
    description["shape"] = tensor.shape;
    if (reason.empty()) pending.push_back({std::move(dataset), std::move(tensor)});
  }
  if (!reason.empty()) description["unsupported"] = reason;
}

void ProgressReport::add(std::uint64_t bytes) {
  done_ += bytes;
  const io::hspy::BytesDone message{done_, total_};
  (void)!pwrite(descriptor_, &message, sizeof message, 0);
}

void read_numbers(const Dataset& dataset, const io::TensorEntry& tensor, std::byte* out,
                  ProgressReport& progress) {
  const hid_t type = tensor.element == io::Element::f64 ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT;
  for_each_slab(dataset, size_of(tensor.element), [&](const Slab& slab) {
    check(H5Dread(dataset, type, slab.memory, slab.file, H5P_DEFAULT, out + slab.begin),
          "read the data: they are damaged, or of an unknown compression");
    progress.add(slab.size);
  });
}

void write_numbers(const Dataset& dataset, hid_t memory_type, std::size_t item,
                   const std::byte* numbers, ProgressReport& progress) {
  for_each_slab(dataset, item, [&](const Slab& slab) {
    check(H5Dwrite(dataset, memory_type, slab.memory, slab.file, H5P_DEFAULT, numbers + slab.begin),
          "write the array");
    progress.add(slab.size);
  });
}

}  // namespace whiteline::hdf5
