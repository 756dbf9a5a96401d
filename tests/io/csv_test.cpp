// Tables of spectra: how their columns are recognised, and that ours come back.
#include "io/spectra_csv.hpp"

#include <cmath>

#include "io/files.hpp"

namespace whiteline::test {
namespace {

FileContents parsed(std::string_view text) {
  io::InputFile file("table.csv", bytes_of(text));
  return io::read_csv(file);
}

SpectrumImage image_in(std::string_view text) {
  FileContents contents = parsed(text);
  EXPECT_EQ(contents.images.size(), 1u);
  return contents.images.empty() ? SpectrumImage() : std::move(contents.images[0]);
}

bool has_channels(const SpectrumImage& image) {
  return image.metadata.find(R"("energy_axis":"channels")") != std::string::npos;
}

TEST(Csv, TwoColumnsAreOneSpectrum) {
  for (const char* text :
       {"energy (eV),counts\n460,1\n460.5,2\n461,3\n", "460 1\n460.5 2\n461 3",
        "# a remark\r\n\r\n460\t1\r\n460.5\t2\r\n461\t3\r\n", "E;I\n460,0;1\n460,5;2\n461;3,0\n",
        "\xEF\xBB\xBF\"Energy loss, eV\",\"a \"\"b\"\"\"\n 460 , 1\n460.5,2\n461,3\n",
        "x;y\n460;1\n460,5;2\n461;3\n", "Energy (keV),I\n.46,1\n.4605,2\n.461,3\n"}) {
    SCOPED_TRACE(text);
    const SpectrumImage image = image_in(text);
    ASSERT_EQ(image.pixels(), 1);
    ASSERT_EQ(image.energy.size, 3);
    EXPECT_NEAR(image.energy.offset, 460.0, 1e-9);
    EXPECT_NEAR(image.energy.dispersion, 0.5, 1e-9);
    EXPECT_EQ(image.counts, (std::vector<float>{1, 2, 3}));
  }
}

TEST(Csv, FurtherColumnsAreFurtherSpectra) {
  const SpectrumImage image = image_in("eV,FeO,Fe2O3\n700,1,4\n701,2,5\n702,3,6\n");
  ASSERT_EQ(image.width, 2);
  EXPECT_EQ(image.height, 1);
  EXPECT_EQ(image.at(0, 2), 3.0f);
  EXPECT_EQ(image.at(1, 0), 4.0f);
  EXPECT_NE(image.metadata.find(R"("columns":["FeO","Fe2O3"])"), std::string::npos);
}

TEST(Csv, EnergiesInTheFirstLineMakeEachLineASpectrum) {
  for (const char* text : {"460,460.5,461\n1,2,3\n4,,6\n", "460 eV,460.5 eV,461 eV\n1,2,3\n4,,6\n",
                           "name,460,460.5,461\na,1,2,3\nb,4,,6\n"}) {
    SCOPED_TRACE(text);
    const SpectrumImage image = image_in(text);
    ASSERT_EQ(image.width, 2);
    EXPECT_EQ(image.energy.offset, 460.0);
    EXPECT_EQ(image.at(1, 0), 4.0f);
    EXPECT_TRUE(std::isnan(image.at(1, 1)));
  }
}

TEST(Csv, PlainNumbersAreSpectraOfChannels) {
  const SpectrumImage image = image_in("3,1,2\n1,5,4\n7,7,7\n2,2,2\n");
  EXPECT_EQ(image.width, 4);
  EXPECT_EQ(image.energy.size, 3);
  EXPECT_TRUE(has_channels(image));
  EXPECT_EQ(image_in("5\n7\n6\n").width, 3);
}

TEST(Csv, AColumnOfLabelsMakesASet) {
  for (const char* name : {"label", "Class", "target"}) {
    const FileContents contents =
        parsed(std::string("a,b,") + name + "\n1,2,FeO\n3,4,\"Fe3O4, old\"\n5,6,FeO\n7,8,\n");
    ASSERT_TRUE(contents.dataset);
    EXPECT_EQ(contents.dataset->class_names, (std::vector<std::string>{"Fe3O4, old", "FeO"}));
    EXPECT_EQ(contents.dataset->labels, (std::vector<std::int32_t>{1, 0, 1, -1}));
    EXPECT_EQ(contents.dataset->counts, (std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8}));
    EXPECT_FALSE(contents.dataset->energy);
  }
}

TEST(Csv, ImagesComeBackWithLabelsAndTruth) {
  const TemporaryFolder folder;
  SpectrumImage image = labelled_image();
  image.class_names = {"Fe3O4, \"x\"", "FeO"};  // sorted, as they come back
  write_spectrum_image(folder / "a.csv", energy_major(image));
  const SpectrumImage back = read_spectrum_image(folder / "a.csv");
  expect_same_spectra(back, image);
  EXPECT_EQ(back.labels, image.labels);
  EXPECT_EQ(back.class_names, image.class_names);
  expect_same(back.truth, image.truth);
  write_spectrum_image(folder / "one.csv", example_image(1, 1, 257));
  expect_same_spectra(read_spectrum_image(folder / "one.csv"), example_image(1, 1, 257));
}

TEST(Csv, SetsComeBackWithAndWithoutEnergies) {
  const TemporaryFolder folder;
  Dataset set = labelled_pixels(labelled_image());
  set.class_names = {"1", "2"};
  for (const bool knows_energies : {true, false}) {
    if (!knows_energies) set.energy.reset();
    write_dataset(folder / "a.csv", set, Overwrite::allow);
    const Dataset back = read_dataset(folder / "a.csv");
    EXPECT_EQ(back.counts, set.counts);
    EXPECT_EQ(back.labels, set.labels);
    EXPECT_EQ(back.class_names, set.class_names);
    EXPECT_EQ(back.energy.has_value(), knows_energies);
    expect_same(back.truth, set.truth);
    set.truth["Upper Case"] = set.truth.at("shift");
  }
}

TEST(Csv, WhatIsNoTableOfSpectraIsRefusedWithItsPlace) {
  const auto damage = [](const char* text) {
    return message_of<FormatError>([&] { parsed(text); });
  };
  EXPECT_NE(damage("460,1\n460.5,2,3\n").find("has not 2 fields"), std::string::npos);
  EXPECT_NE(damage("460,1\n460.5\n").find("byte 6"), std::string::npos);
  EXPECT_NE(damage("460,1\n461,one\n").find("field 2 of the line is no number"), std::string::npos);
  EXPECT_NE(damage("energy,counts\n").find("no numbers"), std::string::npos);
  EXPECT_NE(damage("# nothing\n").find("nothing in the table"), std::string::npos);
  EXPECT_NE(damage("label\nFeO\n").find("no column"), std::string::npos);
  EXPECT_NE(damage("y,x,460,461\n0,0,1,2\n0,2,1,2\n").find("grid"), std::string::npos);
  EXPECT_NE(damage("y,x,460,461\n0,nan,1,2\n0,1e300,1,2\n").find("grid"), std::string::npos);
  const std::string uneven =
      message_of<Unsupported>([] { parsed("energy,counts\n1,1\n2,1\n4,1\n"); });
  EXPECT_NE(uneven.find("even steps"), std::string::npos) << uneven;
}

}  // namespace
}  // namespace whiteline::test
