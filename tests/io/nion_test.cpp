// Nion Swift's data items, and single arrays of other HDF5 files (tests/golden/make_io.py).
#include "io/nion.hpp"

#include "io/files.hpp"
#include "io/hdf5_test.hpp"
#include "support/folders.hpp"

namespace whiteline::test {
namespace {

const std::filesystem::path golden = source_folder() / "tests/golden/io";

void expect_cube(const SpectrumImage& image, float more = 0) {
  ASSERT_EQ(image.height, 2);
  ASSERT_EQ(image.width, 3);
  ASSERT_EQ(image.energy.size, 40);
  EXPECT_NEAR(image.energy.offset, 460.0, 1e-9);
  EXPECT_NEAR(image.energy.dispersion, 0.25, 1e-9);
  EXPECT_EQ(image.scale_y, 0.5);
  EXPECT_EQ(image.scale_x, 0.25);
  EXPECT_EQ(image.scale_units, "nm");
  for (int p = 0; p < 6; ++p)
    for (int e = 0; e < 40; ++e)
      ASSERT_EQ(image.at(p, e), float(100 * (p / 3) + 10 * (p % 3) + e) + more);
}

class NionHdf5 : public Hdf5Test {};

TEST(Nion, DataItemsOfExportsAndOfProjectsOldAndNewAreRead) {
  for (const char* name : {"nion_export", "nion_project", "nion_old"}) {
    SCOPED_TRACE(name);
    const FileContents contents = read_file(golden / (std::string(name) + ".ndata"));
    EXPECT_EQ(contents.format, "ndata");
    expect_cube(contents.images.at(0));
  }
  const SpectrumImage image = read_spectrum_image(golden / "nion_export.ndata");
  EXPECT_EQ(image.title, "Spectrum Image (EELS)");
  for (const char* part : {R"("beam_energy":60.0)", R"("convergence_angle":30.0)",
                           R"("signal_type":"EELS")", R"("signal_type":"eels")"})
    EXPECT_NE(image.metadata.find(part), std::string::npos) << part << " in " << image.metadata;
}

TEST(Nion, RowsOfCameraFramesAreSpectra) {
  expect_cube(read_spectrum_image(golden / "nion_frames.ndata"));
}

TEST(Nion, AnImageComesBackFromItsDataItem) {
  const TemporaryFolder folder;
  for (const SpectrumImage& image : {example_image(), example_image(1, 1, 257)}) {
    write_spectrum_image(folder / "a.ndata", energy_major(image), Overwrite::allow);
    const SpectrumImage back = read_spectrum_image(folder / "a.ndata");
    expect_same_spectra(back, image);
    EXPECT_EQ(back.title, image.title);
    EXPECT_EQ(back.metadata, image.metadata);
  }
  message_of<InvalidArgument>([&] { write_spectrum_image(folder / "b.ndata", labelled_image()); });
  EXPECT_FALSE(std::filesystem::exists(folder / "b.ndata"));
}

TEST(Nion, DescriptionsThatDoNotFitTheArrayAreDamage) {
  const io::Cursor file("item", {});
  const auto refusal = [&](const char* properties) {
    return message_of<FormatError>([&] { io::nion_image(file, properties, {2, 3, 40}, "item"); });
  };
  EXPECT_NE(refusal("{").find("at character"), std::string::npos);
  EXPECT_NE(refusal("[]").find("no JSON object"), std::string::npos);
  EXPECT_NE(refusal(R"({"datum_dimension_count": 9})").find("do not make up"), std::string::npos);
  EXPECT_NE(refusal(R"({"is_sequence": true, "collection_dimension_count": 2})").find("1 sequence"),
            std::string::npos);
  message_of<Unsupported>([&] {
    io::nion_image(file, R"({"datum_dimension_count": 1, "dimensional_calibrations":
        [{}, {}, {"units": "nm"}]})",
                   {2, 3, 40}, "item");
  });
}

TEST(Nion, MetadataOfStrangeShapesAreReplacedWhereTheyAreNeeded) {
  const io::Cursor file("item", {});
  const SpectrumImage image = io::nion_image(
      file, R"({"title": "t", "metadata": {"whiteline": {"General": 3, "Whiteline": []}}})",
      {2, 2, 3, 40}, "item");
  EXPECT_NE(image.metadata.find(R"("General":{"title":"t"})"), std::string::npos);
  EXPECT_NE(image.metadata.find(R"("energy_axis":"channels")"), std::string::npos);
  EXPECT_NE(image.metadata.find(R"("navigation_shape":[2,2,3])"), std::string::npos);
}

TEST_F(NionHdf5, DataItemsInHdf5FilesAreRead) {
  const FileContents project = read_file(golden / "nion_project.h5");
  EXPECT_EQ(project.format, "h5");
  ASSERT_EQ(project.images.size(), 1u);
  expect_cube(project.images[0]);
  EXPECT_EQ(project.images[0].title, "in a project");
  const FileContents exported = read_file(golden / "nion_export.h5");
  ASSERT_EQ(exported.images.size(), 2u);
  expect_cube(exported.images[0]);
  expect_cube(exported.images[1], 1);
}

TEST_F(NionHdf5, OneArrayOfAnyHdf5FileIsReadByItsPath) {
  const SpectrumImage nexus = read_spectrum_image(golden / "nexus.nxs::/entry/eels/counts");
  expect_cube(nexus);
  EXPECT_NE(nexus.metadata.find(R"("exposure":0.5)"), std::string::npos) << nexus.metadata;
  const SpectrumImage emd = read_spectrum_image(golden / "berkeley.emd::signals/cube/data");
  EXPECT_EQ(emd.order, SpectrumImage::Order::energy_major);
  EXPECT_EQ(emd.at(5, 39), 159.0f);
  EXPECT_NEAR(emd.energy.offset, 460.0, 1e-9);
  const SpectrumImage bare = read_spectrum_image(golden /
                                                 "version_3_1.hspy::/Experiments/"
                                                 "EELS Spectrum Image/data");
  EXPECT_EQ(bare.at(5, 39), 159.0f);
  EXPECT_NE(bare.metadata.find(R"("energy_axis":"channels")"), std::string::npos);
}

TEST_F(NionHdf5, WithoutAPathTheArraysAreNamed) {
  for (const char* name : {"nexus.nxs", "nexus.nxs::/entry", "nexus.nxs::/entry/name/more"}) {
    const std::string text = message_of<ReadError>([&] { read_file(golden / name); });
    EXPECT_NE(text.find("/entry/eels/counts (2 x 3 x 40)"), std::string::npos) << text;
    EXPECT_EQ(text.find("damaged"), std::string::npos) << text;
  }
  message_of<Unsupported>([&] { read_file(golden / "nexus.nxs::/entry/name"); });
  message_of<ReadError>([&] { read_file(golden / "cube_f4.npy::/data"); });
}

TEST(Nion, ZarrFilesAreUnsupportedAndSaidToBe) {
  const std::string text = message_of<Unsupported>([] { read_file("/nowhere/a.zspy"); });
  EXPECT_NE(text.find("save it as .hspy"), std::string::npos) << text;
}

}  // namespace
}  // namespace whiteline::test
