// Files that NumPy and h5py wrote (tests/golden/make_io.py): value(y, x, E) = 100 y + 10 x + E.
#include "io/files.hpp"
#include "io/hdf5_test.hpp"
#include "support/folders.hpp"

namespace whiteline::test::golden_test {
namespace {

const std::filesystem::path golden = source_folder() / "tests/golden/io";

void expect_cube(const SpectrumImage& image) {
  ASSERT_EQ(image.height, 2);
  ASSERT_EQ(image.width, 3);
  ASSERT_EQ(image.energy.size, 40);
  for (int p = 0; p < 6; ++p)
    for (int e = 0; e < 40; ++e)
      ASSERT_EQ(image.at(p, e), float(100 * (p / 3) + 10 * (p % 3) + e)) << p << " " << e;
}

void expect_table(const Dataset& set) {
  ASSERT_EQ(set.rows, 6);
  ASSERT_EQ(set.channels, 40);
  for (int p = 0; p < 6; ++p)
    for (int e = 0; e < 40; ++e)
      ASSERT_EQ(set.counts[std::size_t(p * 40 + e)], float(100 * (p / 3) + 10 * (p % 3) + e));
}

void expect_energies(const EnergyAxis& axis) {
  EXPECT_NEAR(axis.offset, 460.0, 1e-12);
  EXPECT_NEAR(axis.dispersion, 0.25, 1e-12);
}

TEST(Golden, EveryArrayOfNumPyIsTheSameCube) {
  for (const char* name : {"f4", "big_f8", "u2", "big_i4", "i8", "f2", "fortran", "version2"}) {
    SCOPED_TRACE(name);
    expect_cube(read_spectrum_image(golden / (std::string("cube_") + name + ".npy")));
  }
}

TEST(Golden, ASavezWithByteNamesIsALabelledSet) {
  const Dataset set = read_dataset(golden / "set_stored.npz");
  expect_table(set);
  EXPECT_EQ(set.labels, (std::vector<std::int32_t>{0, 1, 2, 0, 1, -1}));
  EXPECT_EQ(set.class_names, (std::vector<std::string>{"FeO", "Fe3O4", "MnO"}));
  ASSERT_TRUE(set.energy);
  expect_energies(*set.energy);
  ASSERT_EQ(set.truth.at("shift").values.size(), 6u);
  EXPECT_EQ(set.truth.at("shift").values[0], -1.0);
}

TEST(Golden, ScikitLearnsNamesAndTextLabelsAreUnderstood) {
  const Dataset set = read_dataset(golden / "set_sklearn.npz");
  expect_table(set);
  EXPECT_EQ(set.class_names, (std::vector<std::string>{"FeO", "Mn2+", "Mn3+"}));
  EXPECT_EQ(set.labels, (std::vector<std::int32_t>{1, 0, 0, 2, 1, 1}));
  EXPECT_FALSE(set.energy);
  const Dataset numbers = read_dataset(golden / "set_numbers.npz");
  EXPECT_EQ(numbers.class_names, (std::vector<std::string>{"3", "7", "11"}));
  EXPECT_EQ(numbers.labels, (std::vector<std::int32_t>{0, 1, 1, 0, 2, -1}));
}

TEST(Golden, Zip64ArchivesAndLabelledImagesAreRead) {
  expect_table(read_dataset(golden / "set_zip64.npz"));
  const SpectrumImage image = read_spectrum_image(golden / "image.npz");
  expect_cube(image);
  expect_energies(image.energy);
  EXPECT_EQ(image.labels, (std::vector<std::int32_t>{0, 1, 1, -1, 0, 1}));
  EXPECT_EQ(image.class_names[1], "Fe₃O₄");
}

class GoldenHspy : public Hdf5Test {};

TEST_F(GoldenHspy, TheFirstVersionWithByteStringsIsRead) {
  const SpectrumImage image = read_spectrum_image(golden / "version_1_0.hspy");
  expect_cube(image);
  expect_energies(image.energy);
  EXPECT_EQ(image.title, "old scan");
  EXPECT_EQ(image.scale_x, 0.25);
  EXPECT_EQ(image.scale_y, 0.5);
  EXPECT_EQ(image.scale_units, "nm");
  for (const char* part : {R"("beam_energy":200.0)", R"("collection_angle":33.0)",
                           R"("signal_type":"EELS")", R"("Exposure":0.25)"})
    EXPECT_NE(image.metadata.find(part), std::string::npos) << part << " in " << image.metadata;
}

TEST_F(GoldenHspy, SeveralExperimentsOfTodaysVersionAreRead) {
  const FileContents contents = read_file(golden / "version_3_1.hspy");
  ASSERT_EQ(contents.images.size(), 2u);  // the complex one is left out
  const SpectrumImage& image = contents.images[0];
  expect_cube(image);
  expect_energies(image.energy);
  EXPECT_EQ(image.title, "Größe");
  for (const char* part : {R"("convergence_angle":21.4)", R"("collection_angle":50)",
                           R"("elements":["Fe","O"])", R"("flag":true)"})
    EXPECT_NE(image.metadata.find(part), std::string::npos) << part << " in " << image.metadata;
  const SpectrumImage& low_loss = contents.images[1];
  EXPECT_EQ(low_loss.title, "low loss");
  EXPECT_NEAR(low_loss.energy.offset, -2.0, 1e-12);
  EXPECT_NEAR(low_loss.energy.dispersion, 0.5, 1e-12);
  EXPECT_EQ(low_loss.counts[39], 39.0f);
}

TEST_F(GoldenHspy, SizesThatTheFileCannotHoldAreRefused) {
  const std::string problem =
      message_of<FormatError>([] { read_file(golden / "lies_about_size.hspy"); });
  EXPECT_NE(problem.find("more than the file can hold"), std::string::npos) << problem;
}

TEST_F(GoldenHspy, DataInOtherFilesAreNotFollowed) {
  EXPECT_THROW(read_file(golden / "elsewhere.hspy"), Error);
}

}  // namespace
}  // namespace whiteline::test::golden_test
