#include "io/dm.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "io/axes.hpp"

namespace whiteline::io {

namespace {

constexpr std::size_t max_dimensions = 16;

struct Dimension {
  std::uint64_t size = 0;
  double scale = 1.0;
  double origin = 0.0;  // in channels: value = (i - origin) * scale
  std::string units;
};

// ImageData/DataType.
std::optional<Element> element_of_type(int data_type) {
  switch (data_type) {
    case 1:
      return Element::i16;
    case 2:
      return Element::f32;
    case 6:
      return Element::u8;
    case 7:
      return Element::i32;
    case 9:
      return Element::i8;
    case 10:
      return Element::u16;
    case 11:
      return Element::u32;
    case 12:
      return Element::f64;
    case 14:
      return Element::u8;  // a mask
    case 39:
      return Element::i64;
    case 40:
      return Element::u64;
    default:
      return std::nullopt;
  }
}

std::string_view name_of(int data_type) {
  switch (data_type) {
    case 3:
    case 5:
    case 13:
    case 27:
    case 28:
      return "complex numbers";
    case 8:
    case 23:
      return "colours";
    default:
      return "numbers of an unknown type";
  }
}

class ImageReader {
 public:
  ImageReader(const Cursor& file, const DmFile& tags, const DmTag& image)
      : file_(file), tags_(tags), image_(image) {}

  StoredImage locate(const std::string& stem, std::size_t number) {
    read_dimensions();
    StoredImage found;
    SpectrumImage& image = found.image;
    image.title = tags_.text(image_, "Name");
    if (image.title.empty()) image.title = number ? fmt::format("{} #{}", stem, number) : stem;
    Json metadata = dm_metadata(tags_, image_, image.title);
    place(found, metadata);
    image.metadata = metadata.dump();
    return found;
  }

 private:
  [[noreturn]] void unsupported(std::string_view what) const {
    throw Unsupported(
        fmt::format("cannot read {} (an image holds {}) export its real part or "
                    "brightness as another image",
                    file_.path(), what));
  }

  // Fastest first; the data are checked against their product.
  void read_dimensions() {
    const auto data_type = tags_.number(image_, "ImageData/DataType");
    const DmTag* data = image_.find("ImageData/Data");
    const DmTag* sizes = image_.find("ImageData/Dimensions");
    if (!data_type || !data || !sizes) file_.fail("an image lacks Data, DataType or Dimensions");
    const int type = *data_type >= 0.0 && *data_type < 256.0 ? int(*data_type) : -1;
    const auto element = element_of_type(type);
    if (!element) unsupported(name_of(type));
    element_ = *element;
    data_ = data;
    std::uint64_t bytes = size_of(element_);
    if (sizes->children.size() > max_dimensions) unsupported("too many dimensions");
    for (std::size_t i = 0; i < sizes->children.size(); ++i) {
      const auto size = tags_.number(*sizes, fmt::format("#{}", i));
      if (!size || !(*size >= 1.0) || *size > 4294967295.0)
        file_.fail_at(data->offset, "an image's Dimensions are not valid");
      bytes = saturated_product(bytes, std::uint64_t(*size));
      add_dimension(i, std::uint64_t(*size));
    }
    if (bytes != data->data.size())
      file_.fail_at(data->offset, fmt::format("Dimensions ask for {} bytes of data, there are {}",
                                              bytes, data->data.size()));
    // Dimensions of one element beyond the third count for nothing.
    for (std::size_t d = dimensions_.size(); d-- > 0 && dimensions_.size() > 3;)
      if (dimensions_[d].size == 1) dimensions_.erase(dimensions_.begin() + std::ptrdiff_t(d));
    if (dimensions_.size() > 3) unsupported("more than three dimensions");
    while (dimensions_.size() < 3) dimensions_.push_back({.size = 1});
  }

  void add_dimension(std::size_t index, std::uint64_t size) {
    const std::string at = fmt::format("ImageData/Calibrations/Dimension/#{}/", index);
    Dimension dimension{.size = size};
    dimension.scale = tags_.number(image_, at + "Scale").value_or(1.0);
    dimension.origin = tags_.number(image_, at + "Origin").value_or(0.0);
    dimension.units = tags_.text(image_, at + "Units");
    dimensions_.push_back(std::move(dimension));
  }

  // Which dimension is energy: by its units, else by what the tags call the image, else none (-1).
  int energy_dimension() const {
    for (int d = 0; d < 3; ++d)
      if (!dimensions_[std::size_t(d)].units.empty() &&
          electron_volts(dimensions_[std::size_t(d)].units))
        return d;
    const std::string format = tags_.text(image_, "ImageTags/Meta Data/Format");
    const bool is_cube = dimensions_[2].size > 1;
    if (format == "Spectrum image") return is_cube ? 2 : 1;
    if (format == "Spectrum" || image_.find("ImageTags/spim")) return is_cube ? 2 : 0;
    if (dimensions_[1].size == 1) return 0;
    return is_cube ? 2 : -1;
  }

  EnergyAxis energy_axis(const Dimension& dimension, Json& metadata) const {
    const auto unit = dimension.units.empty() ? std::nullopt : electron_volts(dimension.units);
    const std::int64_t size = std::int64_t(dimension.size);
    if (!unit) return channel_axis(size, metadata);
    const EnergyAxis axis{-dimension.origin * dimension.scale * *unit, dimension.scale * *unit,
                          size};
    if (!is_valid(axis)) unsupported("energies that do not ascend");
    return axis;
  }

  void place(StoredImage& found, Json& metadata) const {
    SpectrumImage& image = found.image;
    StoredCounts& counts = found.counts;
    const int energy = energy_dimension();
    counts = {element_, tags_.order, data_->offset};
    std::vector<Dimension> others;
    std::vector<std::int64_t> steps;
    std::int64_t step = 1;
    for (int d = 0; d < 3; step *= std::int64_t(dimensions_[std::size_t(d++)].size)) {
      if (d == energy) {
        counts.channel_step = step;
        continue;
      }
      others.push_back(dimensions_[std::size_t(d)]);
      steps.push_back(step);
    }
    counts.x_step = steps[0];
    counts.y_step = steps[1];
    image.width = std::int64_t(others[0].size);
    image.height = std::int64_t(others[1].size);
    image.scale_x = others[0].scale;
    image.scale_y = others[1].size > 1 ? others[1].scale : others[0].scale;
    image.scale_units = others[0].units;
    if (energy < 0) {  // a picture: one channel
      metadata["Signal"]["signal_type"] = "";
      image.energy = channel_axis(1, metadata);
      return;
    }
    image.energy = energy_axis(dimensions_[std::size_t(energy)], metadata);
    if (image.pixels() > 1 && (energy == 2 || (energy == 1 && image.height == 1)))
      image.order = SpectrumImage::Order::energy_major;
  }

  const Cursor& file_;
  const DmFile& tags_;
  const DmTag& image_;
  Element element_ = Element::f32;
  const DmTag* data_ = nullptr;
  std::vector<Dimension> dimensions_;
};

bool is_dm(std::span<const std::byte> head) {
  if (head.size() < 16) return false;
  const auto version = load<std::uint32_t>(head.data(), std::endian::big);
  const std::size_t order = version == 3 ? 8 : 12;
  return (version == 3 || version == 4) &&
         load<std::uint32_t>(head.data() + order, std::endian::big) <= 1;
}

}  // namespace

bool is_dm3(std::span<const std::byte> head) { return is_dm(head) && head[3] == std::byte(3); }
bool is_dm4(std::span<const std::byte> head) { return is_dm(head) && head[3] == std::byte(4); }

std::vector<StoredImage> locate_dm(InputFile& input) {
  const Cursor file = input.cursor();
  const DmFile tags = parse_dm(file);
  const DmTag* list = tags.root.find("ImageList");
  if (!list || list->children.empty()) file.fail("there is no ImageList");
  const auto thumbnail = tags.number(tags.root, "Thumbnails/#0/ImageIndex");
  std::vector<StoredImage> images;
  std::optional<Unsupported> refused;
  for (std::size_t i = 0; i < list->children.size(); ++i) {
    if (list->children.size() > 1 && thumbnail && *thumbnail == double(i)) continue;
    try {
      images.push_back(
          ImageReader(file, tags, list->children[i]).locate(input.stem(), images.size()));
    } catch (const Unsupported& reason) {
      refused = reason;
    }
  }
  if (images.empty() && refused) throw *refused;
  return images;
}

FileContents read_dm(InputFile& input) {
  std::vector<StoredImage> images = locate_dm(input);
  FileContents contents{.format = is_dm3(input.head()) ? "dm3" : "dm4"};
  for (StoredImage& one : images) contents.images.push_back(filled(std::move(one), input));
  return contents;
}

}  // namespace whiteline::io
