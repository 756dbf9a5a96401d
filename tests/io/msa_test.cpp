// EMSA/MAS text with every quirk met in real files.
#include "io/msa.hpp"
#include "io/files.hpp"
#include "support/data.hpp"

namespace whiteline::test::msa_test {
namespace {

SpectrumImage parsed(const std::string& text) {
  io::InputFile file("test.msa", bytes_of(text));
  return io::read_msa(file).images.at(0);
}

std::string with(const std::string& lines, const std::string& data) {
  return "#FORMAT      : EMSA/MAS Spectral Data File\n#VERSION     : 1.0\n" + lines +
         "#SPECTRUM    : Spectral Data Starts Here\n" + data + "#ENDOFDATA   : \n";
}

const std::string axis_lines = "#NPOINTS : 4\n#NCOLUMNS : 1\n#XPERCHAN : 0.5\n#OFFSET : 10\n";

void expect_1_to_4(const SpectrumImage& image) {
  EXPECT_EQ(image.counts, (std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(image.energy.size, 4);
  EXPECT_NEAR(image.energy.offset, 10.0, 1e-12);
  EXPECT_NEAR(image.energy.dispersion, 0.5, 1e-12);
}

TEST(Msa, RowsOfCountsAndPairsOfEnergyAndCount) {
  expect_1_to_4(parsed(with(axis_lines + "#DATATYPE : Y\n", "1,\n2,\n3,\n4\n")));
  expect_1_to_4(
      parsed(with("#NPOINTS : 4\n#NCOLUMNS : 3\n#XPERCHAN : 0.5\n#OFFSET : 10\n"
                  "#DATATYPE : Y\n",
                  "1, 2, 3\n4\n")));
  expect_1_to_4(parsed(with(axis_lines + "#DATATYPE : XY\n", "10, 1\n10.5, 2\n11, 3\n11.5, 4\n")));
  expect_1_to_4(
      parsed(with("#NPOINTS : 4\n#NCOLUMNS : 2\n#XPERCHAN : 0.5\n#OFFSET : 10\n"
                  "#DATATYPE : XY\n",
                  "10 1 10.5 2\n11 3 11.5 4\n")));
}

TEST(Msa, QuirksOfRealFilesAreUnderstood) {
  expect_1_to_4(parsed(with(axis_lines + "#DATATYPE : Y\n", "10, 1\n10.5, 2\n11, 3\n11.5, 4\n")));
  expect_1_to_4(
      parsed("#FORMAT\t     : EMSA/MAS\r\n#DATE        : \r\n#NPOINTS  : 4.\r\n"
             "#XPERCHAN : 5.000000e-001\r\n#OFFSET: 1.0e+001\r\n#DATATYPE : Y\r\n"
             "#XUNITS : <undefined>\r\n#SPECTRUM\r\n1e+000\r\n2.\r\n+3\r\n4.0E+000"));
  expect_1_to_4(
      parsed(with("#XUNITS : Energy Loss (eV)\n#npoints : 4\n#XPERCHAN : .5\n"
                  "#OFFSET : 10\n",
                  "1\t2\n3;4\n")));
  expect_1_to_4(parsed(with("#XUNITS : keV\n#XPERCHAN : 0.0005\n#OFFSET : 0.01\n", "1 2 3 4\n")));
}

TEST(Msa, BeamEnergyIsKilovoltsHoweverItIsWritten) {
  for (const char* line : {"#BEAMKV   -kV: 300.0\n", "#BEAMKV : 300000.000000\n", "#BEAMKV:300\n"})
    EXPECT_NE(parsed(with(axis_lines + line, "1 2 3 4\n")).metadata.find(R"("beam_energy":300.0)"),
              std::string::npos)
        << line;
}

TEST(Msa, TheEnergiesBesideTheCountsDecideWhereTheHeaderDiffers) {
  const auto image = parsed(with("#NPOINTS : 3\n#XPERCHAN : 1\n#OFFSET : 0\n#DATATYPE : XY\n",
                                 "10, 1\n10.5, 2\n11, 3\n"));
  EXPECT_NEAR(image.energy.offset, 10.0, 1e-9);
  EXPECT_NEAR(image.energy.dispersion, 0.5, 1e-9);
  message_of<Unsupported>([] { parsed(with("#DATATYPE : XY\n", "10, 1\n11, 2\n13, 3\n")); });
  message_of<Unsupported>([] { parsed(with(axis_lines + "#XUNITS : nm\n", "1 2 3 4\n")); });
}

TEST(Msa, WrongCountsAndTextAreRefusedWithTheirPlace) {
  EXPECT_NE(message_of<FormatError>([] {
              parsed(with(axis_lines, "1 2 3\n"));
            }).find("NPOINTS says 4 points, there are 3"),
            std::string::npos);
  EXPECT_NE(
      message_of<FormatError>([] { parsed(with(axis_lines, "1 2 three 4\n")); }).find("no number"),
      std::string::npos);
  EXPECT_NE(message_of<FormatError>([] { parsed("#FORMAT : x\n#NPOINTS : 4\n"); }).find("SPECTRUM"),
            std::string::npos);
  message_of<FormatError>([] { parsed(with(axis_lines, "")); });
  message_of<FormatError>([] { parsed(with("#DATATYPE : XY\n", "1 2 3\n")); });
}

TEST(Msa, ASpectrumComesBackAsItWasWritten) {
  const TemporaryFolder folder;
  const SpectrumImage spectrum = example_image(1, 1, 257);
  write_spectrum_image(folder / "one.msa", spectrum);
  const SpectrumImage back = read_spectrum_image(folder / "one.msa");
  expect_same_spectra(back, spectrum);
  EXPECT_EQ(back.title, spectrum.title);
  for (const char* part :
       {R"("beam_energy":300.0)", R"("convergence_angle":10.25)", R"("collection_angle":21.5)"})
    EXPECT_NE(back.metadata.find(part), std::string::npos) << part;
  message_of<InvalidArgument>([&] { write_spectrum_image(folder / "many.msa", example_image()); });
  EXPECT_FALSE(std::filesystem::exists(folder / "many.msa"));
}

TEST(Msa, EveryFileOfTheEelsDatabaseIsRead) {
  WHITELINE_NEEDS_DATA(data);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(data / "eelsdb")) {
    if (entry.path().extension() != ".msa") continue;
    const SpectrumImage image = read_spectrum_image(entry.path());
    EXPECT_GT(image.energy.size, 200) << entry.path();
    EXPECT_GT(image.energy.dispersion, 0.0) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 7);
  const auto iron = read_spectrum_image(data / "eelsdb/fe2o3_l23_DspecTi3wqG.msa");
  EXPECT_EQ(iron.energy.size, 1024);
  EXPECT_NEAR(iron.energy.offset, 695.0, 1e-12);
  EXPECT_EQ(iron.counts[0], 5869.048f);
}

TEST(Msa, TheStrippedEdgesBesideASpectrumImageAreRead) {
  WHITELINE_NEEDS_DATA(data);
  struct Edge {
    const char* name;
    double first, last;
  };
  for (const Edge& edge :
       {Edge{"Co", 459.2, 1052.0}, {"Mn", 446.0, 1052.0}, {"Ni", 450.8, 1050.8}}) {
    const auto path = data / "nmc-si/TM" / (std::string(edge.name) + "_edge.msa");
    const auto image = read_spectrum_image(path);
    EXPECT_NEAR(image.energy.offset, edge.first, 1e-9) << edge.name;
    EXPECT_NEAR(image.energy.last(), edge.last, 1e-6) << edge.name;
  }
}

}  // namespace
}  // namespace whiteline::test::msa_test
