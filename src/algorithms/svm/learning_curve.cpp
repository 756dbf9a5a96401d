#include <fmt/format.h>
#include <whiteline/model_selection.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include "algorithms/model_selection/scores.hpp"
#include "algorithms/svm/folds.hpp"
#include "algorithms/svm/search_chain.hpp"

namespace whiteline {

namespace {

using svm::at;

// Kernel row -> its place among the training rows of its class and each fold, in drawn order.
class DrawnOrder {
 public:
  DrawnOrder(const svm::SortedRows& rows, const std::vector<std::int32_t>& fold, std::uint64_t seed)
      : fold_(fold) {
    for (const svm::ClassRows& c : rows.classes)
      order_.push_back(svm::drawn_order(rows, c, seed, model_selection::Draw::learning_curve));
  }

  // Kernel rows that train when `fold` is held out.
  std::vector<bool> part(std::int32_t fold, double fraction) const {
    std::vector<bool> trains(fold_.size(), false);
    for (const std::vector<std::int64_t>& order : order_) {
      std::vector<std::int64_t> candidates;
      for (const std::int64_t row : order)
        if (fold_[at(row)] != fold) candidates.push_back(row);
      const double wanted = std::floor(fraction * double(candidates.size()) + 0.5);
      candidates.resize(at(std::max<std::int64_t>(1, std::int64_t(wanted))));
      for (const std::int64_t row : candidates) trains[at(row)] = true;
    }
    return trains;
  }

 private:
  const std::vector<std::int32_t>& fold_;
  std::vector<std::vector<std::int64_t>> order_;  // by class
};

struct CurveSplits {
  std::vector<svm::Split> splits;     // fraction by fraction; asked of held-out, then training
  std::vector<std::size_t> held_out;  // how many of the rows asked about were held out
  std::int32_t folds = 0;
};

CurveSplits make_splits(const LearningCurveParams& curve, const SvmParams& params,
                        const svm::SortedRows& rows, const std::vector<std::int32_t>& fold) {
  const DrawnOrder order(rows, fold, curve.seed);
  CurveSplits out;
  out.folds = 1 + *std::max_element(fold.begin(), fold.end());
  for (const double fraction : curve.fractions)
    for (std::int32_t f = 0; f < out.folds; ++f) {
      const std::vector<bool> trains = order.part(f, fraction);
      svm::Split split;
      split.unit_upper =
          svm::unit_upper(params, rows, [&](std::int64_t r) { return bool(trains[at(r)]); });
      for (std::size_t r = 0; r < fold.size(); ++r)
        if (fold[r] == f) split.asked.push_back(std::int32_t(r));
      out.held_out.push_back(split.asked.size());
      for (std::size_t r = 0; r < fold.size(); ++r)
        if (trains[r]) split.asked.push_back(std::int32_t(r));
      out.splits.push_back(std::move(split));
    }
  return out;
}

void check_curve(const LearningCurveParams& curve) {
  require(!curve.fractions.empty(),
          "cannot make a learning curve (there are no fractions) give some in (0, 1]");
  for (const double fraction : curve.fractions)
    if (!(fraction > 0.0 && fraction <= 1.0))
      throw InvalidArgument(fmt::format(
          "cannot train on the fraction {} (it lies above 0 and at most at 1) choose, for "
          "example, 0.5",
          fraction));
}

}  // namespace

std::vector<LearningCurvePoint> svm_learning_curve(const Context& ctx,
                                                   const LearningCurveParams& curve,
                                                   const SvmParams& svm, const SvmData& data) {
  check_curve(curve);
  svm::check_params(svm);
  svm::TrainingSet& set = svm::training_set(ctx, data);
  const svm::SortedRows& rows = set.rows();
  svm::check_class_weights(svm, rows.classes);
  const CurveSplits parts =
      make_splits(curve, svm, rows,
                  svm::fold_of_kernel_rows(rows, set.x().rows(), curve.folds, curve.fold_of_row));
  svm::ChainSolver solver(set, svm, parts.splits);
  const auto solved = [&](std::int64_t problems) {
    report(curve.progress, "learning curve", std::uint64_t(problems),
           std::uint64_t(solver.problems()));
  };
  svm::ChainStep step;
  solver.run(set.resolved(svm.kernel), {svm.C}, false, solved,
             [&](std::size_t, svm::ChainStep result) { step = std::move(result); });

  const std::vector<std::int32_t> classes = svm::class_of_kernel_rows(rows);
  const auto score = [&](std::size_t s, std::size_t begin, std::size_t end) {
    std::vector<std::int32_t> truth;
    for (std::size_t i = begin; i < end; ++i)
      truth.push_back(classes[at(parts.splits[s].asked[i])]);
    return model_selection::score(curve.score, truth,
                                  std::span(step.voted[s]).subspan(begin, end - begin),
                                  std::int32_t(rows.classes.size()));
  };
  std::vector<LearningCurvePoint> points;
  std::size_t s = 0;
  for (const double fraction : curve.fractions) {
    LearningCurvePoint point;
    point.fraction = fraction;
    for (std::int32_t f = 0; f < parts.folds; ++f, ++s) {
      const std::size_t all = parts.splits[s].asked.size(), held_out = parts.held_out[s];
      point.scores.push_back(score(s, 0, held_out));
      point.training_scores.push_back(score(s, held_out, all));
      point.training_rows += double(all - held_out) / double(parts.folds);
    }
    point.mean = model_selection::mean(point.scores);
    point.deviation = model_selection::deviation(point.scores);
    point.training_mean = model_selection::mean(point.training_scores);
    point.training_deviation = model_selection::deviation(point.training_scores);
    point.status = step.status;
    points.push_back(std::move(point));
  }
  return points;
}

}  // namespace whiteline
