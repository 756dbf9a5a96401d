#include <whiteline/io.hpp>

#include <cmath>
#include <limits>
#include <sstream>
#include <vector>

#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class ClassifyCommand : public Workshop {
 protected:
  void SetUp() override {
    make_set();
    make_model();
  }
  CommandResult classify(const std::string& input, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"classify", input,  "--model",  "fe.safetensors",
                                          "-o",       "maps", "--device", "cpu"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return try_to_run(arguments);
  }
  // A build without HDF5 writes .npz, and says so.
  ProbabilityMaps maps() const {
    const bool hspy = std::filesystem::exists(at("maps/probabilities.hspy"));
    return read_probability_maps(at(hspy ? "maps/probabilities.hspy" : "maps/probabilities.npz"));
  }
};

TEST_F(ClassifyCommand, WritesTheMapsOfAnImage) {
  make_cube();
  const CommandResult result = classify("cube.npz");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  for (const char* name :
       {"labels.png", "composite.png", "probability_FeO.png", "probability_Fe3O4.png", "run.json"})
    EXPECT_TRUE(std::filesystem::is_regular_file(at(std::string("maps/") + name))) << name;
  EXPECT_EQ(read_text(at("maps/labels.png")).substr(1, 3), "PNG");

  const ProbabilityMaps maps = this->maps();
  EXPECT_EQ(maps.height, 12);
  EXPECT_EQ(maps.width, 10);
  ASSERT_EQ(maps.class_names, (std::vector<std::string>{"FeO", "Fe3O4"}));
  ASSERT_EQ(maps.labels.size(), 120u);
  for (std::size_t pixel = 0; pixel < maps.labels.size(); ++pixel) {
    const float a = maps.probabilities[2 * pixel], b = maps.probabilities[2 * pixel + 1];
    if (maps.labels[pixel] == no_label)
      EXPECT_TRUE(std::isnan(a) && std::isnan(b)) << pixel;
    else
      EXPECT_NEAR(a + b, 1.0, 1e-5) << pixel;
  }
}

TEST_F(ClassifyCommand, TheRunRecordCountsThePixels) {
  make_cube();
  ASSERT_EQ(classify("cube.npz").exit_code, 0);
  const auto record = json_of(at("maps/run.json"));
  EXPECT_EQ(record["spectra"], 120);
  int labelled = 0;
  for (const auto& [name, count] : record["labelled"].items()) labelled += count.get<int>();
  EXPECT_GT(record["vacuum"], 0);
  EXPECT_EQ(labelled + record["vacuum"].get<int>(), 120);
  EXPECT_EQ(record["inputs"].size(), 2u);
  EXPECT_TRUE(record["accuracy"].is_number());
  EXPECT_EQ(record["confusion"]["classes"], nlohmann::json({"FeO", "Fe3O4"}));
  EXPECT_EQ(record["outputs"].size(), 5u);
}

TEST_F(ClassifyCommand, WithoutAMaskEveryPixelGetsAClass) {
  make_cube();
  ASSERT_EQ(classify("cube.npz", {"--mask-vacuum", "none"}).exit_code, 0);
  const auto record = json_of(at("maps/run.json"));
  EXPECT_EQ(record["vacuum"], 0);
  for (const std::int32_t label : maps().labels) EXPECT_NE(label, no_label);
}

TEST_F(ClassifyCommand, ImprobablePixelsBecomeUnknown) {
  make_cube();
  ASSERT_EQ(classify("cube.npz", {"--unknown", "1"}).exit_code, 0);
  const auto record = json_of(at("maps/run.json"));
  EXPECT_GT(record["unknown"], 0);
  int decided = 0;
  for (const auto& [name, count] : record["labelled"].items()) decided += count.get<int>();
  EXPECT_EQ(decided + record["unknown"].get<int>() + record["vacuum"].get<int>(), 120);
}

TEST_F(ClassifyCommand, ATableBecomesACsvWithItsAccuracy) {
  const CommandResult result = classify("w.npz");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("accuracy "), std::string::npos) << result.out;
  const Dataset set = read_dataset(at("w.npz"));
  std::istringstream csv(read_text(at("maps/labels.csv")));
  std::string line;
  std::getline(csv, line);
  EXPECT_EQ(line, "row,truth,label,P(FeO),P(Fe3O4)");
  std::int64_t rows = 0, right = 0;
  while (std::getline(csv, line)) {
    const auto first = line.find(','), second = line.find(',', first + 1);
    const std::string truth = line.substr(first + 1, second - first - 1);
    EXPECT_EQ(truth, set.class_names[std::size_t(set.labels[std::size_t(rows)])]);
    right += line.compare(second + 1, truth.size() + 1, truth + ",") == 0;
    ++rows;
  }
  EXPECT_EQ(rows, set.rows);
  EXPECT_GT(double(right), 0.9 * double(rows));
  EXPECT_DOUBLE_EQ(json_of(at("maps/run.json"))["accuracy"], double(right) / double(rows));
}

TEST_F(ClassifyCommand, ATableHasColumnsOfDecisionsWhereAskedFor) {
  for (const bool by_pair : {true, false}) {
    const CommandResult result = classify("w.npz", {"--decisions", by_pair ? "ovo" : "ovr",
                                                    "--labels", "vote-break-ties", "--force"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    std::istringstream csv(read_text(at("maps/labels.csv")));
    std::string line;
    std::getline(csv, line);
    EXPECT_EQ(line, std::string("row,truth,label,P(FeO),P(Fe3O4),") +
                        (by_pair ? "\"f(FeO,Fe3O4)\"" : "f(FeO),f(Fe3O4)"));
    std::int64_t rows = 0;
    for (; std::getline(csv, line); ++rows) {
      std::vector<std::string> fields;
      std::istringstream row(line);
      for (std::string field; std::getline(row, field, ',');) fields.push_back(field);
      ASSERT_EQ(fields.size(), by_pair ? 6u : 7u) << line;
      const float f = std::stof(fields[5]), against = by_pair ? 0.0f : std::stof(fields[6]);
      EXPECT_EQ(fields[2], f > against ? "FeO" : "Fe3O4") << line;
    }
    EXPECT_EQ(rows, read_dataset(at("w.npz")).rows);
  }
  make_cube();
  EXPECT_NE(classify("cube.npz", {"--decisions", "ovo", "--force"}).err.find("it is an image"),
            std::string::npos);
}

TEST_F(ClassifyCommand, SeveralInputsGetAFolderEach) {
  make_cube();
  ASSERT_EQ(classify("cube.npz", {"w.npz", "--quiet"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(at("maps/cube/labels.png")));
  EXPECT_TRUE(std::filesystem::exists(at("maps/w/labels.csv")));
  EXPECT_EQ(classify("w.npz", {"w.npz"}).exit_code, 2);
}

TEST_F(ClassifyCommand, OneBadInputDoesNotStopTheOthers) {
  const CommandResult result = classify("missing.dm3", {"w.npz"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_NE(result.err.find("missing.dm3"), std::string::npos) << result.err;
  EXPECT_TRUE(std::filesystem::exists(at("maps/w/run.json")));
  EXPECT_FALSE(std::filesystem::exists(at("maps/missing")));
}

TEST_F(ClassifyCommand, ASpectrumWithNaNGetsNoLabelAndAWarning) {
  Dataset set = read_dataset(at("w.npz"));
  set.counts[5] = std::numeric_limits<float>::quiet_NaN();
  write_dataset(at("hole.npz"), set);
  const CommandResult result = classify("hole.npz");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("1 spectra hold NaN or infinity"), std::string::npos) << result.err;
  EXPECT_EQ(json_of(at("maps/run.json"))["invalid"], 1);
  EXPECT_NE(read_text(at("maps/labels.csv")).find("\n0,FeO,,,\n"), std::string::npos);
}

TEST_F(ClassifyCommand, ClassesTheModelDoesNotKnowAreNotCompared) {
  Dataset set = read_dataset(at("w.npz"));
  set.class_names[1] = "Cr2O3";
  write_dataset(at("other.npz"), set);
  const CommandResult result = classify("other.npz");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("Cr2O3"), std::string::npos) << result.err;
  const auto record = json_of(at("maps/run.json"));
  EXPECT_LT(record["compared"], set.rows);
  EXPECT_NE(record["warnings"].dump().find("Cr2O3"), std::string::npos);
}

TEST_F(ClassifyCommand, AnAxisThatDoesNotFitIsRefusedNamingBoth) {
  run({"synth", "mn", "--scale", "0.005", "-o", "mn.npz", "--quiet"});
  const CommandResult result = classify("mn.npz");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("460"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("600"), std::string::npos) << result.err;
  EXPECT_FALSE(std::filesystem::exists(at("maps")));
}

TEST_F(ClassifyCommand, AShiftedImageIsCalibratedByItsPeak) {
  make_cube();
  SpectrumImage image = read_spectrum_image(at("cube.npz"));
  make_model("fe.safetensors", {"--window", "600:780", "--force"});
  ASSERT_EQ(classify("cube.npz", {"--calibrate-peak", "695:720=709"}).exit_code, 0);
  const double unshifted = json_of(at("maps/run.json"))["calibration"]["shift_eV"];
  image.energy.offset -= 8.0;
  write_spectrum_image(at("low.npz"), image);
  ASSERT_EQ(classify("low.npz", {"--calibrate-peak", "687:712=709", "--force"}).exit_code, 0);
  const auto record = json_of(at("maps/run.json"));
  EXPECT_NEAR(record["calibration"]["shift_eV"].get<double>() - unshifted, 8.0, 0.02);
  EXPECT_NE(record["warnings"].dump().find("depend on that energy"), std::string::npos);
  EXPECT_NEAR(record["energy"]["offset_eV"].get<double>(), 460.0 + unshifted, 0.02);
}

TEST_F(ClassifyCommand, ARigidShiftMovesTheAxis) {
  make_cube();
  SpectrumImage image = read_spectrum_image(at("cube.npz"));
  image.energy.offset -= 8.0;
  write_spectrum_image(at("low.npz"), image);
  ASSERT_EQ(classify("cube.npz").exit_code, 0);
  const std::string as_it_was = read_text(at("maps/labels.png"));
  ASSERT_EQ(classify("low.npz", {"--shift-energy", "8", "--force"}).exit_code, 0);
  EXPECT_EQ(read_text(at("maps/labels.png")), as_it_was);
}

TEST_F(ClassifyCommand, ANegativeShiftIsANumberNotAnOption) {
  const CommandResult result = classify("w.npz", {"--shift-energy", "-0.05"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NEAR(json_of(at("maps/run.json"))["energy"]["offset_eV"].get<double>(), 459.95, 1e-9);
}

TEST_F(ClassifyCommand, AnUncalibratedModelGivesLabelsOnly) {
  make_cube();
  make_model("raw.safetensors", {"--calibrate", "none"});
  run({"classify", "cube.npz", "--model", "raw.safetensors", "-o", "raw", "--quiet"});
  EXPECT_TRUE(std::filesystem::exists(at("raw/labels.png")));
  EXPECT_FALSE(std::filesystem::exists(at("raw/composite.png")));
  const CommandResult result = try_to_run(
      {"classify", "cube.npz", "--model", "raw.safetensors", "-o", "raw2", "--unknown", "0.6"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("--calibrate platt"), std::string::npos) << result.err;
  EXPECT_NE(try_to_run({"classify", "cube.npz", "--model", "raw.safetensors", "-o", "raw3",
                        "--labels", "argmax"})
                .err.find("--calibrate platt"),
            std::string::npos);
}

}  // namespace
}  // namespace whiteline::test
