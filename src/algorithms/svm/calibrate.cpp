#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "algorithms/svm/checks.hpp"
#include "algorithms/svm/data.hpp"
#include "algorithms/svm/folds.hpp"
#include "algorithms/svm/isotonic.hpp"
#include "algorithms/svm/platt.hpp"
#include "algorithms/svm/solve.hpp"

namespace whiteline {

namespace {

using svm::at;

void check_match(const SvmModel& model, const SvmParams& params, const svm::SortedRows& rows,
                 std::int64_t channels) {
  svm::check_model(model);
  if (channels != model.channels)
    throw InvalidArgument(
        fmt::format("cannot calibrate on {} channels (the model was trained on "
                    "{}) give the training spectra",
                    channels, model.channels));
  require(params.kernel.type == model.kernel.type,
          "cannot calibrate (the parameters name another kernel than the model's) give the "
          "parameters of the training");
  const bool same = std::equal(
      rows.classes.begin(), rows.classes.end(), model.classes.begin(), model.classes.end(),
      [](const svm::ClassRows& c, std::int32_t label) { return c.label == label; });
  require(same,
          "cannot calibrate (the labels name other classes than the model's) give the training "
          "labels");
}

// Each pair once for each fold, the fold's rows held out by C_i = 0; fold by fold.
struct FoldProblems {
  std::vector<formulas::BinaryProblem> problems;
  std::vector<double> upper;
};
FoldProblems fold_problems(const svm::SortedRows& rows, const std::vector<double>& upper,
                           const std::vector<std::int32_t>& fold, int folds) {
  FoldProblems out;
  for (int f = 0; f < folds; ++f)
    for (const auto& problem : svm::make_pairs(rows.classes, std::int64_t(out.upper.size()))) {
      out.problems.push_back(problem);
      for (std::int64_t t = 0; t < problem.rows(); ++t) {
        const std::size_t row = at(problem.kernel_row(t));
        out.upper.push_back(fold[row] == f ? 0.0 : upper[row]);
      }
    }
  return out;
}

// Pair `pair`'s rows with decisions of the solution that did not see them.
std::vector<svm::CalibrationRow> unseen_decisions(const svm::Solutions& solutions,
                                                  const svm::SortedRows& rows,
                                                  const std::vector<std::int32_t>& fold, int folds,
                                                  std::size_t pair, std::size_t pairs) {
  std::vector<svm::CalibrationRow> unseen;
  for (int f = 0; f < folds; ++f) {
    const std::size_t p = std::size_t(f) * pairs + pair;
    const formulas::BinaryProblem& problem = solutions.problems[p];
    const double rho = svm::evaluate(solutions, p).rho;
    for (std::int64_t t = 0; t < problem.rows(); ++t) {
      const std::size_t row = at(problem.kernel_row(t));
      if (fold[row] != f) continue;
      const double decision = solutions.gradient[at(problem.offset + t)] + problem.sign(t) - rho;
      unseen.push_back({decision, rows.weight[row], problem.sign(t) > 0.0});
    }
  }
  return unseen;
}

std::string with_calibration(const std::string& provenance, const CalibrationParams& how) {
  auto json = nlohmann::ordered_json::parse(provenance, nullptr, false);
  if (!json.is_object()) json = nlohmann::ordered_json::object();
  const bool isotonic = how.method == CalibrationMethod::isotonic;
  json["calibration"] = {
      {"method", isotonic ? "isotonic" : "platt"}, {"folds", how.folds}, {"seed", how.seed}};
  return json.dump();
}

}  // namespace

SvmModel svm_calibrate(const Context& ctx, const SvmModel& model, const SvmParams& params,
                       const CalibrationParams& how, const Matrix& x,
                       std::span<const std::int32_t> labels,
                       std::span<const double> sample_weight) {
  svm::check_params(params);
  return svm_calibrate(ctx, model, params, how, SvmData(ctx, x, labels, sample_weight));
}

SvmModel svm_calibrate(const Context& ctx, const SvmModel& model, const SvmParams& params,
                       const CalibrationParams& how, const SvmData& data) {
  svm::check_params(params);
  svm::TrainingSet& set = svm::training_set(ctx, data);
  const svm::SortedRows& rows = set.rows();
  svm::check_class_weights(params, rows.classes);
  check_match(model, params, rows, set.x().cols());
  const std::vector<std::int32_t> fold = svm::calibration_folds(rows, how.folds, how.seed);
  FoldProblems all = fold_problems(rows, svm::upper_bounds(params, rows), fold, how.folds);
  const svm::Solutions solutions = svm::solve_problems(
      set, set.resolved(model.kernel), std::move(all.problems), std::move(all.upper),
      {params.tolerance, params.max_iterations, svm::FinalCheck::none, "calibrate",
       params.progress});
  SvmModel calibrated = model;
  calibrated.platt.clear();
  calibrated.isotonic.clear();
  const auto pairs = static_cast<std::size_t>(model.pairs());
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    auto unseen = unseen_decisions(solutions, rows, fold, how.folds, pair, pairs);
    if (how.method == CalibrationMethod::isotonic)
      calibrated.isotonic.push_back(svm::fit_isotonic(std::move(unseen)));
    else
      calibrated.platt.push_back(svm::fit_platt(unseen));
  }
  calibrated.provenance = with_calibration(model.provenance, how);
  return calibrated;
}

}  // namespace whiteline
