#include <fmt/format.h>
#include <whiteline/version.hpp>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "algorithms/svm/data.hpp"
#include "algorithms/svm/decision.hpp"
#include "algorithms/svm/kernel_error.hpp"
#include "algorithms/svm/solve.hpp"
#include "core/seconds.hpp"

namespace whiteline {

namespace {

using svm::at;

// Kernel rows that support at least one pair, ascending.
std::vector<std::int64_t> support_rows(const svm::Solutions& solutions, std::int64_t kernel_rows) {
  std::vector<bool> supports(at(kernel_rows), false);
  for (const formulas::BinaryProblem& p : solutions.problems)
    for (std::int64_t t = 0; t < p.rows(); ++t)
      if (solutions.alpha[at(p.offset + t)] > 0.0) supports[at(p.kernel_row(t))] = true;
  std::vector<std::int64_t> rows;
  for (std::int64_t r = 0; r < kernel_rows; ++r)
    if (supports[at(r)]) rows.push_back(r);
  return rows;
}

// pairs x support, alpha_i y_i.
std::vector<double> dense_coefficients(const svm::Solutions& solutions,
                                       const std::vector<std::int64_t>& support,
                                       std::int64_t kernel_rows) {
  std::vector<std::int64_t> column(at(kernel_rows), -1);
  for (std::size_t s = 0; s < support.size(); ++s) column[at(support[s])] = std::int64_t(s);
  std::vector<double> coefficients(solutions.problems.size() * support.size(), 0.0);
  for (std::size_t p = 0; p < solutions.problems.size(); ++p) {
    const formulas::BinaryProblem& problem = solutions.problems[p];
    for (std::int64_t t = 0; t < problem.rows(); ++t)
      if (const double alpha = solutions.alpha[at(problem.offset + t)]; alpha > 0.0)
        coefficients[p * support.size() + at(column[at(problem.kernel_row(t))])] =
            alpha * problem.sign(t);
  }
  return coefficients;
}

SolveStatus public_status(formulas::SmoStatus status) {
  if (status == formulas::SmoStatus::converged) return SolveStatus::converged;
  if (status == formulas::SmoStatus::iteration_limit) return SolveStatus::iteration_limit;
  return SolveStatus::stalled;
}

std::string provenance(const SvmParams& params, const svm::TrainingSet& set, const Kernel& kernel,
                       bool converged) {
  nlohmann::ordered_json json;
  json["whiteline"] = version();
  json["kernel"] = name(params.kernel.type);
  json["gamma"] = kernel.gamma;
  json["coef0"] = kernel.coef0;
  json["degree"] = kernel.degree;
  json["C"] = params.C;
  json["class_weight"] = params.class_weight == ClassWeight::balanced ? "balanced" : "none";
  for (const auto& [label, weight] : params.class_weights)
    json["class_weights"][std::to_string(label)] = weight;
  json["tolerance"] = params.tolerance;
  for (const svm::ClassRows& c : set.rows().classes)
    json["training_rows"][std::to_string(c.label)] = c.rows;
  json["converged"] = converged;
  return json.dump();
}

SvmReport make_report(const svm::TrainingSet& set, const Kernel& kernel,
                      const svm::Solutions& solutions,
                      const std::vector<svm::BinarySolution>& binary) {
  SvmReport report;
  std::size_t p = 0;
  const auto& classes = set.rows().classes;
  for (std::size_t a = 0; a < classes.size(); ++a)
    for (std::size_t b = a + 1; b < classes.size(); ++b, ++p) {
      const formulas::SmoState& state = solutions.states[p];
      report.problems.push_back({classes[a].label, classes[b].label, public_status(state.status),
                                 state.iterations, binary[p].objective, binary[p].gap,
                                 binary[p].free_support_vectors,
                                 binary[p].bounded_support_vectors});
      report.converged = report.converged && state.status == formulas::SmoStatus::converged;
    }
  if (kernel.type == KernelType::cosine) report.zero_norm_rows = set.zero_norm_rows();
  report.rows_computed = solutions.rows_computed;
  report.kernel_seconds = solutions.kernel_seconds;
  report.solver_seconds = solutions.solver_seconds;
  return report;
}

// C_i of every problem, by offset.
std::vector<double> problem_upper(const std::vector<formulas::BinaryProblem>& problems,
                                  const std::vector<double>& upper) {
  std::vector<double> all;
  for (const formulas::BinaryProblem& p : problems)
    for (std::int64_t t = 0; t < p.rows(); ++t) all.push_back(upper[at(p.kernel_row(t))]);
  return all;
}

}  // namespace

std::string_view name(SolveStatus status) {
  constexpr std::string_view names[] = {"converged", "iteration_limit", "stalled"};
  return names[static_cast<int>(status)];
}

SvmFit svm_train(const Context& ctx, const SvmParams& params, const Matrix& x,
                 std::span<const std::int32_t> labels, std::span<const double> sample_weight) {
  svm::check_params(params);
  return svm_train(ctx, params, SvmData(ctx, x, labels, sample_weight));
}

SvmFit svm_train(const Context& ctx, const SvmParams& params, const SvmData& data) {
  const auto start = std::chrono::steady_clock::now();
  svm::check_params(params);
  svm::TrainingSet& set = svm::training_set(ctx, data);
  const svm::SortedRows& rows = set.rows();
  svm::check_class_weights(params, rows.classes);
  auto problems = svm::make_pairs(rows.classes);
  std::vector<double> upper = problem_upper(problems, svm::upper_bounds(params, rows));

  SvmFit fit;
  SvmModel& model = fit.model;
  model.kernel = set.resolved(params.kernel);
  const svm::Solutions solutions =
      svm::solve_problems(set, model.kernel, std::move(problems), std::move(upper),
                          {params.tolerance, params.max_iterations, svm::FinalCheck::fresh_gradient,
                           "train", params.progress});
  std::vector<svm::BinarySolution> binary;
  for (std::size_t p = 0; p < solutions.problems.size(); ++p)
    binary.push_back(svm::evaluate(solutions, p));
  for (const svm::BinarySolution& b : binary) model.rho.push_back(b.rho);
  fit.report = make_report(set, model.kernel, solutions, binary);
  model.provenance = provenance(params, set, model.kernel, fit.report.converged);
  const auto support = support_rows(solutions, rows.kernel_rows());
  model.coefficients = dense_coefficients(solutions, support, rows.kernel_rows());
  std::vector<std::int32_t> chosen;
  for (std::int64_t r : support) chosen.push_back(rows.order[at(r)]);
  if (model.kernel.type == KernelType::precomputed) {
    model.support_rows.assign(chosen.begin(), chosen.end());
  } else {
    model.support_vectors = set.gather(chosen);
    model.mean = set.centred(svm::norm_of(model.kernel)).mean;
  }
  model.channels = set.x().cols();
  for (const svm::ClassRows& c : rows.classes) {
    model.classes.push_back(c.label);
    model.class_names.push_back(std::to_string(c.label));
  }
  const std::vector<double> centred_rho = model.rho;
  svm::undo_centring(model);
  if (model.kernel.type != KernelType::precomputed)
    fit.report.kernel_error = svm::kernel_error(set, model, solutions, centred_rho);
  fit.report.seconds = core::seconds_since(start);
  return fit;
}

}  // namespace whiteline
