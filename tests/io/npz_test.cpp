// Sets, images and maps through .npz, and .npy in all the shapes NumPy writes.
#include <cmath>

#include "io/element.hpp"
#include "io/files.hpp"
#include "io/format.hpp"
#include "io/npy.hpp"
#include "support/data.hpp"

namespace whiteline::test::npz_test {
namespace {

Dataset example_set() {
  Dataset set;
  set.rows = 5;
  set.channels = 31;
  set.counts = random_counts(5 * 31);
  set.labels = {0, 1, 2, -1, 1};
  set.class_names = {"FeO", "Fe₃O₄", "Mn²⁺"};
  set.energy = EnergyAxis{612.5, 0.1, 31};
  set.truth = {{"shift", {1, {0.1, -0.2, 0.3, 0.0, 1e-300}}},
               {"phase_fraction", {3, std::vector<double>(15, 1.0 / 3.0)}}};
  set.metadata = R"({"generator":"test","seed":7})";
  return set;
}

TEST(Npz, ALabelledSetComesBackAsItWas) {
  const TemporaryFolder folder;
  const Dataset set = example_set();
  write_dataset(folder / "set.npz", set);
  const Dataset back = read_dataset(folder / "set.npz");
  EXPECT_EQ(back.rows, set.rows);
  EXPECT_EQ(back.channels, set.channels);
  EXPECT_EQ(back.counts, set.counts);
  EXPECT_EQ(back.labels, set.labels);
  EXPECT_EQ(back.class_names, set.class_names);
  ASSERT_TRUE(back.energy);
  EXPECT_NEAR(back.energy->offset, 612.5, 1e-9);
  EXPECT_NEAR(back.energy->dispersion, 0.1, 1e-12);
  expect_same(back.truth, set.truth);
  EXPECT_EQ(back.metadata, set.metadata);
}

TEST(Npz, ASetWithoutACommonAxisStaysWithoutOne) {
  const TemporaryFolder folder;
  Dataset set = example_set();
  set.energy.reset();
  write_dataset(folder / "set.npz", set);
  EXPECT_FALSE(read_dataset(folder / "set.npz").energy);
}

TEST(Npz, TheSameSetGivesTheSameBytes) {
  const TemporaryFolder folder;
  write_dataset(folder / "a.npz", example_set());
  write_dataset(folder / "b.npz", example_set());
  EXPECT_TRUE(read_text(folder / "a.npz") == read_text(folder / "b.npz"));
}

TEST(Npz, ASpectrumImageComesBackWithLabelsTruthAndScale) {
  const TemporaryFolder folder;
  const SpectrumImage image = labelled_image();
  write_spectrum_image(folder / "image.npz", image);
  const SpectrumImage back = read_spectrum_image(folder / "image.npz");
  expect_same(back, image);
  EXPECT_EQ(back.metadata, image.metadata);
}

TEST(Npz, AnEnergySlowestImageIsWrittenPixelByPixel) {
  const TemporaryFolder folder;
  const SpectrumImage image = example_image(7, 5, 257);
  write_spectrum_image(folder / "image.npz", energy_major(image));
  expect_same(read_spectrum_image(folder / "image.npz"), image);
}

TEST(Npz, TheLabelledPixelsOfAnImageAreASet) {
  const TemporaryFolder folder;
  write_spectrum_image(folder / "image.npz", labelled_image());
  const Dataset set = read_dataset(folder / "image.npz");
  EXPECT_EQ(set.rows, 10);
  EXPECT_EQ(set.labels, (std::vector<std::int32_t>{0, 1, 1, 0, 0, 1, 1, 0, 1, 0}));
}

TEST(Npz, ProbabilityMapsComeBackWithTheirVacuum) {
  const TemporaryFolder folder;
  ProbabilityMaps maps{.title = "P", .height = 2, .width = 3, .class_names = {"FeO", "Mn"}};
  maps.probabilities = {1, 0, .5, .5, .25, .75, NAN, NAN, 0, 1, .125, .875};
  maps.labels = {0, 0, 1, -1, 1, 1};
  maps.scale_units = "nm";
  maps.metadata = R"({"model":"m.safetensors"})";
  write_probability_maps(folder / "maps.npz", maps);
  const ProbabilityMaps back = read_probability_maps(folder / "maps.npz");
  EXPECT_EQ(back.title, "P");
  EXPECT_EQ(back.height, 2);
  EXPECT_EQ(back.width, 3);
  EXPECT_EQ(back.class_names, maps.class_names);
  EXPECT_EQ(back.labels, maps.labels);
  EXPECT_EQ(back.metadata, maps.metadata);
  ASSERT_EQ(back.probabilities.size(), maps.probabilities.size());
  for (std::size_t i = 0; i < maps.probabilities.size(); ++i)
    EXPECT_TRUE(back.probabilities[i] == maps.probabilities[i] ||
                (std::isnan(back.probabilities[i]) && std::isnan(maps.probabilities[i])));
}

TEST(Npz, TheFixedBenchmarkSetIsReadWhole) {
  WHITELINE_NEEDS_DATA(data);
  const Dataset set = read_dataset(data / "wl-hard/wl_hard_7187x700.npz");
  EXPECT_EQ(set.rows, 7187);
  EXPECT_EQ(set.channels, 700);
  EXPECT_EQ(set.class_names.size(), 5u);
  EXPECT_EQ(set.class_names[1], "Fe3O4");
  std::vector<int> counts(5);
  for (const std::int32_t label : set.labels) ++counts[std::size_t(label)];
  EXPECT_EQ(counts, (std::vector<int>{2744, 1350, 992, 841, 1260}));
}

TEST(Npy, TheMeasuredManganeseSetIsATableOfSpectra) {
  WHITELINE_NEEDS_DATA(data);
  const SpectrumImage image = read_spectrum_image(data / "mno-l23/mno_659x700_f32.npy");
  EXPECT_EQ(image.height, 1);
  EXPECT_EQ(image.width, 659);
  EXPECT_EQ(image.energy.size, 700);
  double largest = 0.0;
  for (const float count : image.counts) largest = std::max(largest, double(count));
  EXPECT_GT(largest, 0.5);
  EXPECT_LT(largest, 2.0);
}

TEST(Npy, TheHeaderIsWhatNumPyWrites) {
  const std::vector<std::uint64_t> shape = {3, 4}, one = {7}, none;
  const std::string header = io::npy_header("<f4", shape);
  EXPECT_EQ(header.size() % 64, 0u);
  EXPECT_NE(header.find("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }"),
            std::string::npos);
  EXPECT_NE(io::npy_header("<f4", one).find("'shape': (7,), }"), std::string::npos);
  EXPECT_NE(io::npy_header("<f4", none).find("'shape': (), }"), std::string::npos);
}

template <class T>
std::string npy_file(const std::string& descr, const std::string& shape,
                     const std::vector<T>& numbers, bool fortran = false, int version = 1) {
  std::string dictionary = "{'descr': '" + descr +
                           "', 'fortran_order': " + (fortran ? "True" : "False") +
                           ", 'shape': " + shape + ", }";
  dictionary += '\n';
  std::string file = "\x93NUMPY";
  file += char(version);
  file += '\0';
  file += version == 1 ? packed(std::uint16_t(dictionary.size()))
                       : packed(std::uint32_t(dictionary.size()));
  file += dictionary;
  for (const T number : numbers) file += packed(number, descr[0] == '>');
  return file;
}

SpectrumImage parsed(const std::string& text) {
  io::InputFile file("test.npy", bytes_of(text));
  return io::read_npy(file).images.at(0);
}

template <class T>
void expect_numbers(const std::string& descr, const std::vector<T>& numbers, int version = 1) {
  const SpectrumImage image =
      parsed(npy_file(descr, "(" + std::to_string(numbers.size()) + ",)", numbers, false, version));
  ASSERT_EQ(image.energy.size, std::int64_t(numbers.size())) << descr;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    EXPECT_EQ(image.counts[i], float(numbers[i])) << descr << " " << i;
}

TEST(Npy, EveryNumberTypeAndByteOrderBecomesFloat) {
  for (const std::string order : {"<", ">"}) {
    expect_numbers<std::uint8_t>(order + "u1", {0, 1, 255});
    expect_numbers<std::int8_t>(order + "i1", {0, -1, 127, -128});
    expect_numbers<std::uint16_t>(order + "u2", {0, 258, 65535});
    expect_numbers<std::int16_t>(order + "i2", {0, -2, 32767});
    expect_numbers<std::uint32_t>(order + "u4", {0, 70000, 4294967295u});
    expect_numbers<std::int32_t>(order + "i4", {0, -70000});
    expect_numbers<std::uint64_t>(order + "u8", {0, 1ull << 40});
    expect_numbers<std::int64_t>(order + "i8", {0, -(1ll << 40)});
    expect_numbers<float>(order + "f4", {0.0f, -1.5f, 3.25e10f});
    expect_numbers<double>(order + "f8", {0.0, -1.5, 3.25e10}, 2);
  }
  expect_numbers<std::uint8_t>("|u1", {3, 4}, 3);
  expect_numbers<std::uint8_t>("|b1", {0, 1});
}

TEST(Npy, HalfPrecisionIsExact) {
  EXPECT_EQ(io::half_to_float(0x3C00), 1.0f);
  EXPECT_EQ(io::half_to_float(0xC000), -2.0f);
  EXPECT_EQ(io::half_to_float(0x7BFF), 65504.0f);
  EXPECT_EQ(io::half_to_float(0x0001), std::ldexp(1.0f, -24));
  EXPECT_EQ(io::half_to_float(0x7C00), INFINITY);
  EXPECT_TRUE(std::isnan(io::half_to_float(0x7E00)));
}

TEST(Npy, FortranOrderIsTurned) {
  // numbers[y][x][E] = 100 y + 10 x + E, y fastest in the file
  std::vector<float> file, expected;
  for (int e = 0; e < 4; ++e)
    for (int x = 0; x < 3; ++x)
      for (int y = 0; y < 2; ++y) file.push_back(float(100 * y + 10 * x + e));
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 3; ++x)
      for (int e = 0; e < 4; ++e) expected.push_back(float(100 * y + 10 * x + e));
  EXPECT_EQ(parsed(npy_file("<f4", "(2, 3, 4)", file, true)).counts, expected);
}

TEST(Npy, WhatCannotBeSpectraIsNamed) {
  const std::vector<float> four = {1, 2, 3, 4};
  EXPECT_NE(message_of<Unsupported>([&] { parsed(npy_file("|O", "(4,)", four)); }).find("|O"),
            std::string::npos);
  EXPECT_NE(message_of<Unsupported>([&] { parsed(npy_file("<c8", "(2,)", four)); }).find("<c8"),
            std::string::npos);
  EXPECT_NE(message_of<FormatError>([&] {
              parsed(npy_file("<f4", "(5,)", four));
            }).find("5 items of 4 bytes, 16 bytes are left"),
            std::string::npos);
  EXPECT_NE(message_of<FormatError>([&] {
              parsed(npy_file("<f4", "(3,)", four));
            }).find("4 bytes follow"),
            std::string::npos);
  message_of<FormatError>(
      [&] { parsed(npy_file("<f4", "(4294967296, 4294967296, 4294967296)", four)); });
  message_of<FormatError>([&] { parsed(npy_file("<f4", "(-1,)", four)); });
  message_of<FormatError>([&] { parsed(npy_file("<f4", "(0,)", std::vector<float>())); });
}

TEST(Files, MissingEmptyAndUnknownFilesAreClear) {
  const TemporaryFolder folder;
  EXPECT_NE(message_of<ReadError>([&] { read_file(folder / "none.npy"); }).find("no such file"),
            std::string::npos);
  EXPECT_NE(message_of<ReadError>([&] { read_file(folder.path()); }).find("folder"),
            std::string::npos);
  write_text(folder / "empty.npz", "");
  EXPECT_NE(message_of<ReadError>([&] { read_file(folder / "empty.npz"); }).find("empty"),
            std::string::npos);
  write_text(folder / "notes.txt", "hello");
  EXPECT_NE(message_of<Unsupported>([&] { read_file(folder / "notes.txt"); }).find(".npz"),
            std::string::npos);
}

}  // namespace
}  // namespace whiteline::test::npz_test
