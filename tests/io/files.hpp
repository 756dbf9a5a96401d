// Files for one test: a folder that goes with it, bytes in and out, spectra to write.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>
#include <whiteline/io.hpp>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace whiteline::test {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "whiteline-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("cannot make " + name);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_text(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary).write(text.data(), std::streamsize(text.size()));
}

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// A number as bytes.
template <class T>
std::string packed(T value, bool big = false) {
  static_assert(std::is_arithmetic_v<T>);
  std::string text(sizeof value, '\0');
  std::memcpy(text.data(), &value, sizeof value);
  return big ? std::string(text.rbegin(), text.rend()) : text;
}

inline std::vector<float> random_counts(std::size_t size, unsigned seed = 1) {
  std::mt19937 generator(seed);
  std::vector<float> counts(size);
  for (float& count : counts) count = float(generator() % 4096) / 4.0f;
  return counts;
}

inline SpectrumImage example_image(std::int64_t height = 3, std::int64_t width = 4,
                                   std::int64_t channels = 33) {
  SpectrumImage image;
  image.title = "Fe cube, 60 °";
  image.height = height;
  image.width = width;
  image.energy = {460.0, 0.25, channels};
  image.counts = random_counts(std::size_t(height * width * channels));
  image.scale_y = 0.5;
  image.scale_x = 0.75;
  image.scale_units = "nm";
  image.metadata =
      R"({"Acquisition_instrument":{"TEM":{"Detector":{"EELS":{"collection_angle":21.5}},)"
      R"("beam_energy":300.0,"convergence_angle":10.25}},)"
      R"("General":{"title":"Fe cube, 60 °"},"Signal":{"signal_type":"EELS"}})";
  return image;
}

// With labels, class names and truth tables.
inline SpectrumImage labelled_image() {
  SpectrumImage image = example_image();
  image.labels = {0, 1, -1, 1, 0, 0, 1, 1, -1, 0, 1, 0};
  image.class_names = {"FeO", "Fe₃O₄"};
  TruthTable fractions{2, {}};
  TruthTable shift{1, {}};
  for (int i = 0; i < 12; ++i) {
    fractions.values.push_back(i / 11.0);
    fractions.values.push_back(1.0 - i / 11.0);
    shift.values.push_back(0.1 * i - 0.5);
  }
  image.truth = {{"phase_fraction", fractions}, {"shift", shift}};
  return image;
}

// The same numbers, energy slowest.
inline SpectrumImage energy_major(const SpectrumImage& image) {
  SpectrumImage turned = image;
  turned.order = SpectrumImage::Order::energy_major;
  for (std::int64_t p = 0; p < image.pixels(); ++p)
    for (std::int64_t c = 0; c < image.energy.size; ++c)
      turned.counts[std::size_t(c * image.pixels() + p)] = image.at(p, c);
  return turned;
}

inline void expect_same_spectra(const SpectrumImage& a, const SpectrumImage& b) {
  ASSERT_EQ(a.height, b.height);
  ASSERT_EQ(a.width, b.width);
  ASSERT_EQ(a.energy.size, b.energy.size);
  EXPECT_NEAR(a.energy.offset, b.energy.offset, 1e-9);
  EXPECT_NEAR(a.energy.dispersion, b.energy.dispersion, 1e-12);
  for (std::int64_t p = 0; p < a.pixels(); ++p)
    for (std::int64_t c = 0; c < a.energy.size; ++c)
      ASSERT_EQ(a.at(p, c), b.at(p, c)) << "pixel " << p << ", channel " << c;
}

inline void expect_same(const std::map<std::string, TruthTable>& a,
                        const std::map<std::string, TruthTable>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [name, table] : a) {
    ASSERT_TRUE(b.count(name)) << name;
    EXPECT_EQ(table.columns, b.at(name).columns) << name;
    EXPECT_EQ(table.values, b.at(name).values) << name;
  }
}

inline void expect_same(const SpectrumImage& a, const SpectrumImage& b) {
  expect_same_spectra(a, b);
  EXPECT_EQ(a.title, b.title);
  EXPECT_EQ(a.scale_y, b.scale_y);
  EXPECT_EQ(a.scale_x, b.scale_x);
  EXPECT_EQ(a.scale_units, b.scale_units);
  EXPECT_EQ(a.labels, b.labels);
  EXPECT_EQ(a.class_names, b.class_names);
  expect_same(a.truth, b.truth);
}

// The message of what `call` throws as Exception; fails the test when it does not.
template <class Exception, class Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const Exception& error) {
    return error.what();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "another exception: " << error.what();
    return {};
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

}  // namespace whiteline::test
