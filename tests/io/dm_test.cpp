// DigitalMicrograph files: hand-made ones for every layout and number type, measured ones against
// the spectra Gatan's program exported from them.
#include <cmath>

#include "io/dm.hpp"
#include "io/dm_writer.hpp"
#include "support/data.hpp"

namespace whiteline::test {
namespace {

using Dimension = DmWriter::Dimension;

const Dimension x_axis{3, 0.0f, 0.5f, u"nm"}, y_axis{2, 0.0f, 0.25f, u"nm"};
const Dimension energy{4, -1466.667f, 0.3f, u"eV"};

FileContents parsed(const std::string& text) {
  io::InputFile file("test.dm3", bytes_of(text));
  return io::read_dm(file);
}

// value(y, x, E) = 100 y + 10 x + E, with the given nesting of axes, fastest first.
std::vector<float> cube(const std::string& order) {
  const auto size = [](char axis) { return axis == 'x' ? 3 : axis == 'y' ? 2 : 4; };
  const auto weight = [](char axis) { return axis == 'x' ? 10 : axis == 'y' ? 100 : 1; };
  std::vector<float> values;
  for (int c = 0; c < size(order[2]); ++c)
    for (int b = 0; b < size(order[1]); ++b)
      for (int a = 0; a < size(order[0]); ++a)
        values.push_back(float(a * weight(order[0]) + b * weight(order[1]) + c * weight(order[2])));
  return values;
}

void expect_cube(const SpectrumImage& image) {
  ASSERT_EQ(image.height, 2);
  ASSERT_EQ(image.width, 3);
  ASSERT_EQ(image.energy.size, 4);
  for (int p = 0; p < 6; ++p)
    for (int e = 0; e < 4; ++e)
      EXPECT_EQ(image.at(p, e), float(100 * (p / 3) + 10 * (p % 3) + e)) << p << " " << e;
  EXPECT_NEAR(image.energy.offset, 440.0, 1e-3);
  EXPECT_NEAR(image.energy.dispersion, 0.3, 1e-12);
  EXPECT_EQ(image.scale_x, 0.5);
  EXPECT_EQ(image.scale_y, 0.25);
  EXPECT_EQ(image.scale_units, "nm");
}

TEST(Dm, EveryLayoutOfASpectrumImageIsUnderstoodInBothVersions) {
  for (const int version : {3, 4})
    for (const bool little : {true, false}) {
      const DmWriter dm(version, little);
      const auto read = [&](const std::string& order, const std::vector<Dimension>& axes) {
        return parsed(dm.file({dm.group("ImageList", {dm.image(2, 6, cube(order), axes)})}))
            .images.at(0);
      };
      const SpectrumImage slowest = read("xyE", {x_axis, y_axis, energy});
      EXPECT_EQ(slowest.order, SpectrumImage::Order::energy_major);
      expect_cube(slowest);
      const SpectrumImage fastest = read("Exy", {energy, x_axis, y_axis});
      EXPECT_EQ(fastest.order, SpectrumImage::Order::pixel_major);
      expect_cube(fastest);
      expect_cube(read("xEy", {x_axis, energy, y_axis}));
    }
}

TEST(Dm, SpectraAndLinesHaveEnergyInEitherPlace) {
  const DmWriter dm(4);
  const auto read = [&](const std::vector<float>& data, const std::vector<Dimension>& axes) {
    return parsed(dm.file({dm.group("ImageList", {dm.image(2, 6, data, axes)})})).images.at(0);
  };
  const SpectrumImage one = read({1, 2, 3, 4}, {energy});
  EXPECT_EQ(one.pixels(), 1);
  EXPECT_EQ(one.counts, (std::vector<float>{1, 2, 3, 4}));
  const SpectrumImage flat = read({1, 2, 3, 4}, {energy, {1, 0, 1, u""}});
  EXPECT_EQ(flat.pixels(), 1);
  EXPECT_EQ(flat.energy.size, 4);
  const std::vector<float> twelve = {0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23};
  const SpectrumImage line = read(twelve, {energy, x_axis});
  EXPECT_EQ(line.width, 3);
  EXPECT_EQ(line.at(2, 1), 21.0f);
  const SpectrumImage turned = read({0, 10, 20, 1, 11, 21, 2, 12, 22, 3, 13, 23}, {x_axis, energy});
  EXPECT_EQ(turned.width, 3);
  EXPECT_EQ(turned.at(2, 1), 21.0f);
  const SpectrumImage column = read(twelve, {{1, 0, 1, u"nm"}, {3, 0, 1, u"nm"}, energy});
  EXPECT_EQ(column.height, 3);
  EXPECT_EQ(column.width, 1);
}

template <class T>
void expect_type(int data_type, int array_type, const std::vector<T>& values) {
  for (const int version : {3, 4})
    for (const bool little : {true, false}) {
      const DmWriter dm(version, little);
      const Dimension axis{std::uint32_t(values.size()), 0, 1, u"eV"};
      const auto image =
          parsed(
              dm.file({dm.group("ImageList", {dm.image(data_type, array_type, values, {axis})})}))
              .images.at(0);
      for (std::size_t i = 0; i < values.size(); ++i)
        EXPECT_EQ(image.counts[i], float(values[i])) << "type " << data_type;
    }
}

TEST(Dm, EveryRealNumberTypeBecomesFloat) {
  expect_type<std::int16_t>(1, 2, {-2, 3});
  expect_type<float>(2, 6, {-1.5f, 3e9f});
  expect_type<std::uint8_t>(6, 10, {0, 255});
  expect_type<std::int32_t>(7, 3, {-70000, 5});
  expect_type<std::int8_t>(9, 9, {-128, 127});
  expect_type<std::uint16_t>(10, 4, {0, 65535});
  expect_type<std::uint32_t>(11, 5, {0, 4000000000u});
  expect_type<double>(12, 7, {-1.5, 1e12});
  expect_type<std::uint8_t>(14, 8, {0, 1});
  expect_type<std::int64_t>(39, 11, {-(1ll << 40), 7});
  expect_type<std::uint64_t>(40, 12, {1ull << 40, 7});
}

TEST(Dm, ColoursAndComplexNumbersAreRefusedByName) {
  const DmWriter dm(3);
  const auto refused = [&](int type) {
    const std::vector<std::int32_t> data(4);
    return message_of<Unsupported>(
        [&] { parsed(dm.file({dm.group("ImageList", {dm.image(type, 3, data, {energy})})})); });
  };
  EXPECT_NE(refused(23).find("colours"), std::string::npos);
  EXPECT_NE(refused(3).find("complex"), std::string::npos);
  EXPECT_NE(refused(13).find("complex"), std::string::npos);
}

TEST(Dm, ThumbnailsAreLeftOutAndSeveralImagesKept) {
  const DmWriter dm(4);
  const std::vector<float> six(6, 2.0f);
  const auto file = dm.file(
      {dm.group("ImageList", {dm.image(23, 5, std::vector<std::uint32_t>(6), {x_axis, y_axis}),
                              dm.image(2, 6, cube("xyE"), {x_axis, y_axis, energy}),
                              dm.image(2, 6, six, {x_axis, y_axis})}),
       dm.group("Thumbnails", {dm.group("", {dm.number("ImageIndex", 3, std::int32_t(0))})})});
  const FileContents contents = parsed(file);
  EXPECT_EQ(contents.format, "dm4");
  ASSERT_EQ(contents.images.size(), 2u);
  expect_cube(contents.images[0]);
  EXPECT_EQ(contents.images[1].energy.size, 1);
  EXPECT_EQ(contents.images[1].counts, six);
  const TemporaryFolder folder;
  write_text(folder / "scan.dm4", file);
  expect_cube(read_spectrum_image(folder / "scan.dm4"));
}

TEST(Dm, TagsBecomeMetadataWithoutLargeArrays) {
  const DmWriter dm(3);
  const DmWriter::Entries tags = {
      dm.group("Microscope Info", {dm.number("Voltage", 6, 200000.0f)}),
      dm.group("EELS", {dm.group("Experimental Conditions",
                                 {dm.number("Convergence semi-angle (mrad)", 6, 21.4f),
                                  dm.number("Collection semi-angle (mrad)", 6, 33.0f)})}),
      dm.group("Meta Data", {dm.text("Signal", u"EELS"), dm.text("Note", u"\u00e9\U0001d11e")}),
      dm.structure("Pixel size", 0.25f, 2.0f),
      dm.array("Gains", 7, std::vector<double>(100)),
      dm.number("Exposed", 8, std::uint8_t(1))};
  const auto image =
      parsed(
          dm.file({dm.group("ImageList", {dm.image(2, 6, std::vector<float>(4), {energy}, tags)})}))
          .images.at(0);
  EXPECT_EQ(image.title, "scan");
  const std::string& text = image.metadata;
  for (const char* part :
       {R"("beam_energy":200.0)", R"("convergence_angle":21.4)", R"("collection_angle":33.0)",
        R"("signal_type":"EELS")", R"("Pixel size":[0.25,2.0])", R"("Exposed":1)", "é𝄞"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  EXPECT_EQ(text.find("Gains"), std::string::npos);
}

TEST(Dm, FalseSizesNameTheField) {
  const DmWriter dm(3);
  const auto problem = [&](const std::string& image) {
    return message_of<FormatError>([&] { parsed(dm.file({dm.group("ImageList", {image})})); });
  };
  EXPECT_NE(problem(dm.image(2, 6, std::vector<float>(5), {energy})).find("Dimensions"),
            std::string::npos);
  EXPECT_NE(problem(dm.image(2, 6, std::vector<float>(4), {{0, 0, 1, u"eV"}})).find("Dimensions"),
            std::string::npos);
  std::string deep = dm.number("n", 3, 1);
  for (int i = 0; i < 100; ++i) deep = dm.group("g", {deep});
  EXPECT_NE(message_of<FormatError>([&] { parsed(dm.file({deep})); }).find("too deep"),
            std::string::npos);
}

// Which pixels were summed was found once by trying all rectangles: both rows, columns x0 .. x1.
void expect_sum(const SpectrumImage& image, const SpectrumImage& sum, int x0, int x1) {
  ASSERT_EQ(image.energy.size, sum.energy.size);
  EXPECT_TRUE(image.energy.matches(sum.energy));
  for (std::int64_t channel = 0; channel < sum.energy.size; ++channel) {
    double total = 0.0;
    for (int y = 0; y < 2; ++y)
      for (int x = x0; x <= x1; ++x) total += image.at(y * image.width + x, channel);
    // The export prints 7 digits.
    ASSERT_NEAR(total, sum.counts[std::size_t(channel)], 1e-6 * std::abs(total)) << channel;
  }
}

TEST(Dm, MeasuredSpectrumImagesAgreeWithGatansExports) {
  WHITELINE_NEEDS_DATA(data);
  const auto edge = read_spectrum_image(data / "nmc-si/TM/TM+O EELS Spectrum Image.dm3");
  EXPECT_EQ(edge.height, 2);
  EXPECT_EQ(edge.width, 21);
  EXPECT_EQ(edge.energy.size, 2048);
  EXPECT_NEAR(edge.energy.offset, 440.0, 1e-3);
  EXPECT_NEAR(edge.energy.dispersion, 0.3, 1e-12);
  EXPECT_EQ(edge.order, SpectrumImage::Order::energy_major);
  expect_sum(edge, read_spectrum_image(data / "nmc-si/TM/Extracted Spectrum 1.msa"), 8, 12);
  expect_sum(read_spectrum_image(data / "nmc-si/ZLP/EELS Spectrum Image.dm3"),
             read_spectrum_image(data / "nmc-si/ZLP/Extracted Spectrum 1.msa"), 10, 14);
}

TEST(Dm, MeasuredSingleSpectraAndPicturesAreRead) {
  WHITELINE_NEEDS_DATA(data);
  const auto titanate = read_spectrum_image(data / "sto-al/EELS_STO.dm3");
  EXPECT_EQ(titanate.pixels(), 1);
  EXPECT_EQ(titanate.energy.size, 2048);
  EXPECT_NEAR(titanate.energy.offset, 350.0, 1e-9);
  EXPECT_NEAR(titanate.energy.dispersion, 0.25, 1e-12);
  const auto aluminium = read_spectrum_image(data / "sto-al/AL-DFoffset0.00.dm3");
  EXPECT_EQ(aluminium.pixels(), 1);
  // The largest count is the zero-loss peak: at 0 eV to within its width.
  const auto peak = std::max_element(aluminium.counts.begin(), aluminium.counts.end());
  EXPECT_NEAR(aluminium.energy.energy(peak - aluminium.counts.begin()), 0.0, 0.5);
  const FileContents picture = read_file(data / "nmc-si/TM/ADF Image.dm3");
  ASSERT_EQ(picture.images.size(), 1u);
  EXPECT_EQ(picture.images[0].energy.size, 1);
  EXPECT_EQ(picture.images[0].pixels(), 42);
  message_of<ReadError>([&] { read_spectrum_image(data / "nmc-si/TM/ADF Image.dm3"); });
}

}  // namespace
}  // namespace whiteline::test
