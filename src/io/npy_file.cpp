#include "io/axes.hpp"
#include "io/format.hpp"
#include "io/npy.hpp"

namespace whiteline::io {

// (channels), (spectra, channels) or (y, x, channels).
std::vector<StoredImage> locate_npy(InputFile& file) {
  const NpyArray array = parse_npy(file.cursor());
  if (array.kind != NpyArray::Kind::number)
    throw Unsupported(
        fmt::format("cannot read {} (it holds text, not spectra) name an array of "
                    "numbers",
                    file.path()));
  const std::size_t dimensions = array.shape.size();
  if (dimensions < 1 || dimensions > 3)
    throw Unsupported(
        fmt::format("cannot read {} (its array has {} dimensions) save it as "
                    "(channels), (spectra, channels) or (y, x, channels)",
                    file.path(), dimensions));
  if (array.count() == 0) file.cursor().fail_at(array.offset, "the array is empty");
  StoredImage found;
  SpectrumImage& image = found.image;
  image.title = file.stem();
  Json metadata = metadata_tree({.title = image.title, .signal_type = "EELS"});
  image.energy = channel_axis(std::int64_t(array.shape.back()), metadata);
  image.metadata = metadata.dump();
  set_places(array, found);
  return {std::move(found)};
}

FileContents read_npy(InputFile& file) {
  std::vector<StoredImage> found = locate_npy(file);
  return {"npy", {filled(std::move(found.front()), file)}, std::nullopt};
}

void set_places(const NpyArray& array, StoredImage& found) {
  const std::size_t dimensions = array.shape.size();
  SpectrumImage& image = found.image;
  image.height = dimensions == 3 ? std::int64_t(array.shape[0]) : 1;
  image.width = dimensions >= 2 ? std::int64_t(array.shape[dimensions - 2]) : 1;
  const auto channels = std::int64_t(array.shape.back());
  found.counts = {array.element, array.order, array.offset, 1, channels, image.width * channels};
  if (!array.fortran_order) return;
  found.counts.channel_step = image.pixels();
  found.counts.x_step = image.height;
  found.counts.y_step = 1;
}

}  // namespace whiteline::io
