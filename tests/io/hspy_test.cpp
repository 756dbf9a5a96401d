// .hspy by the helper program: what we write comes back, what HyperSpy wrote is read, and the
// caller survives.
#include <cmath>
#include <cstdlib>
#include <stdexcept>

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

// Maps of 3 classes in pieces of so many pixels.
MapNumbers in_pieces(const ProbabilityMaps& maps, std::size_t pixels) {
  MapNumbers numbers;
  numbers.probabilities = [&maps, pixels](const NumberSink<float>& sink) {
    const std::span<const float> all = maps.probabilities;
    for (std::size_t i = 0; i < all.size(); i += 3 * pixels)
      sink(all.subspan(i, std::min(3 * pixels, all.size() - i)));
  };
  numbers.labels = [&maps, pixels](const NumberSink<std::int32_t>& sink) {
    const std::span<const std::int32_t> all = maps.labels;
    for (std::size_t i = 0; i < all.size(); i += pixels)
      sink(all.subspan(i, std::min(pixels, all.size() - i)));
  };
  return numbers;
}

ProbabilityMaps large_maps() {
  ProbabilityMaps maps{.title = "P", .height = 311, .width = 257, .class_names = {"a", "b", "c"}};
  maps.probabilities = random_counts(311 * 257 * 3);
  maps.labels.assign(311 * 257, 2);
  return maps;
}

ProbabilityMaps without_numbers(ProbabilityMaps maps) {
  maps.probabilities.clear();
  maps.labels.clear();
  return maps;
}

TEST_F(Hspy, MapsInPiecesAreTheSameBytesAsMapsInMemory) {
  const ProbabilityMaps maps = large_maps();
  for (const char* suffix : {".hspy", ".npz"}) {
    const auto whole = folder_ / (std::string("whole") + suffix);
    write_probability_maps(whole, maps);
    for (const std::size_t pixels : {1000u, 79927u}) {
      const auto path = folder_ / (std::string("pieces") + suffix);
      write_probability_maps(path, without_numbers(maps), in_pieces(maps, pixels),
                             Overwrite::allow);
      EXPECT_TRUE(read_text(path) == read_text(whole)) << suffix << " " << pixels;
    }
  }
}

TEST_F(Hspy, ASourceOfMapsThatThrowsOrGivesAnotherNumberLeavesNoFile) {
  const ProbabilityMaps maps = large_maps();
  for (const char* suffix : {".hspy", ".npz"}) {
    const auto path = folder_ / (std::string("maps") + suffix);
    const auto write = [&](const NumberSource<float>& probabilities) {
      write_probability_maps(path, without_numbers(maps), {probabilities, {}});
    };
    const auto all = in_pieces(maps, 1000).probabilities;
    EXPECT_THROW(write([&](const NumberSink<float>& sink) {
                   all(sink);
                   throw std::domain_error("mine");
                 }),
                 std::domain_error);
    EXPECT_THROW(write([&](const NumberSink<float>& sink) {
                   all(sink);
                   sink(std::vector<float>(1));
                 }),
                 InvalidArgument);
    EXPECT_THROW(write([&](const NumberSink<float>& sink) { sink(std::vector<float>(5)); }),
                 InvalidArgument);
    MapNumbers wrong_label{
        all, [](const NumberSink<std::int32_t>& sink) { sink(std::vector<std::int32_t>{3}); }};
    EXPECT_THROW(write_probability_maps(path, without_numbers(maps), wrong_label), InvalidArgument);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(Hspy, AHelperThatDiesWhileItIsSentNumbersIsAnError) {
  write_text(folder_ / "helper", "#!/bin/sh\nhead -c 100000 <&3 >/dev/null\nkill -SEGV $$\n");
  std::filesystem::permissions(folder_ / "helper", std::filesystem::perms::owner_all);
  setenv("WHITELINE_HDF5_HELPER", (folder_ / "helper").c_str(), 1);
  const std::string message =
      message_of<Error>([&] { write_probability_maps(folder_ / "maps.hspy", large_maps()); });
  unsetenv("WHITELINE_HDF5_HELPER");
  EXPECT_NE(message.find("signal 11"), std::string::npos) << message;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "maps.hspy"));
}

TEST_F(Hspy, WritingCanBeCancelledWhileNumbersAreSent) {
  write_text(folder_ / "helper", "#!/bin/sh\nexec sleep 60\n");
  std::filesystem::permissions(folder_ / "helper", std::filesystem::perms::owner_all);
  setenv("WHITELINE_HDF5_HELPER", (folder_ / "helper").c_str(), 1);
  message_of<Cancelled>([&] {
    write_probability_maps(folder_ / "maps.hspy", large_maps(), Overwrite::refuse,
                           [](const ProgressEvent&) { return false; });
  });
  unsetenv("WHITELINE_HDF5_HELPER");
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
