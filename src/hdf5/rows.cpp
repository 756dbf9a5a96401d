#include "hdf5/rows.hpp"

#include <algorithm>

#include "io/cursor.hpp"

namespace whiteline::hdf5 {

namespace {

// Of one chunk; one number where there are no chunks.
Extents chunk_of(const Dataset& dataset, std::size_t dimensions) {
  const Extents none(dimensions, 1);
  const PropertyList creation(H5Dget_create_plist(dataset));
  if (!creation.valid() || H5Pget_layout(creation) != H5D_CHUNKED) return none;
  Extents chunk = none;
  if (H5Pget_chunk(creation, int(dimensions), chunk.data()) != int(dimensions)) return none;
  for (hsize_t& extent : chunk) extent = std::max<hsize_t>(extent, 1);
  return chunk;
}

}  // namespace

Rows::Rows(const Dataset& dataset) : whole_(H5Dget_space(dataset)) {
  const int dimensions = H5Sget_simple_extent_ndims(whole_);
  if (dimensions < 1) throw Problem("HDF5 cannot tell the shape of the data");
  shape_.assign(std::size_t(dimensions), 0);
  H5Sget_simple_extent_dims(whole_, shape_.data(), nullptr);
  chunk_ = chunk_of(dataset, shape_.size());
}

std::uint64_t Rows::count() const {
  std::uint64_t rows = 1;
  for (std::size_t d = 0; d + 1 < shape_.size(); ++d) rows = io::saturated_product(rows, shape_[d]);
  return rows;
}

// Indices before the first that chunks are longer than 1 in do not matter, unless chunks end
// elsewhere than that index does.
std::uint64_t Rows::block() const {
  std::size_t d = 0;
  while (d + 1 < shape_.size() && chunk_[d] == 1) ++d;
  if (d + 1 >= shape_.size()) return 1;
  std::uint64_t rows = d == 0 || shape_[d] % chunk_[d] == 0 ? chunk_[d] : shape_[d];
  rows = std::min<std::uint64_t>(rows, shape_[d]);
  for (std::size_t inner = d + 1; inner + 1 < shape_.size(); ++inner)
    rows = io::saturated_product(rows, shape_[inner]);
  return std::max<std::uint64_t>(rows, 1);
}

void Rows::for_each_box(std::uint64_t first, std::uint64_t rows,
                        const std::function<void(const Box&)>& visit) const {
  const std::size_t last = shape_.size() - 1;
  const std::uint64_t begin = first, end = first + rows;
  while (first < end) {
    // The slowest index that whole slices of can be taken at: `slice` rows each.
    Extents start(shape_.size(), 0), count(shape_.size(), 1);
    count[last] = shape_[last];
    std::uint64_t rest = first, taken = 1;
    for (std::size_t d = last; d-- > 0; rest /= shape_[d]) start[d] = rest % shape_[d];
    std::uint64_t slice = 1;
    for (std::size_t d = last; d-- > 0; slice *= shape_[d]) {
      count[d] = std::min<std::uint64_t>((end - first) / slice, shape_[d] - start[d]);
      taken = slice * count[d];
      if (start[d] != 0 || count[d] < shape_[d]) break;
    }
    const hsize_t numbers = taken * shape_[last];
    Box box{Space(H5Scopy(whole_)), Space(H5Screate_simple(1, &numbers, nullptr)),
            (first - begin) * shape_[last]};
    check(
        H5Sselect_hyperslab(box.file, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
        "take a part of the data");
    visit(box);
    first += taken;
  }
}

}  // namespace whiteline::hdf5
