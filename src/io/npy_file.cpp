#include "io/axes.hpp"
#include "io/format.hpp"
#include "io/npy.hpp"

namespace whiteline::io {

// (channels), (spectra, channels) or (y, x, channels).
FileContents read_npy(InputFile& file) {
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
  SpectrumImage image;
  image.title = file.stem();
  image.height = dimensions == 3 ? std::int64_t(array.shape[0]) : 1;
  image.width = dimensions >= 2 ? std::int64_t(array.shape[dimensions - 2]) : 1;
  image.counts = floats(array, file.cursor());
  Json metadata = metadata_tree({.title = image.title, .signal_type = "EELS"});
  image.energy = channel_axis(std::int64_t(array.shape.back()), metadata);
  image.metadata = metadata.dump();
  return {"npy", {std::move(image)}, std::nullopt};
}

}  // namespace whiteline::io
