#include "hdf5/dataset.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "io/cursor.hpp"
#include "io/hspy_protocol.hpp"
#include "io/inflate.hpp"
#include "io/safetensors_header.hpp"

namespace whiteline::hdf5 {

namespace {

constexpr int max_dimensions = 8;
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
  if (bytes > 64 * mebibyte && bytes / io::max_deflate_ratio > stored)
    throw Problem("the data say more than the file can hold");
  return {};
}

bool is_big_endian(hid_t type) { return H5Tget_order(type) == H5T_ORDER_BE; }

// Numbers of all bits of their bytes; nothing for others, such as those of 12 bits.
std::optional<io::Element> plain_element(hid_t type) {
  using io::Element;
  const std::size_t size = H5Tget_size(type);
  const H5T_order_t order = H5Tget_order(type);
  if (order != H5T_ORDER_LE && order != H5T_ORDER_BE) return std::nullopt;
  if (H5Tget_class(type) == H5T_FLOAT) {
    const bool big = is_big_endian(type);
    if (H5Tequal(type, big ? H5T_IEEE_F32BE : H5T_IEEE_F32LE) > 0) return Element::f32;
    if (H5Tequal(type, big ? H5T_IEEE_F64BE : H5T_IEEE_F64LE) > 0) return Element::f64;
    return std::nullopt;
  }
  if (H5Tget_precision(type) != 8 * size || H5Tget_offset(type) != 0) return std::nullopt;
  const bool is_signed = H5Tget_sign(type) == H5T_SGN_2;
  switch (size) {
    case 1:
      return is_signed ? Element::i8 : Element::u8;
    case 2:
      return is_signed ? Element::i16 : Element::u16;
    case 4:
      return is_signed ? Element::i32 : Element::u32;
    case 8:
      return is_signed ? Element::i64 : Element::u64;
    default:
      return std::nullopt;
  }
}

// Where the numbers lie in the file one after another, as they are; null for chunks and the like.
Json stored_numbers(const Dataset& dataset, hid_t type) {
  const PropertyList creation(H5Dget_create_plist(dataset));
  const auto element = plain_element(type);
  if (!element || !creation.valid() || H5Pget_layout(creation) != H5D_CONTIGUOUS) return {};
  const haddr_t offset = H5Dget_offset(dataset);
  if (offset == HADDR_UNDEF) return {};  // nothing was written yet
  return {{"type", io::name(*element)},
          {"big_endian", is_big_endian(type)},
          {"offset", std::uint64_t(offset)}};
}

hid_t native_type(io::Element element) {
  switch (element) {
    case io::Element::f64:
      return H5T_NATIVE_DOUBLE;
    case io::Element::i32:
      return H5T_NATIVE_INT32;
    default:
      return H5T_NATIVE_FLOAT;
  }
}

}  // namespace

void describe_dataset(Dataset dataset, Json& description, std::vector<Dataset>& arrays) {
  const Type type(H5Dget_type(dataset));
  const Space space(H5Dget_space(dataset));
  const int dimensions = H5Sget_simple_extent_ndims(space);
  if (!type.valid() || dimensions < 0) throw Problem("HDF5 cannot tell the shape of the data");
  description["shape"] = Json::array();
  std::string reason = unsupported_type(type);
  if (reason.empty() && (dimensions < 1 || dimensions > max_dimensions))
    reason = fmt::format("its data have {} dimensions", dimensions);
  if (reason.empty()) {
    Extents shape(std::size_t(dimensions), 0);
    H5Sget_simple_extent_dims(space, shape.data(), nullptr);
    std::uint64_t bytes = H5Tget_size(type);
    for (const hsize_t extent : shape) bytes = io::saturated_product(bytes, extent);
    reason = refused_storage(dataset, bytes);
    description["shape"] = shape;
  }
  if (!reason.empty()) {
    description["unsupported"] = reason;
    return;
  }
  description["array"] = arrays.size();
  description["block"] = Rows(dataset).block();
  if (Json stored = stored_numbers(dataset, type); !stored.is_null())
    description["stored"] = std::move(stored);
  arrays.push_back(std::move(dataset));
}

void ProgressReport::add(std::uint64_t bytes) {
  done_ += bytes;
  const io::hspy::BytesDone message{done_, total_};
  (void)!pwrite(descriptor_, &message, sizeof message, 0);
}

void read_rows(const Dataset& dataset, std::uint64_t first, std::uint64_t rows, io::Element element,
               std::span<std::byte> out) {
  Rows(dataset).for_each_box(first, rows, [&](const Box& box) {
    check(H5Dread(dataset, native_type(element), box.memory, box.file, H5P_DEFAULT,
                  out.data() + box.begin * size_of(element)),
          "read the data: they are damaged, or of an unknown compression");
  });
}

void write_numbers(const Dataset& dataset, io::Element element,
                   const std::function<void(std::span<std::byte>)>& next,
                   ProgressReport& progress) {
  const Rows all(dataset);
  const std::size_t item = size_of(element);
  const std::uint64_t row_bytes = all.length() * item, block = all.block();
  if (row_bytes == 0) return;
  const std::uint64_t slab = std::max<std::uint64_t>(slab_bytes / row_bytes / block, 1) * block;
  std::vector<std::byte> numbers;
  for (std::uint64_t row = 0; row < all.count(); row += slab) {
    const std::uint64_t rows = std::min(slab, all.count() - row);
    numbers.resize(std::size_t(rows * row_bytes));
    next(numbers);
    all.for_each_box(row, rows, [&](const Box& box) {
      check(H5Dwrite(dataset, native_type(element), box.memory, box.file, H5P_DEFAULT,
                     numbers.data() + box.begin * item),
            "write the array");
    });
    progress.add(numbers.size());
  }
}

}  // namespace whiteline::hdf5
