// .hspy by the helper program: what we write comes back, what HyperSpy wrote is read, and the
// caller survives.
#include <cmath>
#include <cstdlib>

#include "io/files.hpp"
#include "io/hdf5_test.hpp"

namespace whiteline::test {
namespace {

class Hspy : public Hdf5Test {
 protected:
  const TemporaryFolder folder_;
};

TEST_F(Hspy, ASpectrumImageComesBackWithLabelsTruthAndMetadata) {
  const SpectrumImage image = labelled_image();
  write_spectrum_image(folder_ / "image.hspy", image);
  const SpectrumImage back = read_spectrum_image(folder_ / "image.hspy");
  expect_same(back, image);
  EXPECT_EQ(back.metadata, image.metadata);
  EXPECT_EQ(read_dataset(folder_ / "image.hspy").rows, 10);
}

TEST_F(Hspy, AnEnergySlowestImageIsWrittenPixelByPixel) {
  const SpectrumImage image = example_image(31, 5, 257);
  write_spectrum_image(folder_ / "image.hspy", energy_major(image));
  const SpectrumImage back = read_spectrum_image(folder_ / "image.hspy");
  EXPECT_EQ(back.order, SpectrumImage::Order::pixel_major);
  expect_same(back, image);
}

TEST_F(Hspy, OneSpectrumHasOneAxis) {
  const SpectrumImage spectrum = example_image(1, 1, 2048);
  write_spectrum_image(folder_ / "one.hspy", spectrum);
  expect_same_spectra(read_spectrum_image(folder_ / "one.hspy"), spectrum);
}

TEST_F(Hspy, ProbabilityMapsComeBackWithTheirVacuum) {
  ProbabilityMaps maps{.title = "P", .height = 2, .width = 3, .class_names = {"FeO", "Mn²⁺"}};
  maps.probabilities = {1, 0, .5, .5, .25, .75, NAN, NAN, 0, 1, .125, .875};
  maps.labels = {0, 0, 1, -1, 1, 1};
  maps.scale_x = 0.5;
  maps.scale_units = "nm";
  maps.metadata = R"({"model":"m.safetensors"})";
  write_probability_maps(folder_ / "maps.hspy", maps);
  const ProbabilityMaps back = read_probability_maps(folder_ / "maps.hspy");
  EXPECT_EQ(back.title, "P");
  EXPECT_EQ(back.class_names, maps.class_names);
  EXPECT_EQ(back.labels, maps.labels);
  EXPECT_EQ(back.metadata, maps.metadata);
  EXPECT_EQ(back.scale_x, 0.5);
  EXPECT_EQ(back.scale_units, "nm");
  ASSERT_EQ(back.probabilities.size(), maps.probabilities.size());
  for (std::size_t i = 0; i < maps.probabilities.size(); ++i)
    EXPECT_TRUE(back.probabilities[i] == maps.probabilities[i] ||
                (std::isnan(back.probabilities[i]) && std::isnan(maps.probabilities[i])));
  message_of<ReadError>([&] { read_spectrum_image(folder_ / "maps.hspy"); });
}

TEST_F(Hspy, AMissingHelperIsUnsupportedWithItsReason) {
  write_spectrum_image(folder_ / "image.hspy", example_image());
  setenv("WHITELINE_HDF5_HELPER", "/nowhere/whiteline-hdf5", 1);
  const std::string reason = message_of<Unsupported>([&] { read_file(folder_ / "image.hspy"); });
  message_of<Unsupported>([&] { write_spectrum_image(folder_ / "b.hspy", example_image()); });
  unsetenv("WHITELINE_HDF5_HELPER");
  EXPECT_NE(reason.find("/nowhere/whiteline-hdf5"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "b.hspy"));
}

TEST_F(Hspy, AHelperThatDiesHangsOrAnswersNonsenseIsAnErrorOfTheFile) {
  write_spectrum_image(folder_ / "image.hspy", example_image());
  const auto told = [&](const std::string& script) {
    write_text(folder_ / "helper", "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(folder_ / "helper", std::filesystem::perms::owner_all);
    setenv("WHITELINE_HDF5_HELPER", (folder_ / "helper").c_str(), 1);
    const std::string message = message_of<FormatError>([&] { read_file(folder_ / "image.hspy"); });
    unsetenv("WHITELINE_HDF5_HELPER");
    return message;
  };
  EXPECT_NE(told("kill -SEGV $$").find("the HDF5 library crashed on it, signal 11"),
            std::string::npos);
  EXPECT_NE(told("exit 1").find("gave up"), std::string::npos);
  EXPECT_NE(told("echo nonsense >&3").find("header"), std::string::npos);
  EXPECT_NE(told("exec sleep 60").find("did not end within 5 s"), std::string::npos);
}

TEST_F(Hspy, CancellingKillsTheHelper) {
  write_spectrum_image(folder_ / "image.hspy", example_image());
  write_text(folder_ / "helper", "#!/bin/sh\nexec sleep 60\n");
  std::filesystem::permissions(folder_ / "helper", std::filesystem::perms::owner_all);
  setenv("WHITELINE_HDF5_HELPER", (folder_ / "helper").c_str(), 1);
  int asked = 0;
  message_of<Cancelled>([&] {
    read_file(folder_ / "image.hspy", [&](const ProgressEvent&) { return ++asked < 3; });
  });
  unsetenv("WHITELINE_HDF5_HELPER");
  EXPECT_EQ(asked, 3);
}

}  // namespace
}  // namespace whiteline::test
