#include <gtest/gtest.h>
#include <png.h>
#include <unistd.h>
#include <whiteline/maps.hpp>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>
#include <set>

namespace whiteline {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

std::size_t at(const Picture& picture, std::int64_t x, std::int64_t y) {
  return static_cast<std::size_t>(y * picture.width + x);
}

// Upper left corner of a map whose first pixel has this colour, which nothing above it has.
std::pair<std::int64_t, std::int64_t> corner(const Picture& picture, Colour colour) {
  for (std::int64_t y = 0; y < picture.height; ++y)
    for (std::int64_t x = 0; x < picture.width; ++x)
      if (picture.pixels[at(picture, x, y)] == colour) return {x, y};
  return {-1, -1};
}

// Every map pixel is a whole block of its colour: nothing is drawn over the map.
void expect_map(const Picture& picture, std::int64_t height, std::int64_t width,
                std::int64_t factor, const std::vector<Colour>& colours) {
  const auto [left, top] = corner(picture, colours[0]);
  ASSERT_GE(left, 0);
  ASSERT_LE(left + width * factor, picture.width);
  ASSERT_LE(top + height * factor, picture.height);
  for (std::int64_t y = 0; y < height * factor; ++y)
    for (std::int64_t x = 0; x < width * factor; ++x)
      ASSERT_EQ(picture.pixels[at(picture, left + x, top + y)],
                colours[static_cast<std::size_t>(y / factor * width + x / factor)])
          << x << " " << y;
}

TEST(MapsTest, LabelMapShowsEveryPixelInItsColour) {
  const std::vector<std::int32_t> labels{0, 1, 2, -1, 1, 0};
  const MapStyle style{.title = "", .pixel_length = 0.7, .target_width = 100};
  const Picture picture = label_map(2, 3, labels, {"FeO", "Fe3O4", "unknown"}, style);
  std::vector<Colour> colours;
  for (const std::int32_t label : labels) colours.push_back(class_colour(label));
  expect_map(picture, 2, 3, 33, colours);
  MapStyle grey = style;
  grey.grey_label = 2;
  const Picture other = label_map(2, 3, labels, {"FeO", "Fe3O4", "unknown"}, grey);
  colours[2] = {125, 127, 133};
  expect_map(other, 2, 3, 33, colours);
}

TEST(MapsTest, TallMapsAreEnlargedByTheirHeight) {
  const std::vector<std::int32_t> labels(2 * 50, 0);
  const Picture picture = label_map(50, 2, labels, {"a"}, {.target_width = 200});
  EXPECT_LT(picture.height, 300);
  expect_map(picture, 50, 2, 4, std::vector<Colour>(100, class_colour(0)));
}

TEST(MapsTest, LargeMapsAreNotShrunk) {
  const std::vector<std::int32_t> labels(700, 0);
  const Picture picture = label_map(1, 700, labels, {"a"}, {.target_width = 640});
  EXPECT_GT(picture.width, 700);
  expect_map(picture, 1, 700, 1, std::vector<Colour>(700, class_colour(0)));
}

TEST(MapsTest, ScaleBarHasARoundLength) {
  // 100 pixels of 0.7 nm, 6 times enlarged: at most 28 nm, so 20 nm = 171 pixels of the picture.
  const std::vector<std::int32_t> labels(100 * 100, 0);
  const Picture with = label_map(100, 100, labels, {"a"}, {.pixel_length = 0.7});
  const Picture without = label_map(100, 100, labels, {"a"});
  EXPECT_GT(with.height, without.height);
  const auto [left, top] = corner(with, class_colour(0));
  std::int64_t longest = 0;
  for (std::int64_t y = top + 602; y < with.height; ++y) {
    std::int64_t run = 0;
    for (std::int64_t x = left; x < with.width && with.pixels[at(with, x, y)][0] < 60; ++x) ++run;
    longest = std::max(longest, run);
  }
  EXPECT_EQ(longest, 171);
  for (const double length : {-1.0, std::nan(""), double(INFINITY)})
    EXPECT_EQ(label_map(100, 100, labels, {"a"}, {.pixel_length = length}).pixels, without.pixels);
}

double luminance(Colour c) { return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]; }

TEST(MapsTest, ProbabilityMapRisesInLightness) {
  std::vector<float> values;
  for (int i = 0; i <= 100; ++i) values.push_back(float(i) / 100.0f);
  const Picture picture = probability_map(1, 101, values, {.target_width = 101});
  // The colour of 0 begins the map: all rows above are paper, frame or text.
  const auto [left, top] = corner(picture, {50, 45, 118});
  double before = -1.0;
  for (std::int64_t x = 0; x <= 100; ++x) {
    const double here = luminance(picture.pixels[at(picture, left + x, top)]);
    EXPECT_GT(here, before) << x;
    before = here;
  }
  const Picture clamped = probability_map(1, 3, std::vector<float>{-3.0f, 7.0f, nan});
  const auto [x0, y0] = corner(clamped, {50, 45, 118});
  EXPECT_EQ(clamped.pixels[at(clamped, x0 + 213, y0)], (Colour{253, 240, 150}));
  EXPECT_EQ(clamped.pixels[at(clamped, x0 + 426, y0)], class_colour(-1));
}

TEST(MapsTest, CompositeMixesTheColoursOfTheClasses) {
  const std::vector<float> p{1, 0, 0, 0, 1, 0, 0.5f, 0.5f, 0, nan, nan, nan};
  const Picture picture = composite_map(2, 2, p, {"a", "b", "c"}, {.target_width = 20});
  const auto [x, y] = corner(picture, class_colour(0));
  EXPECT_EQ(picture.pixels[at(picture, x + 10, y)], class_colour(1));
  EXPECT_EQ(picture.pixels[at(picture, x + 10, y + 10)], class_colour(-1));
  const Colour mixed = picture.pixels[at(picture, x, y + 10)];
  for (std::size_t i = 0; i < 3; ++i) {  // light adds up: never darker than the mean of the numbers
    EXPECT_GE(mixed[i] + 1, (class_colour(0)[i] + class_colour(1)[i]) / 2);
    EXPECT_LE(mixed[i], std::max(class_colour(0)[i], class_colour(1)[i]));
  }
}

TEST(MapsTest, ClassColoursDifferUntilTheyRepeat) {
  std::set<Colour> seen;
  for (std::int32_t i = 0; i < 8; ++i) EXPECT_TRUE(seen.insert(class_colour(i)).second) << i;
  EXPECT_EQ(class_colour(8), class_colour(0));
  EXPECT_FALSE(seen.count(class_colour(-1)));
}

TEST(MapsTest, AnyTextIsDrawnOrShortened) {
  std::string bytes;
  for (int i = 1; i < 256; ++i) bytes += char(i);
  const std::vector<std::int32_t> labels{0, 1};
  for (const std::string& text : {bytes, std::string(500, 'W'), std::string("\xc3"), std::string()})
    for (const std::int64_t target : {1, 20, 640}) {
      const Picture picture = label_map(
          1, 2, labels, {text, text + "2"},
          {.title = text, .pixel_length = 1.0, .length_units = text, .target_width = target});
      EXPECT_LT(picture.width, 2000);
      EXPECT_EQ(std::int64_t(picture.pixels.size()), picture.width * picture.height);
      for (std::int64_t y = 0; y < picture.height; ++y)  // the margin stays paper
        for (const std::int64_t x : {std::int64_t(0), picture.width - 1})
          ASSERT_EQ(picture.pixels[at(picture, x, y)], (Colour{255, 255, 255}));
    }
}

TEST(MapsTest, RefusesWhatDoesNotFit) {
  const std::vector<std::int32_t> labels{0, 1};
  EXPECT_THROW(label_map(1, 3, labels, {"a", "b"}), InvalidArgument);
  EXPECT_THROW(label_map(1, 2, labels, {"a"}), InvalidArgument);
  EXPECT_THROW(label_map(0, 0, {}, {}), InvalidArgument);
  EXPECT_THROW(label_map(-1, -2, labels, {"a", "b"}), InvalidArgument);
  EXPECT_THROW(label_map(1, 2, labels, {"a", "b"}, {.target_width = 0}), InvalidArgument);
  EXPECT_THROW(label_map(1LL << 40, 1LL << 40, labels, {"a", "b"}), InvalidArgument);
  EXPECT_THROW(label_map(1, 2, std::vector<std::int32_t>{-2, 0}, {"a"}), InvalidArgument);
  EXPECT_THROW(probability_map(1, 2, std::vector<float>{0.5f}), InvalidArgument);
  EXPECT_THROW(composite_map(1, 2, std::vector<float>(3, 0.5f), {"a", "b"}), InvalidArgument);
}

class PngTest : public ::testing::Test {
 protected:
  std::filesystem::path path_ = std::filesystem::temp_directory_path() /
                                ("whiteline-png-" + std::to_string(getpid()) + ".png");
  void TearDown() override { std::filesystem::remove(path_); }

  // Pixels and texts as libpng reads them back.
  void read_back(Picture& picture, std::map<std::string, std::string>& texts) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    ASSERT_TRUE(png_image_begin_read_from_file(&image, path_.c_str())) << image.message;
    image.format = PNG_FORMAT_RGB;
    picture.width = image.width;
    picture.height = image.height;
    picture.pixels.resize(std::size_t(image.width) * image.height);
    ASSERT_TRUE(png_image_finish_read(&image, nullptr, picture.pixels.data(), 0, nullptr));
    std::FILE* file = std::fopen(path_.c_str(), "rb");
    ASSERT_TRUE(file);
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    png_init_io(png, file);
    png_read_info(png, info);
    png_textp all = nullptr;
    const int count = png_get_text(png, info, &all, nullptr);
    for (int i = 0; i < count; ++i) texts[all[i].key] = all[i].text;
    png_destroy_read_struct(&png, &info, nullptr);
    std::fclose(file);
  }
};

TEST_F(PngTest, ReadsBackWhatWasWritten) {
  Picture picture{33, 7, {}};
  for (int i = 0; i < 33 * 7; ++i)
    picture.pixels.push_back({std::uint8_t(i), std::uint8_t(3 * i), std::uint8_t(255 - i)});
  const std::map<std::string, std::string> texts{
      {"Software", "whiteline"}, {"Title", "5 \xc2\xb5m"}, {"whiteline", std::string(100000, 'x')}};
  write_png(path_, picture, texts);
  Picture back;
  std::map<std::string, std::string> found;
  read_back(back, found);
  EXPECT_EQ(back.width, 33);
  EXPECT_EQ(back.pixels, picture.pixels);
  EXPECT_EQ(found, texts);
}

TEST_F(PngTest, KeepsAFileUnlessToldOtherwise) {
  const Picture one{1, 1, {{1, 2, 3}}}, two{1, 1, {{4, 5, 6}}};
  write_png(path_, one);
  EXPECT_THROW(write_png(path_, two), Error);
  Picture back;
  std::map<std::string, std::string> texts;
  read_back(back, texts);
  EXPECT_EQ(back.pixels, one.pixels);
  write_png(path_, two, {}, Overwrite::allow);
  read_back(back, texts);
  EXPECT_EQ(back.pixels, two.pixels);
}

TEST_F(PngTest, RefusesPicturesAndTextsThatFitNoPng) {
  const Picture good{1, 1, {{1, 2, 3}}};
  EXPECT_THROW(write_png(path_, Picture{0, 0, {}}), InvalidArgument);
  EXPECT_THROW(write_png(path_, Picture{2, 1, {{1, 2, 3}}}), InvalidArgument);
  EXPECT_THROW(write_png(path_, Picture{2000000, 1, std::vector<Colour>(2000000)}),
               InvalidArgument);
  for (const std::string& keyword :
       {std::string(), std::string(80, 'k'), std::string(" a"), std::string("a "),
        std::string("a  b"), std::string("a\nb"), std::string("\xc2\xb5")})
    EXPECT_THROW(write_png(path_, good, {{keyword, "text"}}), InvalidArgument) << keyword;
  EXPECT_THROW(write_png(path_, good, {{"a", std::string("b\0c", 3)}}), InvalidArgument);
  EXPECT_THROW(write_png("/nonexistent/folder/map.png", good), Error);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

}  // namespace
}  // namespace whiteline
