// Tiles of a file against the same file read as a whole.
#pragma once

#include <gtest/gtest.h>
#include <whiteline/io.hpp>
#include <whiteline/spectrum_reader.hpp>

#include <algorithm>

namespace whiteline::test {

template <class T>
double number_at(const HostView& view, std::int64_t row, std::int64_t col) {
  return double(static_cast<const T*>(view.data)[row * view.row_stride + col * view.col_stride]);
}

inline double value_at(const HostView& view, std::int64_t row, std::int64_t col) {
  switch (view.type) {
    case NumberType::u8:
      return number_at<std::uint8_t>(view, row, col);
    case NumberType::i8:
      return number_at<std::int8_t>(view, row, col);
    case NumberType::u16:
      return number_at<std::uint16_t>(view, row, col);
    case NumberType::i16:
      return number_at<std::int16_t>(view, row, col);
    case NumberType::u32:
      return number_at<std::uint32_t>(view, row, col);
    case NumberType::i32:
      return number_at<std::int32_t>(view, row, col);
    case NumberType::f32:
      return number_at<float>(view, row, col);
    case NumberType::f64:
      return number_at<double>(view, row, col);
  }
  return 0.0;
}

// All tiles of the reader, of so many pixels each, hold what the file read as a whole does.
inline void expect_tiles(const SpectrumReader& reader, const SpectrumImage& whole,
                         std::int64_t pixels) {
  std::int64_t seen = 0;
  for_each_tile(reader, {0, whole.pixels(), pixels}, [&](const SpectrumTile& tile) {
    ASSERT_EQ(tile.first, seen);
    ASSERT_EQ(tile.spectra.rows, std::min(pixels, whole.pixels() - seen));
    ASSERT_EQ(tile.spectra.cols, whole.energy.size);
    ASSERT_EQ(tile.spectra.type, reader.type());
    for (std::int64_t row = 0; row < tile.spectra.rows; ++row)
      for (std::int64_t c = 0; c < whole.energy.size; ++c)
        ASSERT_EQ(float(value_at(tile.spectra, row, c)), whole.at(seen + row, c))
            << "pixel " << seen + row << ", channel " << c;
    seen += tile.spectra.rows;
  });
  EXPECT_EQ(seen, whole.pixels());
}

inline void expect_same_file(const std::filesystem::path& path, bool in_memory = false) {
  const SpectrumImage whole = read_spectrum_image(path);
  const SpectrumReader reader(path);
  EXPECT_EQ(reader.in_memory(), in_memory);
  EXPECT_EQ(reader.description().title, whole.title);
  EXPECT_EQ(reader.description().metadata, whole.metadata);
  EXPECT_EQ(reader.description().order, whole.order);
  EXPECT_EQ(reader.description().scale_units, whole.scale_units);
  ASSERT_EQ(reader.description().height, whole.height);
  ASSERT_EQ(reader.description().width, whole.width);
  EXPECT_TRUE(reader.description().energy.matches(whole.energy));
  for (const std::int64_t pixels : {1, 3, 5, 7, 64, 1000}) expect_tiles(reader, whole, pixels);
}

}  // namespace whiteline::test
