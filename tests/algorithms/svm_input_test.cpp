// What svm_train refuses at the door, line by line, and what it does not refuse.
#include <whiteline/svm.hpp>

#include <functional>
#include <limits>
#include <string>

#include "algorithms/svm_data.hpp"

namespace whiteline {
namespace {

using test::Labelled;
using test::peaks;

class SvmInputTest : public test::SvmTest {};
INSTANTIATE_TEST_SUITE_P(Backends, SvmInputTest, test::all_backends(), test::backend_name);

struct Case {
  std::string says;  // part of the message
  std::function<void(SvmParams&, Labelled&, std::vector<double>&)> spoil;
};

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<Case> bad_parameters() {
  using P = SvmParams&;
  using L = Labelled&;
  using W = std::vector<double>&;
  return {
      {"C = 0", [](P p, L, W) { p.C = 0; }},
      {"C = -1", [](P p, L, W) { p.C = -1; }},
      {"C = nan", [](P p, L, W) { p.C = nan; }},
      {"C = inf", [](P p, L, W) { p.C = infinity; }},
      {"tolerance 0", [](P p, L, W) { p.tolerance = 0; }},
      {"tolerance nan", [](P p, L, W) { p.tolerance = nan; }},
      {"max_iterations -1", [](P p, L, W) { p.max_iterations = -1; }},
      {"gamma = 0", [](P p, L, W) { p.kernel = rbf(0.0); }},
      {"gamma = -2", [](P p, L, W) { p.kernel = sigmoid(-2.0); }},
      {"gamma = nan", [](P p, L, W) { p.kernel = polynomial(2, nan); }},
      {"coef0 = inf", [](P p, L, W) { p.kernel = sigmoid(1.0, infinity); }},
      {"degree = 0", [](P p, L, W) { p.kernel = polynomial(0, 1.0); }},
      {"weigh class 3 by 0",
       [](P p, L, W) {
         p.class_weights = {{3, 0.0}};
       }},
      {"weigh class 9",
       [](P p, L, W) {
         p.class_weights = {{9, 1.0}};
       }},
  };
}

std::vector<Case> bad_data() {
  using P = SvmParams&;
  using L = Labelled&;
  using W = std::vector<double>&;
  return {
      {"no rows",
       [](P, L s, W) {
         s = {0, 24, {}, {}};
       }},
      {"no channels", [](P, L s, W) { s.channels = 0; }},
      {"29 labels for 30 rows", [](P, L s, W) { s.labels.pop_back(); }},
      {"2 sample weights for 30 rows",
       [](P, L, W w) {
         w = {1.0, 1.0};
       }},
      {"weight of row 4 is -1", [](P, L, W w) { w.assign(30, 1.0), w[4] = -1.0; }},
      {"weight of row 29 is nan", [](P, L, W w) { w.assign(30, 1.0), w[29] = nan; }},
      {"weight of row 0 is inf", [](P, L, W w) { w.assign(30, 1.0), w[0] = infinity; }},
      {"1 class with positive weight", [](P, L s, W) { s.labels.assign(30, 5); }},
      {"0 class with positive weight", [](P, L, W w) { w.assign(30, 0.0); }},
      {"1 class with positive weight",
       [](P, L s, W w) {
         for (std::int32_t label : s.labels) w.push_back(label == 3 ? 1.0 : 0.0);
       }},
      {"channel 5 of row 7", [](P, L s, W) { s.x[7 * 24 + 5] = float(nan); }},
      {"channel 23 of row 0", [](P, L s, W) { s.x[23] = -float(infinity); }},
      {"squared norm of row 2", [](P, L s, W) { s.x[2 * 24] = 2e15f; }},
      {"polynomial kernel of row",
       [](P p, L s, W) {
         p.kernel = polynomial(4, 1.0);
         s.x[2 * 24] = 1e4f;
       }},
      {"classes (at most 64)",
       [](P, L s, W) {
         s = peaks(65, 24, 1, 0.5, 1);
         for (std::size_t r = 0; r < 65; ++r) s.labels[r] = std::int32_t(r);
       }},
  };
}

TEST_P(SvmInputTest, EachBadInputIsRefusedWithItsReason) {
  std::vector<Case> cases = bad_parameters();
  for (Case& c : bad_data()) cases.push_back(std::move(c));
  for (const Case& c : cases) {
    SvmParams params{.kernel = rbf(0.5)};
    Labelled set = peaks(30, 24, 2, 0.5, 40);
    std::vector<double> weight;
    c.spoil(params, set, weight);
    try {
      train(params, set, weight);
      ADD_FAILURE() << "accepted: " << c.says;
    } catch (const InvalidArgument& error) {
      const std::string message = error.what();
      EXPECT_NE(message.find(c.says), std::string::npos) << message;
      EXPECT_NE(message.find(" ("), std::string::npos) << message;
    }
  }
}

TEST_P(SvmInputTest, AKernelMatrixThatDoesNotFitIsRefusedWithBothFigures) {
  const Context small(device(), {.threads = 1, .memory_limit = 64 * 1024});
  const Labelled set = peaks(200, 24, 2, 0.5, 41);
  try {
    svm_train(small, {.kernel = rbf()}, set.on(small), set.labels);
    ADD_FAILURE() << "the memory limit was ignored";
  } catch (const OutOfMemory& error) {
    EXPECT_NE(std::string(error.what()).find("GiB may be used"), std::string::npos) << error.what();
  }
}

TEST_P(SvmInputTest, LabelsAreAnyIntegersInAnyOrder) {
  Labelled set = peaks(30, 24, 3, 0.1, 42);
  const std::int32_t names[] = {2147483647, -2147483647 - 1, -1};
  for (std::int32_t& label : set.labels) label = names[label - 3];
  const SvmFit fit = train({.kernel = linear()}, set);
  EXPECT_EQ(fit.model.classes, (std::vector<std::int32_t>{-2147483647 - 1, -1, 2147483647}));
  EXPECT_EQ(fit.model.class_names[1], "-1");
  EXPECT_EQ(svm_predict(ctx(), fit.model, set.on(ctx())).labels, set.labels);
}

}  // namespace
}  // namespace whiteline
