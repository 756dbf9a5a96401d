#include <gtest/gtest.h>
#include <whiteline/nn/model.hpp>

#include <cmath>

#include "algorithms/nn_reference.hpp"
#include "support/ops_backends.hpp"
#include "support/tolerance.hpp"

namespace whiteline::test {
namespace {

nn::Model random_model(const nn::Network& network) {
  nn::Model model;
  model.network = network;
  model.weights = random_weights(network, 3);
  for (std::int32_t c = 0; c < network.classes(); ++c) {
    model.classes.push_back(10 + 3 * c);
    model.class_names.push_back("class " + std::to_string(c));
  }
  return model;
}

std::vector<double> reference_logits(const nn::Model& model, const std::vector<float>& x,
                                     std::int64_t samples) {
  reference::NetworkGraph<double> graph(model.network, as_doubles(model.weights));
  return graph.forward({x.begin(), x.end()}, samples, false);
}

class NetworkAnswers : public OpsTest<&core::Ops::network> {};

TEST_P(NetworkAnswers, OfAllStructuresAreThoseOfTheDefinition) {
  for (nn::Structure s : small_structures()) {
    s.activation = nn::Activation::elu;
    const nn::Model model = random_model(build(s, 20, 3));
    const Batch batch = random_batch(model.network, 67, 4);  // more than one run of 64
    const nn::Prediction got =
        predict(ctx(), model, Matrix::from_host(ctx(), {batch.x.data(), 67, 20}),
                {.probability = true, .logits = true});
    const std::vector<double> expected = reference_logits(model, batch.x, 67);
    ASSERT_EQ(got.logits.size(), expected.size());
    double largest = 1.0;
    for (const double z : expected) largest = std::max(largest, std::abs(z));
    for (std::size_t i = 0; i < expected.size(); ++i)
      ASSERT_NEAR(got.logits[i], expected[i], tolerance(256 * model.network.last(), largest))
          << name(s) << " " << i;
    for (std::int64_t row = 0; row < 67; ++row) {
      const double* z = expected.data() + row * 3;
      double sum = 0.0, given = 0.0;
      for (int c = 0; c < 3; ++c) sum += std::exp(z[c]);
      for (int c = 0; c < 3; ++c) {
        EXPECT_NEAR(got.probability[at(row * 3 + c)], std::exp(z[c]) / sum, 1e-4);
        given += got.probability[at(row * 3 + c)];
      }
      EXPECT_NEAR(given, 1.0, 1e-6);
      const float* own = got.logits.data() + row * 3;
      EXPECT_EQ(got.labels[at(row)],
                model.classes[std::size_t(std::max_element(own, own + 3) - own)]);
    }
  }
}

TEST_P(NetworkAnswers, OfOneOutputTellTwoClasses) {
  nn::Network network(6, nn::Output::sigmoid);
  network.add(nn::Dense{1});
  const nn::Model model = random_model(network);
  const Batch batch = random_batch(network, 9, 4);
  const nn::Prediction got = predict(ctx(), model, Matrix::from_host(ctx(), {batch.x.data(), 9, 6}),
                                     {.probability = true, .logits = true});
  for (std::size_t row = 0; row < 9; ++row) {
    const double z = got.logits[row];
    EXPECT_EQ(got.labels[row], model.classes[z > 0.0]);
    EXPECT_NEAR(got.probability[2 * row + 1], 1.0 / (1.0 + std::exp(-z)), 1e-6);
    EXPECT_NEAR(got.probability[2 * row], 1.0 / (1.0 + std::exp(z)), 1e-6);
  }
}

TEST_P(NetworkAnswers, DoNotDependOnTheirNeighbours) {
  const nn::Model model = random_model(build(small_structure(nn::Family::convolutional, 5), 20, 3));
  const Batch batch = random_batch(model.network, 70, 4);
  nn::Predictor predictor(ctx(), model, {.logits = true});
  nn::Prediction all, one;
  predictor.predict(Matrix::from_host(ctx(), {batch.x.data(), 70, 20}), all);
  for (const std::int64_t row : {0, 31, 63, 64, 69}) {
    predictor.predict(Matrix::from_host(ctx(), {batch.x.data() + row * 20, 1, 20}), one);
    for (std::size_t c = 0; c < 3; ++c)
      EXPECT_NEAR(one.logits[c], all.logits[at(row) * 3 + c], 1e-5) << row;
  }
}

TEST_P(NetworkAnswers, PrepareRawSpectraAndMarkThoseThatHoldNaN) {
  nn::Model model = random_model(build(small_structure(nn::Family::dense, 1), 20, 2));
  const EnergyAxis axis{500.0, 0.5, 24};
  model.pipeline = Pipeline({Crop{501.0, 511.0}, Normalise{Normalise::Kind::max}}, axis, 24);
  std::vector<float> x;
  for (const float value : random_batch(random_model(nn::Network(24)).network, 5, 1).x)
    x.push_back(std::abs(value) + 0.1f);
  const Matrix prepared = model.pipeline.apply(ctx(), {x.data(), 5, 24}, axis).spectra;
  const nn::Prediction expected = predict(ctx(), model, prepared);
  EXPECT_EQ(classify(ctx(), model, {x.data(), 5, 24}, axis).probability, expected.probability);
  x[at(3 * 24 + 7)] = std::nanf("");
  EXPECT_THROW(classify(ctx(), model, {x.data(), 5, 24}, axis), InvalidArgument);
  const nn::Prediction marked = classify(ctx(), model, {x.data(), 5, 24}, axis,
                                         {.on_invalid = nn::PredictParams::OnInvalid::mark});
  EXPECT_EQ(marked.invalid_rows, 1);
  EXPECT_EQ(marked.labels[3], no_label);
  EXPECT_TRUE(std::isnan(marked.probability[6]));
  EXPECT_EQ(marked.labels[4], expected.labels[4]);
  EXPECT_EQ(marked.probability[8], expected.probability[8]);
}

TEST_P(NetworkAnswers, RefuseWhatDoesNotBelongTogether) {
  const nn::Model model = random_model(build(small_structure(nn::Family::dense, 0), 20, 2));
  const std::vector<float> x(21, 1.0f);
  EXPECT_THROW(predict(ctx(), model, Matrix::from_host(ctx(), {x.data(), 1, 21})), InvalidArgument);
  nn::Model damaged = model;
  damaged.weights.values[0].pop_back();
  EXPECT_THROW(predict(ctx(), damaged, Matrix::from_host(ctx(), {x.data(), 1, 20})),
               InvalidArgument);
  damaged = model;
  damaged.classes = {3, 3};
  EXPECT_THROW(nn::Predictor(ctx(), damaged), InvalidArgument);
  EXPECT_TRUE(predict(ctx(), model, Matrix(ctx(), 0, 20)).labels.empty());
}

INSTANTIATE_TEST_SUITE_P(Backends, NetworkAnswers, all_backends(), backend_name);

}  // namespace
}  // namespace whiteline::test
