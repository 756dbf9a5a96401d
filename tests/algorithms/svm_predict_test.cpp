// Predictions: batches, bad spectra, raw host data.
#include <whiteline/svm.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "algorithms/svm_data.hpp"
#include "reference/svm_predict.hpp"
#include "support/tolerance.hpp"

namespace whiteline {
namespace {

using test::Labelled;
using test::peaks;

class SvmPredictionTest : public test::SvmTest {
 protected:
  // A calibrated model of three classes, 3, 4 and 5.
  SvmModel model(const Kernel& kernel) const {
    const Labelled set = peaks(size(), 24, 3, 0.5, 20);
    const Matrix x = set.on(ctx());
    const SvmParams params{.kernel = kernel, .C = 2};
    return svm_calibrate(ctx(), svm_train(ctx(), params, x, set.labels).model, params, {.folds = 3},
                         x, set.labels);
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, SvmPredictionTest, test::all_backends(), test::backend_name);

TEST_P(SvmPredictionTest, ABatchOfOneIsARowOfABatchBitForBit) {
  const Labelled probes = peaks(33, 24, 3, 0.5, 21);
  for (const Kernel& kernel :
       {linear(), polynomial(3, 0.1, 0.5), rbf(0.5), sigmoid(0.05, 0.1), cosine()}) {
    const SvmModel model = this->model(kernel);
    const SvmPredictParams both{.probability = true, .decision = true};
    const SvmPrediction all = svm_predict(ctx(), model, probes.on(ctx()), both);
    for (std::size_t row : {0u, 16u, 32u}) {
      const SvmPrediction one = svm_predict(ctx(), model, probes.pick({row}).on(ctx()), both);
      EXPECT_EQ(one.labels[0], all.labels[row]);
      for (std::size_t p = 0; p < 3; ++p) {
        EXPECT_EQ(one.decision[p], all.decision[row * 3 + p]);
        EXPECT_EQ(one.probability[p], all.probability[row * 3 + p]);
      }
    }
  }
}

TEST_P(SvmPredictionTest, ZeroRowsGiveAnEmptyAnswer) {
  const Matrix none(ctx(), 0, 24);
  const SvmPrediction out =
      svm_predict(ctx(), model(rbf()), none, {.probability = true, .decision = true});
  EXPECT_TRUE(out.labels.empty() && out.probability.empty() && out.decision.empty());
}

TEST_P(SvmPredictionTest, NonFiniteSpectraAreRefusedByNameOrMarked) {
  const SvmModel model = this->model(rbf(0.5));
  Labelled probes = peaks(9, 24, 3, 0.5, 22);
  const SvmPrediction before = svm_predict(ctx(), model, probes.on(ctx()), {.probability = true});
  probes.x[4 * 24 + 7] = std::numeric_limits<float>::quiet_NaN();
  probes.x[6 * 24 + 0] = std::numeric_limits<float>::infinity();
  const auto predict = [&](bool classify, const SvmPredictParams& params) {
    if (!classify) return svm_predict(ctx(), model, probes.on(ctx()), params);
    return svm_classify(ctx(), model, {probes.x.data(), 9, 24}, {}, params);
  };
  for (bool classify : {false, true}) {
    try {
      predict(classify, {});
      ADD_FAILURE() << "NaN was accepted";
    } catch (const InvalidArgument& error) {
      EXPECT_NE(std::string(error.what()).find("channel 7 of row 4"), std::string::npos)
          << error.what();
    }
    const SvmPrediction out = predict(
        classify,
        {.probability = true, .decision = true, .on_invalid = SvmPredictParams::OnInvalid::mark});
    EXPECT_EQ(out.invalid_rows, 2);
    for (std::size_t row = 0; row < 9; ++row) {
      const bool bad = row == 4 || row == 6;
      EXPECT_EQ(out.labels[row], bad ? no_label : before.labels[row]);
      for (std::size_t c = 0; c < 3; ++c) {
        EXPECT_EQ(std::isnan(out.decision[row * 3 + c]), bad);
        EXPECT_EQ(std::isnan(out.probability[row * 3 + c]), bad);
        if (!bad) {
          EXPECT_EQ(out.probability[row * 3 + c], before.probability[row * 3 + c]);
        }
      }
    }
  }
}

TEST_P(SvmPredictionTest, SpectraTooLargeForFloat32AreRefusedOrMarked) {
  Labelled probes = peaks(5, 24, 3, 0.5, 27);
  probes.x[3 * 24 + 2] = 1e25f;
  for (const Kernel& kernel : {rbf(0.5), cosine(), linear()}) {
    const SvmModel model = this->model(kernel);
    try {
      svm_predict(ctx(), model, probes.on(ctx()));
      ADD_FAILURE() << "1e25 was accepted";
    } catch (const InvalidArgument& error) {
      EXPECT_NE(std::string(error.what()).find("row 3 are too large"), std::string::npos)
          << error.what();
    }
    const SvmPrediction out =
        svm_predict(ctx(), model, probes.on(ctx()),
                    {.decision = true, .on_invalid = SvmPredictParams::OnInvalid::mark});
    EXPECT_EQ(out.invalid_rows, 1);
    EXPECT_EQ(out.labels[3], no_label);
    EXPECT_TRUE(std::isnan(out.decision[3 * 3]));
  }
}

TEST_P(SvmPredictionTest, LabelsFollowTheRuleThatWasAskedFor) {
  using Labels = SvmPredictParams::Labels;
  const SvmModel model = this->model(rbf(0.5));
  // Between the classes, so that votes and probabilities part.
  const Labelled probes = peaks(size(), 24, 3, 2.5, 28);
  const Matrix x = probes.on(ctx());
  const auto predict = [&](Labels labels) {
    return svm_predict(ctx(), model, x,
                       {.probability = true,
                        .decision = true,
                        .decision_function = SvmPredictParams::DecisionFunction::one_vs_rest,
                        .labels = labels});
  };
  const SvmPrediction voted = predict(Labels::vote);
  const SvmPrediction rest = predict(Labels::vote_break_ties);
  const SvmPrediction likeliest = predict(Labels::argmax);
  const SvmPrediction pairs = svm_predict(ctx(), model, x, {.decision = true});  // labels by vote
  EXPECT_EQ(voted.labels, pairs.labels);
  EXPECT_EQ(voted.decision, rest.decision);
  std::int64_t other = 0;
  for (std::size_t i = 0; i < std::size_t(probes.rows); ++i) {
    const auto largest = [&](const std::vector<float>& values) {
      const auto row = values.begin() + std::ptrdiff_t(3 * i);
      return model.classes[std::size_t(std::max_element(row, row + 3) - row)];
    };
    EXPECT_EQ(rest.labels[i], largest(rest.decision));
    EXPECT_EQ(likeliest.labels[i], largest(likeliest.probability));
    other += likeliest.labels[i] != voted.labels[i];
    const std::vector<double> f(pairs.decision.begin() + std::ptrdiff_t(3 * i),
                                pairs.decision.begin() + std::ptrdiff_t(3 * i + 3));
    const std::vector<double> wanted = test::reference::one_vs_rest(f, 3);
    for (std::size_t c = 0; c < 3; ++c)
      EXPECT_NEAR(rest.decision[3 * i + c], wanted[c], test::tolerance(1, 3.0));
  }
  for (const SvmPrediction* out : {&voted, &rest, &likeliest}) EXPECT_EQ(out->disagreements, other);
}

TEST_P(SvmPredictionTest, ArgmaxNeedsProbabilities) {
  SvmModel model = this->model(rbf(0.5));
  model.platt.clear();
  EXPECT_THROW(
      svm_predict(ctx(), model, Matrix(ctx(), 0, 24), {.labels = SvmPredictParams::Labels::argmax}),
      InvalidArgument);
}

TEST_P(SvmPredictionTest, AKeptPredictorAnswersAsTheFunctionsDo) {
  const Labelled probes = peaks(40, 24, 3, 0.5, 29);
  const SvmPredictParams params{.probability = true, .decision = true};
  for (const Kernel& kernel : {rbf(0.5), cosine()}) {
    const SvmModel model = this->model(kernel);
    SvmPredictor predictor(ctx(), model, params);
    EXPECT_EQ(predictor.model().classes, model.classes);
    SvmPrediction out;
    for (const std::int64_t rows : {33, 1, 40, 0}) {
      const HostView some{probes.x.data(), rows, 24};
      const Matrix x = Matrix::from_host(ctx(), some);
      const SvmPrediction wanted = svm_predict(ctx(), model, x, params);
      for (const bool classify : {false, true}) {
        classify ? predictor.classify(some, std::nullopt, out) : predictor.predict(x, out);
        EXPECT_EQ(out.labels, wanted.labels);
        EXPECT_EQ(out.decision, wanted.decision);
        EXPECT_EQ(out.probability, wanted.probability);
      }
    }
    SvmPredictor moved = std::move(predictor);
    moved.classify({probes.x.data(), 2, 24}, std::nullopt, out);
    EXPECT_EQ(out.labels.size(), 2u);
  }
}

TEST_P(SvmPredictionTest, ClassifyTakesWholeNumbersEnergySlowest) {
  Labelled set = peaks(size(), 24, 3, 0.5, 23);
  for (float& v : set.x) v = std::round(200.0f * std::max(v, 0.0f));
  const SvmFit fit = train({.kernel = cosine(), .C = 10}, set);
  std::vector<std::uint16_t> slowest(set.x.size());
  for (std::int64_t r = 0; r < set.rows; ++r)
    for (std::int64_t c = 0; c < 24; ++c)
      slowest[std::size_t(c * set.rows + r)] = std::uint16_t(set.x[std::size_t(r * 24 + c)]);
  std::uint64_t done = 0;
  const SvmPrediction out =
      svm_classify(ctx(), fit.model, {slowest.data(), set.rows, 24, 1, set.rows}, {},
                   {.decision = true, .progress = [&](const ProgressEvent& event) {
                      done = event.done;
                      return event.stage == "classify";
                    }});
  EXPECT_EQ(out.decision, decide(fit, set));
  EXPECT_EQ(done, std::uint64_t(set.rows));
}

TEST_P(SvmPredictionTest, ClassifyPreparesRawSpectraByTheModelsPipeline) {
  Labelled raw = peaks(size(), 24, 3, 0.5, 26);
  for (float& v : raw.x) v *= 300.0f;
  const Pipeline pipeline({Normalise{Normalise::Kind::max}}, std::nullopt, 24);
  const HostView host{raw.x.data(), raw.rows, 24};
  const Matrix x = pipeline.apply(ctx(), host, std::nullopt).spectra;
  SvmModel model = svm_train(ctx(), {.kernel = rbf(0.5)}, x, raw.labels).model;
  const std::vector<float> expected = test::decisions(ctx(), model, x);
  model.pipeline = pipeline;
  EXPECT_EQ(svm_classify(ctx(), model, host, std::nullopt, {.decision = true}).decision, expected);
  raw.x[5 * 24 + 3] = std::numeric_limits<float>::infinity();
  const SvmPrediction marked = svm_classify(ctx(), model, host, std::nullopt,
                                            {.on_invalid = SvmPredictParams::OnInvalid::mark});
  EXPECT_EQ(marked.invalid_rows, 1);
  EXPECT_EQ(marked.labels[5], no_label);
  EXPECT_THROW(svm_classify(ctx(), model, host, std::nullopt), InvalidArgument);
}

TEST_P(SvmPredictionTest, CancellingThrowsCancelled) {
  const Labelled probes = peaks(9, 24, 3, 0.5, 24);
  SvmPredictParams params{.progress = [](const ProgressEvent&) { return false; }};
  EXPECT_THROW(svm_predict(ctx(), model(rbf()), probes.on(ctx()), params), Cancelled);
}

TEST_P(SvmPredictionTest, ModelsThatDoNotFitAreRefused) {
  const Labelled probes = peaks(3, 24, 3, 0.5, 25);
  const Matrix x = probes.on(ctx());
  const SvmModel good = model(rbf(0.5));
  const auto refused = [&](auto&& damage, const SvmPredictParams& params = {}) {
    SvmModel model = good;
    damage(model);
    EXPECT_THROW(svm_predict(ctx(), model, x, params), InvalidArgument);
  };
  refused([](SvmModel& m) { m.platt.clear(); }, {.probability = true});
  refused([](SvmModel& m) { m.rho.pop_back(); });
  refused([](SvmModel& m) { m.coefficients.pop_back(); });
  refused([](SvmModel& m) { m.support_vectors.pop_back(); });
  refused([](SvmModel& m) { m.mean.pop_back(); });
  refused([](SvmModel& m) { m.channels = 0; });
  refused([](SvmModel& m) { m.classes.pop_back(); });
  refused([](SvmModel& m) { m.class_names.pop_back(); });
  refused([](SvmModel& m) { std::swap(m.classes[0], m.classes[1]); });
  refused([](SvmModel& m) { m.platt.pop_back(); });
  const Matrix narrow(ctx(), 3, 23);
  EXPECT_THROW(svm_predict(ctx(), good, narrow), InvalidArgument);
}

}  // namespace
}  // namespace whiteline
