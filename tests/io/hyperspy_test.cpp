// What HyperSpy writes (tests/golden/make_hyperspy.py), and the files that come with it.
#include <algorithm>

#include "io/files.hpp"
#include "io/hdf5_test.hpp"
#include "support/folders.hpp"

namespace whiteline::test::hyperspy_test {
namespace {

const std::filesystem::path golden = source_folder() / "tests/golden/hyperspy";
const std::filesystem::path installed = "/usr/lib/python3/dist-packages/hyperspy/tests/io";

class HyperSpy : public Hdf5Test {};

void expect_numbers(const SpectrumImage& image, std::int64_t stack, std::int64_t rows) {
  ASSERT_EQ(image.height, stack * rows);
  ASSERT_EQ(image.width, 3);
  ASSERT_EQ(image.energy.size, 40);
  EXPECT_NEAR(image.energy.offset, 460.0, 1e-9);
  EXPECT_NEAR(image.energy.dispersion, 0.25, 1e-9);
  for (std::int64_t z = 0; z < stack; ++z)
    for (std::int64_t y = 0; y < rows; ++y)
      for (std::int64_t x = 0; x < 3; ++x)
        for (std::int64_t e = 0; e < 40; ++e)
          ASSERT_EQ(image.at((z * rows + y) * 3 + x, e), float(1000 * z + 100 * y + 10 * x + e));
}

TEST_F(HyperSpy, ACubeIsReadWithItsMetadata) {
  const SpectrumImage image = read_spectrum_image(golden / "cube.hspy");
  expect_numbers(image, 1, 2);
  EXPECT_EQ(image.title, "a cube / of ours");
  EXPECT_EQ(image.scale_y, 0.5);
  EXPECT_EQ(image.scale_x, 0.25);
  EXPECT_EQ(image.scale_units, "nm");
  for (const char* part :
       {R"("beam_energy":200.0)", R"("elements":["Fe","O"])", R"("notes":["Größe","b"])",
        R"("thickness":[0.5])", R"("counts":[1,2,3])", R"("nothing":[])", R"("flag":true)",
        R"("text":"°")"})
    EXPECT_NE(image.metadata.find(part), std::string::npos) << part << " in " << image.metadata;
}

TEST_F(HyperSpy, TheMetadataComeBackFromAFileOfOurs) {
  const TemporaryFolder folder;
  const SpectrumImage image = read_spectrum_image(golden / "cube.hspy");
  write_spectrum_image(folder / "again.hspy", image);
  const SpectrumImage again = read_spectrum_image(folder / "again.hspy");
  expect_same(again, image);
  EXPECT_EQ(again.metadata, image.metadata);
}

TEST_F(HyperSpy, AStackOfImagesIsOneOfMoreRows) {
  const SpectrumImage image = read_spectrum_image(golden / "stack.hspy");
  expect_numbers(image, 2, 2);
  EXPECT_EQ(image.scale_y, 0.5);
  EXPECT_NE(image.metadata.find(R"("navigation_shape":[2,2,3])"), std::string::npos);
}

TEST_F(HyperSpy, LinesAndSingleSpectraAreImagesToo) {
  expect_numbers(read_spectrum_image(golden / "line.hspy"), 1, 1);
  const SpectrumImage one = read_spectrum_image(golden / "one.hspy");
  EXPECT_EQ(one.pixels(), 1);
  EXPECT_EQ(one.at(0, 39), 39.0f);
}

TEST_F(HyperSpy, AListOfEvenEnergiesIsAnAxisAndOthersAreUnsupported) {
  expect_numbers(read_spectrum_image(golden / "list_even.hspy"), 1, 1);
  const auto refusal = [](const char* name) {
    return message_of<Unsupported>([&] { read_file(golden / name); });
  };
  EXPECT_NE(refusal("list_uneven.hspy").find("even steps"), std::string::npos);
  EXPECT_NE(refusal("formula.hspy").find("formula"), std::string::npos);
}

// Every file opens, or fails with one of our errors whose reason is not empty.
TEST_F(HyperSpy, ItsInstalledFilesOpenOrSayWhyNot) {
  if (!std::filesystem::is_directory(installed))
    GTEST_SKIP() << "no " << installed << " (install python3-hyperspy)";
  int opened = 0, refused = 0;
  const std::filesystem::recursive_directory_iterator all(installed);
  for (const auto& entry : all) {
    const std::string suffix = entry.path().extension().string();
    if (suffix != ".dm3" && suffix != ".dm4" && suffix != ".msa" && suffix != ".emsa" &&
        suffix != ".hspy")
      continue;
    try {
      const FileContents contents = read_file(entry.path());
      for (const SpectrumImage& image : contents.images) EXPECT_NO_THROW(validate(image));
      ++opened;
    } catch (const Error& error) {
      ++refused;
      const std::string text = error.what();
      const bool named = text.find("complex numbers") != std::string::npos ||
                         text.find("colours") != std::string::npos ||
                         text.find("dimensions") != std::string::npos ||
                         text.find("even steps") != std::string::npos ||
                         text.find("axes") != std::string::npos;
      EXPECT_TRUE(named) << text;
    }
  }
  RecordProperty("opened", opened);
  RecordProperty("refused", refused);
  EXPECT_GT(opened, 75);
  EXPECT_LT(refused, opened);
}

}  // namespace
}  // namespace whiteline::test::hyperspy_test
