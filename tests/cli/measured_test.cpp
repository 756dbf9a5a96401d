// Measured spectra. The generator's Mn2+ edge was fitted, in part, to the mean of this very MnO
// set, and calibrating its L3 line to 640.5 eV puts it where Mn2+ belongs: these tests show that
// the whole way from generated spectra to measured ones works, not how well unknown spectra are
// told apart (docs/cli.md).
#include <whiteline/io.hpp>

#include "cli/workshop.hpp"
#include "support/data.hpp"

namespace whiteline::test {
namespace {

class MeasuredSpectra : public Workshop {
 protected:
  void make_mn_model() {
    run({"synth", "mn", "--difficulty", "hard", "-o", "mn.npz", "--quiet"});
    run({"train", "mn.npz", "--background", "powerlaw:605:630", "--window", "632:665",
         "--normalise", "l2", "--kernel", "rbf", "--C", "10", "--device", "cpu", "-o",
         "mn.safetensors", "--quiet"});
  }
};

TEST_F(MeasuredSpectra, MnOIsMn2PlusForAModelOfGeneratedSpectra) {
  WHITELINE_NEEDS_DATA(data);
  make_mn_model();
  run({"classify", data / "mno-l23/mno_659x700_f32.npy", "--model", "mn.safetensors", "--axis",
       "615:0.1", "--calibrate-peak", "640:648=640.5", "--background-removed", "--device", "cpu",
       "-o", "mno", "--quiet"});
  const auto record = json_of(at("mno/run.json"));
  EXPECT_EQ(record["spectra"], 659);
  EXPECT_NEAR(record["calibration"]["peak_found_at_eV"].get<double>(), 644.15, 0.05);
  EXPECT_GE(record["labelled"]["Mn2+"].get<double>(), 0.95 * 659);
}

TEST_F(MeasuredSpectra, AnNmcImageIsDescribed) {
  WHITELINE_NEEDS_DATA(data);
  const auto json = nlohmann::json::parse(
      run({"info", data / "nmc-si/TM/TM+O EELS Spectrum Image.dm3", "--json"}).out);
  const auto& image = json["files"][0]["contents"][0];
  EXPECT_EQ(json["files"][0]["format"], "dm3");
  EXPECT_EQ(image["height"].get<int>() * image["width"].get<int>(), 42);
  EXPECT_EQ(image["channels"], 2048);
  EXPECT_NEAR(image["energy"]["offset_eV"].get<double>(), 440.0, 1e-3);
  EXPECT_NEAR(image["energy"]["dispersion_eV"].get<double>(), 0.3, 1e-6);
  EXPECT_EQ(image["metadata"]["beam_energy_keV"], 300.0);
}

TEST_F(MeasuredSpectra, AnNmcImageBecomesMaps) {
  WHITELINE_NEEDS_DATA(data);
  make_mn_model();
  run({"classify", data / "nmc-si/TM/TM+O EELS Spectrum Image.dm3", "--model", "mn.safetensors",
       "--calibrate-peak", "525:535=540", "--device", "cpu", "-o", "nmc", "--quiet"});
  for (const char* name : {"labels.png", "composite.png", "probability_Mn2+.png",
                           "probability_Mn3+.png", "probability_Mn4+.png"})
    EXPECT_TRUE(std::filesystem::exists(at(std::string("nmc/") + name))) << name;
  const auto record = json_of(at("nmc/run.json"));
  EXPECT_EQ(record["spectra"], 42);
  EXPECT_EQ(record["vacuum"], 4);  // the corners beside the particle
  EXPECT_NEAR(record["calibration"]["peak_found_at_eV"].get<double>(), 529.7, 0.3);
  EXPECT_NEAR(record["energy"]["offset_eV"].get<double>(),
              440.0 + record["calibration"]["shift_eV"].get<double>(), 1e-3);
}

TEST_F(MeasuredSpectra, ATableWithoutAnAxisDoesNotFitAModelWithOne) {
  WHITELINE_NEEDS_DATA(data);
  make_mn_model();
  const CommandResult result =
      try_to_run({"classify", data / "mno-l23/mno_659x700_f32.npy", "--model", "mn.safetensors",
                  "--background-removed", "-o", "mno"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("1000"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace whiteline::test
