#include <whiteline/io.hpp>

#include <cstdlib>
#include <sstream>

#include "cli/workshop.hpp"
#include "io/helper.hpp"

namespace whiteline::test {
namespace {

class ConvertCommand : public Workshop {
 protected:
  static bool has_hdf5() {
    try {
      return !io::hdf5_helper().empty();
    } catch (const Unsupported&) {
      return false;
    }
  }
  void make_heart() {
    std::string text;
    for (int i = 0; i < 40; ++i)
      text += (i % 2 ? "+1 1:" : "-1 1:") + std::to_string(i % 2 ? 1 + 0.01 * i : -1 - 0.02 * i) +
              " 3:" + std::to_string(0.1 * (i % 7)) + "\n";
    write_text(at("heart"), text);
  }
};

TEST_F(ConvertCommand, SvmPredictGivesTheLabelsThatClassifyGives) {
  if (std::system("command -v svm-predict >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "no svm-predict (install libsvm-tools)";
  make_set();
  make_model();  // background, cosine
  const CommandResult model = run({"convert", "fe.safetensors", "fe.model"});
  EXPECT_NE(model.out.find("labels: 0 FeO, 1 Fe3O4"), std::string::npos) << model.out;
  EXPECT_NE(model.err.find("--prepare fe.safetensors"), std::string::npos) << model.err;
  run({"convert", "w.npz", "w.libsvm", "--prepare", "fe.safetensors", "--device", "cpu"});
  ASSERT_EQ(std::system(("cd '" + folder().path().string() +
                         "' && svm-predict w.libsvm fe.model theirs >/dev/null")
                            .c_str()),
            0);
  run({"classify", "w.npz", "--model", "fe.safetensors", "-o", "maps", "--device", "cpu"});
  std::istringstream theirs(read_text(at("theirs"))), ours(read_text(at("maps/labels.csv")));
  std::string line;
  std::getline(ours, line);
  std::size_t rows = 0;
  for (int label = 0; theirs >> label; ++rows) {
    ASSERT_TRUE(std::getline(ours, line));
    const auto first = line.find(','), second = line.find(',', first + 1);
    EXPECT_EQ(line.substr(second + 1, line.find(',', second + 1) - second - 1),
              label == 0 ? "FeO" : "Fe3O4");
  }
  EXPECT_EQ(rows, std::size_t(read_dataset(at("w.npz")).rows));
  const auto record = json_of(at("fe.model.run.json"));
  EXPECT_EQ(record["verb"], "convert");
  EXPECT_EQ(record["labels"]["1"], "Fe3O4");
}

TEST_F(ConvertCommand, LibsvmTextIsTrainedOnAndItsModelClassifies) {
  make_heart();
  run({"train", "heart", "-o", "heart.safetensors", "--device", "cpu", "--quiet"});
  run({"convert", "heart.safetensors", "heart.model"});
  for (const char* model : {"heart.safetensors", "heart.model"}) {
    const CommandResult result = run({"classify", "heart", "--model", model, "-o",
                                      std::string("by-") + model, "--device", "cpu"});
    EXPECT_NE(result.out.find("accuracy 1.0000 of 40 spectra"), std::string::npos) << result.out;
  }
  EXPECT_NE(run({"info", "heart.model"}).out.find("LIBSVM"), std::string::npos);
  run({"convert", "heart.model", "back.safetensors"});
  EXPECT_EQ(read_model(at("back.safetensors")).class_names, (std::vector<std::string>{"-1", "1"}));
}

TEST_F(ConvertCommand, SetsAndImagesChangeTheirFormat) {
  make_heart();
  run({"convert", "heart", "heart.npz", "--channels", "5"});
  const Dataset set = read_dataset(at("heart.npz"));
  EXPECT_EQ(set.channels, 5);
  EXPECT_EQ(set.class_names, (std::vector<std::string>{"-1", "1"}));
  run({"convert", "heart.npz", "again.libsvm"});
  EXPECT_EQ(read_dataset(at("again.libsvm")).labels, set.labels);

  make_cube();
  const CommandResult result = run({"convert", "cube.npz", "cube.libsvm"});
  EXPECT_NE(result.out.find("labels: 0 FeO, 1 Fe3O4"), std::string::npos) << result.out;
  const SpectrumImage cube = read_spectrum_image(at("cube.npz"));
  EXPECT_EQ(read_dataset(at("cube.libsvm")).counts, labelled_pixels(cube).counts);
}

TEST_F(ConvertCommand, AnImageGoesThroughEveryFormatUnchanged) {
  make_cube();
  SpectrumImage cube = read_spectrum_image(at("cube.npz"));
  cube.labels.clear();
  cube.class_names.clear();
  cube.truth.clear();
  cube.title = "cube";
  cube.metadata =
      R"({"Acquisition_instrument":{"TEM":{"beam_energy":200.0}},"General":{"title":"cube"},)"
      R"("Signal":{"signal_type":"EELS"},"original_metadata":{"exposure":[0.5,1.5],"of":"us"}})";
  write_spectrum_image(at("a.npz"), cube);
  std::vector<std::string> names = {"a.npz", "b.ndata", "c.npz", "d.csv", "e.npz"};
  if (has_hdf5()) names.insert(names.begin() + 1, "a.hspy");
  for (std::size_t i = 0; i + 1 < names.size(); ++i) run({"convert", names[i], names[i + 1]});
  const SpectrumImage back = read_spectrum_image(at("e.npz"));
  EXPECT_EQ(back.counts, cube.counts);
  EXPECT_EQ(back.height, cube.height);
  EXPECT_TRUE(back.energy.matches(cube.energy));
  const auto metadata = [&](const char* name) { return read_spectrum_image(at(name)).metadata; };
  EXPECT_EQ(metadata("c.npz"), metadata("a.npz"));
}

TEST_F(ConvertCommand, AnAxisIsGivenToSpectraThatHaveNone) {
  write_text(at("bare.csv"), "5,1,2\n1,7,3\n4,4,4\n9,1,1\n");
  run({"convert", "bare.csv", "bare.npz"});
  EXPECT_NE(read_spectrum_image(at("bare.npz")).metadata.find("channels"), std::string::npos);
  run({"convert", "bare.csv", "known.npz", "--axis", "460:0.5", "--shift-energy", "-1"});
  const SpectrumImage known = read_spectrum_image(at("known.npz"));
  EXPECT_EQ(known.metadata.find("energy_axis"), std::string::npos) << known.metadata;
  EXPECT_EQ(known.energy.offset, 459.0);
  EXPECT_EQ(known.energy.dispersion, 0.5);
  EXPECT_EQ(known.pixels(), 4);
}

TEST_F(ConvertCommand, ASetIsDividedAsTrainDividesIt) {
  make_set();
  run({"convert", "w.npz", "part.npz", "--share", "0.25", "--seed", "3"});
  run({"convert", "w.npz", "rest.npz", "--share", "0.25", "--seed", "3", "--rest"});
  const Dataset set = read_dataset(at("w.npz"));
  const Split split = stratified_split(set.labels, 0.25, 3);
  EXPECT_EQ(read_dataset(at("part.npz")).counts, set.subset(split.first).counts);
  const Dataset rest = read_dataset(at("rest.npz"));
  EXPECT_EQ(rest.counts, set.subset(split.second).counts);
  EXPECT_TRUE(rest.energy && rest.energy->matches(*set.energy));
  EXPECT_EQ(try_to_run({"convert", "w.npz", "all.npz", "--rest"}).exit_code, 2);
}

TEST_F(ConvertCommand, WhatCannotBeDoneIsRefusedAndNothingIsWritten) {
  make_heart();
  run({"train", "heart", "-o", "m.safetensors", "--device", "cpu", "--quiet"});
  const auto before = files();
  const auto code = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "convert");
    return try_to_run(std::move(arguments)).exit_code;
  };
  EXPECT_EQ(code({"m.safetensors", "m.npz"}), 2);
  EXPECT_EQ(code({"m.safetensors", "m.model", "--channels", "3"}), 2);
  EXPECT_EQ(code({"heart", "heart.npz", "--channels", "2"}), 1);
  EXPECT_EQ(code({"heart", "heart.ndata"}), 1);  // no place for labels
  EXPECT_EQ(code({"heart", "heart.msa"}), 1);
  EXPECT_EQ(code({"heart", "heart.npz", "--shift-energy", "1"}), 1);
  EXPECT_EQ(code({"missing", "x.npz"}), 3);
  write_text(at("damaged.libsvm"), "1 2:1 1:1\n");
  const CommandResult damaged = try_to_run({"convert", "damaged.libsvm", "x.npz"});
  EXPECT_EQ(damaged.exit_code, 3);
  EXPECT_NE(damaged.err.find("line 1, column 7"), std::string::npos) << damaged.err;
  std::filesystem::remove(at("damaged.libsvm"));
  EXPECT_EQ(files(), before);
}

}  // namespace
}  // namespace whiteline::test
