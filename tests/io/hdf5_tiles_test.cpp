// Tiles of HDF5 files: contiguous arrays as they lie, chunks through the helper program.
#include <whiteline/spectrum_reader.hpp>

#include <cstdlib>
#include <thread>

#include "io/files.hpp"
#include "io/hdf5_test.hpp"
#include "io/tiles.hpp"
#include "support/folders.hpp"

namespace whiteline::test::hdf5_tiles_test {
namespace {

const std::filesystem::path golden = source_folder() / "tests/golden/hdf5";

std::filesystem::path member(const std::string& name) {
  return (golden / "layouts.h5").string() + "::/" + name;
}

class Hdf5Tiles : public Hdf5Test {
 protected:
  // Every chunk of ours holds 10 x 11 spectra of 2048 channels.
  std::filesystem::path large_image() const {
    SpectrumImage image = example_image(24, 25, 2048);
    write_spectrum_image(folder_ / "image.hspy", image);
    return folder_ / "image.hspy";
  }

  const TemporaryFolder folder_;
};

TEST_F(Hdf5Tiles, ContiguousArraysOfEveryTypeAreReadAsTheyLie) {
  const std::pair<const char*, NumberType> types[] = {
      {"u1", NumberType::u8},         {"i2", NumberType::i16},
      {"little_u2", NumberType::u16}, {"big_u2", NumberType::u16},
      {"little_i4", NumberType::i32}, {"big_i4", NumberType::i32},
      {"little_i8", NumberType::f32}, {"big_u8", NumberType::f32},
      {"little_f4", NumberType::f32}, {"big_f4", NumberType::f32},
      {"little_f8", NumberType::f64}, {"big_f8", NumberType::f64}};
  for (const auto& [name, type] : types) {
    SCOPED_TRACE(name);
    const auto path = member(std::string("contiguous_") + name);
    expect_same_file(path);
    EXPECT_EQ(SpectrumReader(path).type(), type);
  }
  EXPECT_EQ(SpectrumReader(member("stack_contiguous")).description().height, 10);
  expect_same_file(member("stack_contiguous"));
  expect_same_file((golden / "user_block.h5").string() + "::cube");
}

TEST_F(Hdf5Tiles, ChunksThatDoNotDivideTheArrayAreReadInTiles) {
  for (const char* name :
       {"chunks_1_1_33", "chunks_2_3_33", "chunks_2_3_10", "chunks_5_7_33", "chunks_1_4_5",
        "chunks_3_7_33", "packed_u2", "packed_big_i4", "packed_f8", "stack", "stack_across", "line",
        "spectrum", "holes", "never_written"}) {
    SCOPED_TRACE(name);
    expect_same_file(member(name));
  }
  EXPECT_EQ(SpectrumReader(member("holes")).type(), NumberType::f32);
}

TEST_F(Hdf5Tiles, TilesAreWholeChunksWhereMemoryAllows) {
  const auto pixels = [](const char* name, std::uint64_t memory) {
    return SpectrumReader(member(name)).tile_pixels(memory);
  };
  constexpr std::uint64_t spectrum = 33 * sizeof(float);
  EXPECT_EQ(pixels("chunks_2_3_33", 4 * 34 * spectrum), 28);  // two rows of chunks, of 7 columns
  EXPECT_EQ(pixels("chunks_2_3_33", 4 * 13 * spectrum), 13);  // not even one
  EXPECT_EQ(pixels("chunks_1_4_5", 4 * 34 * spectrum), 28);   // 1 x 7 fits each line of chunks
  EXPECT_EQ(pixels("stack", 4 * 69 * spectrum), 35);          // 2 does not divide 5 rows: a frame
  EXPECT_EQ(pixels("stack_across", 4 * 70 * spectrum), 70);
}

TEST_F(Hdf5Tiles, ReadingTellsFormatLabelsAndClassesAsTheWholeFileDoes) {
  const SpectrumImage image = labelled_image();
  write_spectrum_image(folder_ / "image.hspy", image);
  expect_same_file(folder_ / "image.hspy");
  const SpectrumReader reader(folder_ / "image.hspy");
  EXPECT_EQ(reader.format(), "hspy");
  EXPECT_EQ(reader.description().labels, image.labels);
  EXPECT_EQ(reader.description().class_names, image.class_names);
  EXPECT_TRUE(reader.description().truth.empty());
  EXPECT_EQ(SpectrumReader(member("line")).format(), "h5");
  expect_same(SpectrumReader(folder_ / "image.hspy").read_all(), image);
}

TEST_F(Hdf5Tiles, AnEnergySlowestArrayInChunksIsReadAsAWhole) {
  const auto folder = source_folder() / "tests/golden/hyperspy";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".hspy") continue;
    SCOPED_TRACE(entry.path());
    try {
      const SpectrumImage whole = read_spectrum_image(entry.path());
      const bool turned = whole.order == SpectrumImage::Order::energy_major;
      const SpectrumReader reader(entry.path());
      EXPECT_TRUE(turned || !reader.in_memory());
      expect_tiles(reader, whole, 2);
    } catch (const Unsupported&) {
      EXPECT_THROW(SpectrumReader{entry.path()}, Unsupported);
    }
  }
}

TEST_F(Hdf5Tiles, SeveralThreadsMayRead) {
  const auto path = large_image();
  const SpectrumImage whole = read_spectrum_image(path);
  const SpectrumReader reader(path);
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t] {
      SpectrumTile tile;
      for (std::int64_t first = std::int64_t(t) * 31; first + 29 <= 600; first += 124) {
        reader.read(first, 29, tile);
        for (std::int64_t row = 0; row < 29; ++row)
          wrong[t] += value_at(tile.spectra, row, 5) != double(whole.at(first + row, 5));
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

TEST_F(Hdf5Tiles, ADamagedChunkIsAnErrorOfItsTileAlone) {
  const auto path = large_image();
  std::string bytes = read_text(path);
  for (std::size_t i = 0; i < 64; ++i) bytes[bytes.size() / 2 + i] = char(0x55);
  write_text(path, bytes);
  const SpectrumReader reader(path);
  SpectrumTile tile;
  reader.read(0, 25, tile);
  std::string message;
  for (std::int64_t y = 1; y < 24 && message.empty(); ++y) {
    try {
      reader.read(25 * y, 25, tile);
    } catch (const FormatError& reason) {
      message = reason.what();
      EXPECT_NE(message.find("rows " + std::to_string(25 * y) + " to"), std::string::npos);
    }
  }
  EXPECT_NE(message.find("image.hspy"), std::string::npos) << message;
  EXPECT_NE(message.find("damaged"), std::string::npos) << message;
  reader.read(0, 25, tile);
  reader.read(575, 25, tile);
}

// A helper that does what the script says before, or instead of, the real one.
class Hdf5HelperScript {
 public:
  Hdf5HelperScript(const TemporaryFolder& folder, const std::string& script) {
    const std::string real = io::hdf5_helper().string();
    const auto file = folder / "helper";
    write_text(file, "#!/bin/sh\nreal=" + real + "\n" + script + "\n");
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    setenv("WHITELINE_HDF5_HELPER", file.c_str(), 1);
  }
  ~Hdf5HelperScript() { unsetenv("WHITELINE_HDF5_HELPER"); }
};

// The real one, which can be killed.
class KillableHelper {
 public:
  explicit KillableHelper(const TemporaryFolder& folder)
      : pid_(folder / "pid"),
        script_(folder, "echo $$ > " + pid_.string() + "\nexec $real \"$@\"") {}
  void kill() const { ::kill(std::stoi(read_text(pid_)), SIGKILL); }

 private:
  std::filesystem::path pid_;
  Hdf5HelperScript script_;
};

TEST_F(Hdf5Tiles, AHelperKilledInTheMiddleFailsThatReadAndTheNextStartsAnother) {
  const auto path = large_image();
  const KillableHelper helper(folder_);
  const SpectrumReader reader(path);
  SpectrumTile tile;
  reader.read(0, 25, tile);
  helper.kill();
  const std::string message = message_of<FormatError>([&] { reader.read(25, 25, tile); });
  EXPECT_NE(message.find("rows 25 to 49"), std::string::npos) << message;
  reader.read(25, 25, tile);
  EXPECT_EQ(tile.spectra.rows, 25);
}

TEST_F(Hdf5Tiles, OpeningCanBeCancelled) {
  const auto path = large_image();
  const Hdf5HelperScript script(folder_, "exec sleep 60");
  EXPECT_THROW(SpectrumReader(path, [](const ProgressEvent&) { return false; }), Cancelled);
}

TEST_F(Hdf5Tiles, AFileThatChangesMeanwhileIsAFormatError) {
  const auto path = large_image();
  const KillableHelper helper(folder_);
  const SpectrumReader reader(path);
  SpectrumTile tile;
  reader.read(0, 25, tile);
  helper.kill();
  EXPECT_THROW(reader.read(0, 25, tile), FormatError);
  write_spectrum_image(path, example_image(24, 25, 31), Overwrite::allow);
  const std::string message = message_of<FormatError>([&] { reader.read(0, 25, tile); });
  EXPECT_NE(message.find("changed"), std::string::npos) << message;
}

}  // namespace
}  // namespace whiteline::test::hdf5_tiles_test
