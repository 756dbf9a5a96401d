#include "io/stored.hpp"

#include <algorithm>
#include <type_traits>

namespace whiteline::io {

namespace {

constexpr std::int64_t strips_at_once = 32;  // channels, where they lie apart
constexpr std::int64_t most_scattered_bytes = std::int64_t(256) << 20;  // of a tile
constexpr std::uint64_t piece_bytes = std::uint64_t(8) << 20;  // of spectra, where they do not

// Calls work(T()) with T the type of the numbers.
template <class Work>
void with_type(Element element, Work&& work) {
  switch (element) {
    case Element::u8:
      return work(std::uint8_t());
    case Element::i8:
      return work(std::int8_t());
    case Element::u16:
    case Element::f16:
      return work(std::uint16_t());
    case Element::i16:
      return work(std::int16_t());
    case Element::u32:
      return work(std::uint32_t());
    case Element::i32:
      return work(std::int32_t());
    case Element::u64:
      return work(std::uint64_t());
    case Element::i64:
      return work(std::int64_t());
    case Element::f32:
      return work(float());
    case Element::f64:
      return work(double());
  }
}

void swap_bytes(std::span<std::byte> numbers, std::size_t size) {
  for (std::size_t at = 0; at + size <= numbers.size(); at += size)
    std::reverse(numbers.begin() + std::ptrdiff_t(at), numbers.begin() + std::ptrdiff_t(at + size));
}

struct Steps {
  std::int64_t pixel, channel;  // in numbers
};

// out[p * out_step + c] = in[p, c]. Squares keep both sides in cache.
template <class In, class Out, class Convert>
void gather(const In* in, Steps steps, std::int64_t pixels, std::int64_t channels, Out* out,
            std::int64_t out_step, Convert convert) {
  constexpr std::int64_t square = 16;
  for (std::int64_t p0 = 0; p0 < pixels; p0 += square)
    for (std::int64_t c0 = 0; c0 < channels; c0 += square)
      for (std::int64_t p = p0; p < std::min(p0 + square, pixels); ++p)
        for (std::int64_t c = c0; c < std::min(c0 + square, channels); ++c)
          out[p * out_step + c] = convert(in[p * steps.pixel + c * steps.channel]);
}

// Numbers at `in` (native order, aligned) into rows of `out`, of type_in_memory(element).
void gather(Element element, const std::byte* in, Steps steps, std::int64_t pixels,
            std::int64_t channels, std::byte* out, std::int64_t out_step) {
  with_type(element, [&](auto zero) {
    using T = decltype(zero);
    const T* from = reinterpret_cast<const T*>(in);
    float* floats = reinterpret_cast<float*>(out);
    if (element == Element::f16)
      gather(from, steps, pixels, channels, floats, out_step,
             [](T bits) { return half_to_float(std::uint16_t(bits)); });
    else if constexpr (std::is_integral_v<T> && sizeof(T) == 8)
      gather(from, steps, pixels, channels, floats, out_step, [](T n) { return float(n); });
    else
      gather(from, steps, pixels, channels, reinterpret_cast<T*>(out), out_step,
             [](T n) { return n; });
  });
}

}  // namespace

NumberType type_in_memory(Element element) {
  NumberType type = NumberType::f32;
  with_type(element, [&](auto zero) {
    using T = decltype(zero);
    if constexpr (!std::is_integral_v<T> || sizeof(T) < 8) type = number_type_of<T>();
  });
  return element == Element::f16 ? NumberType::f32 : type;
}

SpectrumImage filled(StoredImage found, InputFile& file) {
  SpectrumImage& image = found.image;
  const StoredCounts& at = found.counts;
  const std::int64_t channels = image.energy.size;
  const auto bytes = file.bytes().subspan(std::size_t(at.offset));
  std::vector<float> counts(std::size_t(image.pixels() * channels));
  to_floats(bytes, at.element, at.order, counts);
  const bool in_order = image.order == SpectrumImage::Order::energy_major ||
                        (at.channel_step == 1 && at.x_step == channels);
  if (in_order) {
    image.counts = std::move(counts);
    return std::move(image);
  }
  image.counts.resize(counts.size());
  for (std::int64_t y = 0; y < image.height; ++y)
    gather(counts.data() + y * at.y_step, {at.x_step, at.channel_step}, image.width, channels,
           image.counts.data() + y * image.width * channels, channels, [](float n) { return n; });
  return std::move(image);
}

void to_rows(const HostView& view, float* out) {
  gather(static_cast<const float*>(view.data), {view.row_stride, view.col_stride}, view.rows,
         view.cols, out, view.cols, [](float n) { return n; });
}

StoredSpectra::StoredSpectra(const InputFile& file, const StoredImage& found)
    : file_(file),
      counts_(found.counts),
      width_(found.image.width),
      channels_(found.image.energy.size) {
  // Rows that follow each other like the pixels of a row are one.
  if (found.image.height == 1 || counts_.y_step == width_ * counts_.x_step)
    width_ = found.image.pixels();
}

std::int64_t StoredSpectra::bytes_per_spectrum() const {
  const auto size = std::int64_t(size_of(counts_.element));
  const std::int64_t scratch =
      scattered() ? std::min(channels_, strips_at_once) * counts_.x_step * size : 0;
  return channels_ * std::int64_t(whiteline::size_of(type())) + scratch;
}

std::int64_t StoredSpectra::tile_pixels(std::int64_t possible) const {
  const std::int64_t row = channels_ * std::int64_t(whiteline::size_of(type()));
  return std::min((scattered() ? most_scattered_bytes : most_tile_bytes) / row, possible);
}

void StoredSpectra::fetch(std::int64_t first_number, std::int64_t numbers, std::byte* to) const {
  const std::size_t size = size_of(counts_.element);
  const std::span<std::byte> bytes(to, std::size_t(numbers) * size);
  file_.read(counts_.offset + std::uint64_t(first_number) * size, bytes);
  if (counts_.order != std::endian::native && size > 1) swap_bytes(bytes, size);
}

void StoredSpectra::read(std::int64_t first, std::int64_t count, SpectrumTile& tile) const {
  const NumberType number_type = type();
  const std::size_t row_bytes = std::size_t(channels_) * whiteline::size_of(number_type);
  tile.numbers.resize(std::size_t(count) * row_bytes);
  for (std::int64_t done = 0; done < count;) {
    const std::int64_t y = (first + done) / width_, x = (first + done) % width_;
    const std::int64_t pixels = std::min(count - done, width_ - x);
    read_row(y * counts_.y_step + x * counts_.x_step, pixels, tile,
             tile.numbers.data() + std::size_t(done) * row_bytes);
    done += pixels;
  }
  tile.first = first;
  tile.spectra = HostView();
  tile.spectra.data = tile.numbers.data();
  tile.spectra.type = number_type;
  tile.spectra.rows = count;
  tile.spectra.cols = tile.spectra.row_stride = channels_;
}

// Pixels one x_step after another, the first of which begins at number `first_number`.
void StoredSpectra::read_row(std::int64_t first_number, std::int64_t count, SpectrumTile& tile,
                             std::byte* out) const {
  const bool as_it_lies = counts_.channel_step == 1 && counts_.x_step == channels_ &&
                          size_of(counts_.element) == whiteline::size_of(type());
  if (as_it_lies) return fetch(first_number, count * channels_, out);
  if (scattered()) return read_strips(first_number, count, tile, out);
  read_spectra(first_number, count, tile, out);
}

// A strip is what one channel holds of these pixels. Strips that follow each other closely are read
// together with what lies between them.
void StoredSpectra::read_strips(std::int64_t first_number, std::int64_t count, SpectrumTile& tile,
                                std::byte* out) const {
  const std::int64_t strip = (count - 1) * counts_.x_step + 1;
  const bool together = counts_.channel_step <= 2 * strip;
  const std::int64_t strip_step = together ? counts_.channel_step : strip;
  const std::size_t size = size_of(counts_.element);
  const std::int64_t at_once = std::min(channels_, strips_at_once);
  tile.scratch.resize(std::size_t((at_once - 1) * strip_step + strip) * size);
  const std::size_t out_size = whiteline::size_of(type());
  for (std::int64_t c = 0; c < channels_; c += at_once) {
    const std::int64_t strips = std::min(at_once, channels_ - c);
    const std::int64_t begin = first_number + c * counts_.channel_step;
    if (together) {
      fetch(begin, (strips - 1) * strip_step + strip, tile.scratch.data());
    } else {
      for (std::int64_t i = 0; i < strips; ++i)
        fetch(begin + i * counts_.channel_step, strip,
              tile.scratch.data() + std::size_t(i * strip_step) * size);
    }
    gather(counts_.element, tile.scratch.data(), {counts_.x_step, strip_step}, count, strips,
           out + std::size_t(c) * out_size, channels_);
  }
}

// The channels of a pixel lie closer than its neighbour.
void StoredSpectra::read_spectra(std::int64_t first_number, std::int64_t count, SpectrumTile& tile,
                                 std::byte* out) const {
  const std::size_t size = size_of(counts_.element);
  const std::int64_t spectrum = (channels_ - 1) * counts_.channel_step + 1;
  const std::int64_t at_once = std::clamp<std::int64_t>(
      std::int64_t(piece_bytes / (std::uint64_t(counts_.x_step) * size)), 1, count);
  tile.scratch.resize(std::size_t((at_once - 1) * counts_.x_step + spectrum) * size);
  const std::size_t row_bytes = std::size_t(channels_) * whiteline::size_of(type());
  for (std::int64_t p = 0; p < count; p += at_once) {
    const std::int64_t pixels = std::min(at_once, count - p);
    fetch(first_number + p * counts_.x_step, (pixels - 1) * counts_.x_step + spectrum,
          tile.scratch.data());
    gather(counts_.element, tile.scratch.data(), {counts_.x_step, counts_.channel_step}, pixels,
           channels_, out + std::size_t(p) * row_bytes, channels_);
  }
}

}  // namespace whiteline::io
