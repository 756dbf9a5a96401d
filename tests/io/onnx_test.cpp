// Networks as ONNX files, against what predict says of them.
#include <whiteline/nn/architectures.hpp>
#include <whiteline/nn/model_file.hpp>

#include <algorithm>
#include <cmath>

#include "io/files.hpp"
#include "reference/onnx_run.hpp"
#include "support/tolerance.hpp"

namespace whiteline::test {
namespace {

using reference::OnnxFile;
using reference::OnnxRun;
using reference::OnnxTensor;

constexpr std::int64_t channels = 40, rows = 5;

// Numbers in [-1, 1), without a pattern.
class Draws {
 public:
  float next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return float(state_ >> 40) / float(1 << 23) - 1.0f;
  }

 private:
  std::uint64_t state_ = 7;
};

// Weights as of a trained network: norms moved away from where they begin.
nn::Weights used_weights(const nn::Network& network) {
  Draws draws;
  nn::Weights weights = nn::initial_weights(network, 3);
  for (std::size_t p = 0; p < weights.values.size(); ++p)
    for (float& value : weights.values[p]) {
      const nn::ParameterRole role = network.parameters()[p].role;
      if (role == nn::ParameterRole::moving_variance) value = 0.3f + 0.2f * draws.next();
      if (role == nn::ParameterRole::gamma) value = 1.0f + 0.5f * draws.next();
      if (role == nn::ParameterRole::bias || role == nn::ParameterRole::beta ||
          role == nn::ParameterRole::moving_mean)
        value = 0.3f * draws.next();
    }
  return weights;
}

nn::Model model_of(nn::Network network, Pipeline pipeline = {}) {
  nn::Model model;
  model.weights = used_weights(network);
  for (std::int32_t c = 0; c < network.classes(); ++c) {
    model.classes.push_back(3 * c + 1);
    model.class_names.push_back("class " + std::to_string(c));
  }
  model.network = std::move(network);
  model.pipeline = std::move(pipeline);
  return model;
}

std::vector<float> some_spectra(std::int64_t count) {
  Draws draws;
  std::vector<float> spectra(std::size_t(rows * count), 0.0f);
  for (float& value : spectra) value = 1.0f + draws.next();
  return spectra;
}

OnnxFile exported(const nn::Model& model) {
  const TemporaryFolder folder;
  write_onnx_model(folder / "net.onnx", model);
  return reference::read_onnx(read_text(folder / "net.onnx"));
}

// Labels, logits and probabilities of the file's graph are those of classify.
void expect_the_same(const nn::Model& model, const std::vector<float>& spectra,
                     const std::string& what) {
  const std::int64_t width = std::ssize(spectra) / rows;
  const Context ctx("cpu", {.threads = 1});
  const nn::Prediction expected = classify(ctx, model, HostView(spectra.data(), rows, width),
                                           model.pipeline.input(), {.logits = true});
  const auto values = OnnxRun::run(
      exported(model), {{rows, width}, std::vector<double>(spectra.begin(), spectra.end())});
  const auto near = [&](const OnnxTensor& found, const std::vector<float>& wanted) {
    ASSERT_EQ(found.values.size(), wanted.size()) << what;
    double largest = 1.0;
    for (const float value : wanted) largest = std::max(largest, std::abs(double(value)));
    for (std::size_t i = 0; i < wanted.size(); ++i)
      EXPECT_NEAR(found.values[i], wanted[i], tolerance(1000, largest)) << what << ", " << i;
  };
  near(values.at("logits"), expected.logits);
  near(values.at("probabilities"), expected.probability);
  const std::vector<double>& labels = values.at("labels").values;
  EXPECT_EQ(std::vector<std::int32_t>(labels.begin(), labels.end()), expected.labels) << what;
}

TEST(OnnxFile, EveryStructureGivesWhatPredictGives) {
  constexpr nn::Activation activations[] = {
      nn::Activation::linear, nn::Activation::relu, nn::Activation::sigmoid,   nn::Activation::tanh,
      nn::Activation::elu,    nn::Activation::selu, nn::Activation::leaky_relu};
  for (const nn::Family family : {nn::Family::dense, nn::Family::convolutional})
    for (int number = 0; number < structure_count(family); ++number) {
      nn::Structure structure;
      structure.family = family;
      structure.number = number;
      structure.activation = activations[number % 7];
      structure.layers = 3;
      structure.units = 6;
      structure.filters = 4;
      structure.pooling = number % 2 ? nn::Pooling::max : nn::Pooling::average;
      structure.output = number % 2 ? nn::Output::softmax : nn::Output::sigmoid;
      expect_the_same(model_of(build(structure, channels, 3)), some_spectra(channels),
                      name(structure));
    }
}

TEST(OnnxFile, EveryHeadAndBranchGivesWhatPredictGives) {
  nn::Structure structure;
  structure.family = nn::Family::convolutional;
  structure.units = 5;
  structure.layers = 2;
  structure.filters = 3;
  structure.number = 6;
  structure.pooling = nn::Pooling::none;
  structure.head = nn::Structure::Head::flatten;
  structure.dense_branch = nn::Structure::DenseBranch::flat;
  expect_the_same(model_of(build(structure, channels, 4)), some_spectra(channels), "flat");
  structure.number = 7;
  structure.residual_head = nn::Structure::ResidualHead::dense;
  structure.width = 4;  // windows of even width: the odd zero stands behind
  expect_the_same(model_of(build(structure, channels, 4)), some_spectra(channels), "residual");
  nn::Network single(channels, nn::Output::sigmoid);
  single.add(nn::Unflatten{4});
  single.add(nn::Conv1D{.filters = 3, .width = 10, .padding = nn::Padding::valid});
  single.add(nn::Pool{.size = 1, .stride = 1});
  single.add(nn::Flatten{});
  single.add(nn::Dense{.units = 4, .activation = nn::Activation::tanh, .bias = false});
  single.add(nn::Dense{.units = 3, .activation = nn::Activation::exponential});
  single.add(nn::GlobalAverage{});
  single.add(nn::Dense{1});
  expect_the_same(model_of(std::move(single)), some_spectra(channels), "one output");
}

TEST(OnnxFile, PreparesRawSpectraWhereItCan) {
  const EnergyAxis axis{600.0, 0.5, 90};
  using Kind = Normalise::Kind;
  for (const Normalise& normalise :
       {Normalise{Kind::max}, Normalise{Kind::l2}, Normalise{Kind::l1}, Normalise{Kind::area},
        Normalise{Kind::area, 612.0, 620.0}, Normalise{Kind::none}}) {
    const Pipeline pipeline({Crop{602.0, 642.5}, Rebin{2}, normalise}, axis, axis.size);
    ASSERT_EQ(pipeline.output_channels(), channels);
    nn::Network network(channels);
    network.add(nn::Dense{3});
    std::vector<float> spectra = some_spectra(axis.size);
    std::fill_n(spectra.begin(), axis.size, 0.0f);  // no norm: stays 0
    const nn::Model model = model_of(std::move(network), pipeline);
    EXPECT_TRUE(onnx_takes_raw_spectra(model));
    expect_the_same(model, spectra, std::string(name(normalise.kind)));
    EXPECT_EQ(exported(model).metadata.at("energy_axis"),
              R"({"dispersion_eV":0.5,"offset_eV":600.0,"size":90})");
  }
}

TEST(OnnxFile, TakesPreparedSpectraOfOtherPreparations) {
  const EnergyAxis axis{600.0, 0.5, 90};
  const Pipeline pipeline({Background{.low = 601.0, .high = 608.0}, Crop{610.0, 630.0}}, axis,
                          axis.size);
  nn::Network network(channels);
  network.add(nn::Dense{3});
  nn::Model model = model_of(std::move(network), pipeline);
  EXPECT_FALSE(onnx_takes_raw_spectra(model));
  const OnnxFile file = exported(model);
  EXPECT_EQ(file.metadata.at("spectra"), "prepared");
  EXPECT_EQ(file.metadata.at("energy_axis"),
            R"({"dispersion_eV":0.5,"offset_eV":610.0,"size":40})");
  EXPECT_EQ(file.metadata.at("pipeline"), pipeline.to_json());
  const std::vector<float> spectra = some_spectra(channels);
  const auto values =
      OnnxRun::run(file, {{rows, channels}, std::vector<double>(spectra.begin(), spectra.end())});
  const Context ctx("cpu", {.threads = 1});
  const nn::Prediction expected =
      predict(ctx, model, Matrix::from_host(ctx, HostView(spectra.data(), rows, channels)));
  const std::vector<double>& labels = values.at("labels").values;
  EXPECT_EQ(std::vector<std::int32_t>(labels.begin(), labels.end()), expected.labels);
}

TEST(OnnxFile, SaysWhatItIs) {
  nn::Network network(channels);
  network.add(nn::Dense{3});
  nn::Model model = model_of(std::move(network));
  model.class_names[0] = "Fe₃O₄ \"core\"";
  model.provenance = R"({"seed":1})";
  const OnnxFile file = exported(model);
  EXPECT_EQ(file.ir_version, 7);
  EXPECT_EQ(file.opset, 13);
  EXPECT_EQ(file.producer, "whiteline");
  EXPECT_EQ(file.inputs, std::vector<std::string>{"spectra"});
  EXPECT_EQ(file.outputs, (std::vector<std::string>{"labels", "probabilities", "logits"}));
  EXPECT_EQ(file.metadata.at("class_names"), R"(["Fe₃O₄ \"core\"","class 1","class 2"])");
  EXPECT_EQ(file.metadata.at("provenance"), R"({"seed":1})");
  EXPECT_EQ(file.metadata.at("energy_axis"), "null");
}

TEST(OnnxFile, IsNotWrittenOfWhatIsNoClassifier) {
  const TemporaryFolder folder;
  nn::Network network(channels);
  network.add(nn::Unflatten{});
  network.add(nn::Crop{2});
  network.add(nn::Flatten{});
  EXPECT_THROW(write_onnx_model(folder / "x.onnx", model_of(std::move(network))), Unsupported);
  nn::Network whole(channels);
  whole.add(nn::Dense{3});
  nn::Model damaged = model_of(std::move(whole));
  damaged.weights.values.pop_back();
  EXPECT_THROW(write_onnx_model(folder / "x.onnx", damaged), InvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(folder / "x.onnx"));
}

}  // namespace
}  // namespace whiteline::test
