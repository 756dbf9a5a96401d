// Tiles of files, read as they lie, against the same files read as a whole.
#include <whiteline/spectrum_reader.hpp>

#include <bit>

#include "io/dm_writer.hpp"
#include "io/npy.hpp"
#include "io/tiles.hpp"
#include "support/folders.hpp"

namespace whiteline::test::spectrum_reader_test {
namespace {

const std::filesystem::path golden = source_folder() / "tests/golden/io";

using Dimension = DmWriter::Dimension;
const Dimension x_axis{9, 0.0f, 0.5f, u"nm"}, y_axis{7, 0.0f, 0.25f, u"nm"};
const Dimension energy{37, -1466.0f, 0.3f, u"eV"};

template <class T>
std::vector<T> random_numbers(std::size_t size) {
  std::mt19937 generator(3);
  std::vector<T> numbers(size);
  for (T& number : numbers) number = T(T(generator() % 60000) / T(2));
  return numbers;
}

template <class T>
void expect_dm(int data_type, int array_type, NumberType in_memory) {
  const TemporaryFolder folder;
  const std::vector<T> data = random_numbers<T>(9 * 7 * 37);
  for (const bool little : {true, false})
    for (const auto& axes :
         {std::vector{x_axis, y_axis, energy}, std::vector{x_axis, energy, y_axis},
          std::vector{energy, x_axis, y_axis}}) {
      const DmWriter dm(4, little);
      write_text(folder / "a.dm4",
                 dm.file({dm.group("ImageList", {dm.image(data_type, array_type, data, axes)})}));
      expect_same_file(folder / "a.dm4");
      EXPECT_EQ(SpectrumReader(folder / "a.dm4").type(), in_memory);
    }
}

TEST(SpectrumReader, EveryOrderAndNumberTypeOfDigitalMicrographIsReadInTiles) {
  expect_dm<std::uint8_t>(6, 10, NumberType::u8);
  expect_dm<std::int8_t>(9, 9, NumberType::i8);
  expect_dm<std::uint16_t>(10, 4, NumberType::u16);
  expect_dm<std::int16_t>(1, 2, NumberType::i16);
  expect_dm<std::uint32_t>(11, 5, NumberType::u32);
  expect_dm<std::int32_t>(7, 3, NumberType::i32);
  expect_dm<std::uint64_t>(40, 12, NumberType::f32);
  expect_dm<float>(2, 6, NumberType::f32);
  expect_dm<double>(12, 7, NumberType::f64);
}

TEST(SpectrumReader, LinesAndSingleSpectraAreImagesToo) {
  const TemporaryFolder folder;
  const DmWriter dm(3);
  const auto write = [&](const std::vector<Dimension>& axes, std::size_t size) {
    write_text(folder / "a.dm3",
               dm.file({dm.group("ImageList",
                                 {dm.image(10, 4, random_numbers<std::uint16_t>(size), axes)})}));
  };
  write({energy}, 37);
  expect_same_file(folder / "a.dm3");
  write({energy, x_axis}, 37 * 9);
  expect_same_file(folder / "a.dm3");
  write({x_axis, energy}, 37 * 9);
  expect_same_file(folder / "a.dm3");
}

TEST(SpectrumReader, EveryArrayOfNumPyIsReadInTiles) {
  for (const char* name : {"f4", "big_f8", "u2", "big_i4", "i8", "f2", "fortran", "version2"}) {
    SCOPED_TRACE(name);
    expect_same_file(golden / (std::string("cube_") + name + ".npy"));
  }
}

TEST(SpectrumReader, AStoredSetIsReadInTilesACompressedOneAsAWhole) {
  const Dataset set = read_dataset(golden / "set_stored.npz");
  const SpectrumReader stored(golden / "set_stored.npz");
  EXPECT_FALSE(stored.in_memory());
  EXPECT_TRUE(stored.is_table());
  EXPECT_EQ(stored.description().labels, set.labels);
  EXPECT_EQ(stored.description().class_names, set.class_names);
  const TemporaryFolder folder;
  write_dataset(folder / "set.npz", set);
  const SpectrumReader compressed(folder / "set.npz");
  EXPECT_TRUE(compressed.in_memory());
  EXPECT_TRUE(compressed.is_table());
  const SpectrumImage whole = table_image(read_dataset(folder / "set.npz"));
  for (const std::int64_t pixels : {1, 4, 6}) {
    expect_tiles(stored, whole, pixels);
    expect_tiles(compressed, whole, pixels);
  }
}

TEST(SpectrumReader, FilesThatHoldImagesAsAWholeAreReadSo) {
  const TemporaryFolder folder;
  write_spectrum_image(folder / "a.npz", labelled_image());
  expect_same_file(folder / "a.npz", true);
  const SpectrumReader reader(folder / "a.npz");
  EXPECT_EQ(reader.description().labels, labelled_image().labels);
  EXPECT_EQ(SpectrumReader(folder / "a.npz").format(), "npz");
}

TEST(SpectrumReader, OpeningALargeFileTakesLittleMemory) {
  const TemporaryFolder folder;
  const std::uint64_t shape[] = {1 << 10, 1 << 10, 1 << 11};
  const std::string head = io::npy_header("<f4", shape);
  write_text(folder / "large.npy", head);
  std::filesystem::resize_file(folder / "large.npy", head.size() + (std::uint64_t(8) << 30));
  const SpectrumReader reader(folder / "large.npy");
  EXPECT_EQ(reader.description().pixels(), 1 << 20);
  EXPECT_TRUE(reader.description().counts.empty());
  SpectrumTile tile;
  reader.read(1000000, 17, tile);
  for (std::int64_t c = 0; c < 2048; ++c) ASSERT_EQ(value_at(tile.spectra, 16, c), 0.0);
  EXPECT_LE(reader.tile_pixels(std::uint64_t(1) << 20) * reader.bytes_per_spectrum(), 1 << 19);
  EXPECT_EQ(reader.tile_pixels(0), 1);
}

TEST(SpectrumReader, AFileThatBecomesShorterIsAFormatError) {
  const TemporaryFolder folder;
  const DmWriter dm(4);
  write_text(folder / "a.dm4",
             dm.file({dm.group("ImageList", {dm.image(2, 6, random_numbers<float>(9 * 7 * 37),
                                                      {x_axis, y_axis, energy})})}));
  const SpectrumReader reader(folder / "a.dm4");
  std::filesystem::resize_file(folder / "a.dm4", 4000);
  const std::string message = message_of<FormatError>([&] {
    for_each_tile(reader, {0, 63, 5}, [](const SpectrumTile&) {});
  });
  EXPECT_NE(message.find("shorter while it was read"), std::string::npos) << message;
}

TEST(SpectrumReader, DamagedFilesHaveTheMessagesOfReadingThemAsAWhole) {
  const TemporaryFolder folder;
  const DmWriter dm(4);
  const std::string whole = dm.file({dm.group(
      "ImageList", {dm.image(2, 6, random_numbers<float>(9 * 7 * 37), {x_axis, y_axis, energy})})});
  for (const std::size_t size : {1, 15, 40, 100, 200, 300, 1000, 9000}) {
    write_text(folder / "a.dm4", std::string_view(whole).substr(0, size));
    const auto message = [&](auto call) { return message_of<ReadError>(call); };
    EXPECT_EQ(message([&] { SpectrumReader reader(folder / "a.dm4"); }),
              message([&] { read_spectrum_image(folder / "a.dm4"); }))
        << size;
  }
}

TEST(SpectrumReader, WhatWorkThrowsEndsTheRun) {
  const SpectrumReader reader(golden / "cube_u2.npy");
  int tiles = 0;
  EXPECT_THROW(for_each_tile(reader, {0, 6, 1},
                             [&](const SpectrumTile&) {
                               if (++tiles == 2) throw Cancelled("stop");
                             }),
               Cancelled);
  EXPECT_EQ(tiles, 2);
}

TEST(SpectrumReader, PixelsThatThereAreNotAreRefused) {
  const SpectrumReader reader(golden / "cube_u2.npy");
  SpectrumTile tile;
  EXPECT_THROW(reader.read(4, 3, tile), InvalidArgument);
  EXPECT_THROW(reader.read(-1, 1, tile), InvalidArgument);
  EXPECT_THROW(for_each_tile(reader, {0, 7, 2}, [](const SpectrumTile&) {}), InvalidArgument);
  EXPECT_THROW(for_each_tile(reader, {0, 6, 0}, [](const SpectrumTile&) {}), InvalidArgument);
}

}  // namespace
}  // namespace whiteline::test::spectrum_reader_test
