#include <whiteline/io.hpp>
#include <whiteline/spectrum_reader.hpp>

#include <algorithm>
#include <optional>

#include "core/with_type.hpp"
#include "io/choose.hpp"
#include "io/format.hpp"
#include "io/guarded.hpp"
#include "io/sha256.hpp"
#include "io/stored.hpp"

namespace whiteline {

namespace fs = std::filesystem;

void to_floats(const HostView& numbers, std::int64_t row, std::span<float> out) {
  require(
      row >= 0 && row < numbers.rows && std::int64_t(out.size()) == numbers.cols,
      "cannot convert a row (it is not there, or has another length) give room for its columns");
  core::with_type(numbers.type, [&](auto zero) {
    const auto* from = static_cast<const decltype(zero)*>(numbers.data) + row * numbers.row_stride;
    for (std::size_t c = 0; c < out.size(); ++c)
      out[c] = static_cast<float>(from[std::int64_t(c) * numbers.col_stride]);
  });
}

SpectrumImage table_image(Dataset&& set) {
  SpectrumImage image;
  image.height = 1;
  image.width = set.rows;
  image.energy = set.energy.value_or(EnergyAxis{0.0, 1.0, set.channels});
  image.counts = std::move(set.counts);
  image.labels = std::move(set.labels);
  image.class_names = std::move(set.class_names);
  image.truth = std::move(set.truth);
  image.metadata = std::move(set.metadata);
  return image;
}

struct SpectrumReader::Source {
  Source(const fs::path& path, const Progress& progress)
      : path(path), file(path, progress, io::Loading::as_taken) {}

  void open(const Progress& progress) {
    const io::Format& kind = io::format_of(file);
    format = kind.name;
    if (kind.locate && take_tiles(kind.locate(file))) return;
    FileContents contents = read_file(path, progress);
    format = contents.format;
    has_set = contents.dataset.has_value();
    if (contents.dataset)
      image = table_image(std::move(*contents.dataset));
    else
      image = std::move(contents.images[chosen(contents.images)]);
  }

  bool take_tiles(std::vector<io::StoredImage> found) {
    if (found.empty()) return false;
    std::vector<SpectrumImage> images;
    for (io::StoredImage& one : found) images.push_back(one.image);
    io::StoredImage& one = found[chosen(images)];
    if (one.as_a_whole) return false;
    if (!one.format.empty()) format = one.format;
    tiles = one.tiles ? one.tiles : std::make_shared<io::StoredSpectra>(file, one);
    image = std::move(one.image);
    return true;
  }

  std::size_t chosen(const std::vector<SpectrumImage>& images) const {
    std::vector<const SpectrumImage*> pointers;
    for (const SpectrumImage& one : images) pointers.push_back(&one);
    return io::chosen_image(path, pointers, false);
  }

  fs::path path;
  std::string format;
  io::InputFile file;
  SpectrumImage image;   // with counts where there are no `tiles`
  bool has_set = false;  // the file holds a labelled set
  std::shared_ptr<const io::TileSource> tiles;
};

SpectrumReader::SpectrumReader(const fs::path& path, const Progress& progress) {
  io::guarded(path, [&] {
    source_ = std::make_unique<Source>(path, progress);
    source_->open(progress);
    return true;
  });
}
SpectrumReader::~SpectrumReader() = default;
SpectrumReader::SpectrumReader(SpectrumReader&& other) noexcept = default;
SpectrumReader& SpectrumReader::operator=(SpectrumReader&& other) noexcept = default;

const fs::path& SpectrumReader::path() const { return source_->path; }
const std::string& SpectrumReader::format() const { return source_->format; }
const SpectrumImage& SpectrumReader::description() const { return source_->image; }
bool SpectrumReader::in_memory() const { return !source_->tiles; }

bool SpectrumReader::is_table() const {
  const bool of_arrays =
      source_->format == "npy" || source_->format == "npz" || source_->format == "csv";
  return source_->has_set || (source_->image.height == 1 && of_arrays);
}

NumberType SpectrumReader::type() const {
  return source_->tiles ? source_->tiles->type() : NumberType::f32;
}

std::int64_t SpectrumReader::bytes_per_spectrum() const {
  if (source_->tiles) return source_->tiles->bytes_per_spectrum();
  const bool turned = source_->image.order == SpectrumImage::Order::energy_major;
  return turned ? source_->image.energy.size * std::int64_t(sizeof(float)) : 0;
}

std::int64_t SpectrumReader::tile_pixels(std::uint64_t memory) const {
  const SpectrumImage& image = source_->image;
  const auto possible = std::int64_t(std::min<std::uint64_t>(
      memory / 2 / std::uint64_t(std::max<std::int64_t>(bytes_per_spectrum(), 1)),
      std::uint64_t(image.pixels())));
  const std::int64_t row = image.energy.size * std::int64_t(sizeof(float));
  const std::int64_t pixels = source_->tiles
                                  ? source_->tiles->tile_pixels(std::max<std::int64_t>(possible, 1))
                                  : std::min(io::most_tile_bytes / row, possible);
  return std::clamp<std::int64_t>(pixels, 1, image.pixels());
}

std::uint64_t SpectrumReader::file_bytes() const { return source_->file.size(); }

std::string SpectrumReader::fingerprint() const {
  constexpr std::uint64_t pieces = 64, piece = std::uint64_t(1) << 16;
  const std::uint64_t size = source_->file.size();
  io::Sha256 sum;
  sum.add(fmt::format("{}", size));
  std::vector<std::byte> bytes(std::size_t(std::min(size, piece)));
  for (std::uint64_t i = 0; i < pieces; ++i) {
    source_->file.read((size - bytes.size()) * i / (pieces - 1), bytes);
    sum.add(bytes);
    if (size == bytes.size()) break;
  }
  return sum.hex();
}

void SpectrumReader::read(std::int64_t first, std::int64_t count, SpectrumTile& tile) const {
  const SpectrumImage& image = source_->image;
  require(first >= 0 && count >= 0 && first <= image.pixels() && count <= image.pixels() - first,
          "cannot read these spectra (the image ends before) name pixels inside it");
  if (source_->tiles)
    return io::guarded(source_->path, [&] { source_->tiles->read(first, count, tile); });
  tile.first = first;
  tile.spectra = image.spectra().some_rows(first, count);
  if (image.order == SpectrumImage::Order::pixel_major) return;
  const std::int64_t channels = image.energy.size;
  tile.numbers.resize(std::size_t(count * channels) * sizeof(float));
  io::to_rows(tile.spectra, reinterpret_cast<float*>(tile.numbers.data()));
  tile.spectra = HostView(reinterpret_cast<const float*>(tile.numbers.data()), count, channels);
}

SpectrumImage SpectrumReader::read_all() && {
  SpectrumImage image = std::move(source_->image);
  if (!source_->tiles) return image;
  return read_spectrum_image(source_->path);
}

}  // namespace whiteline
