#include <whiteline/model_selection.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <tuple>
#include <utility>

#include "algorithms/kernel_matrix/kernel.hpp"
#include "algorithms/model_selection/scores.hpp"
#include "algorithms/preprocess/normalise.hpp"
#include "algorithms/svm/checks.hpp"
#include "algorithms/svm/search_chain.hpp"
#include "algorithms/svm/search_points.hpp"
#include "core/seconds.hpp"

namespace whiteline {

namespace {

using svm::at;
using Clock = std::chrono::steady_clock;

class GridSearch {
 public:
  GridSearch(const SvmSearchParams& params, const SvmParams& svm) : params_(params), svm_(svm) {
    out_.cells.resize(params.points.size());
  }

  // All points of one normalisation, which `data` went through.
  void run(const Context& ctx, const SvmData& data, Normalise::Kind normalise) {
    svm::TrainingSet& set = svm::training_set(ctx, data);
    const svm::SortedRows& rows = set.rows();
    svm::check_class_weights(svm_, rows.classes);
    const std::vector<std::int32_t> fold =
        svm::fold_of_kernel_rows(rows, set.x().rows(), params_.folds, params_.fold_of_row);
    splits_ = svm::fold_splits(svm_, rows, fold);
    truth_ = svm::class_of_kernel_rows(rows);
    classes_ = std::int32_t(rows.classes.size());
    svm::ChainSolver solver(set, svm_, splits_);
    problems_ = solver.problems();
    for (const svm::Norm norm : {svm::Norm::as_given, svm::Norm::unit}) {
      std::vector<svm::Chain> chains = open_chains(set, norm, normalise);
      if (products_pay(ctx, set, solver, chains)) set.products(norm, params_.progress);
      for (const svm::Chain& chain : chains) solve(solver, chain, normalise);
    }
  }

  SvmSearch take() && {
    out_.best = best();
    return std::move(out_);
  }

 private:
  // Fills in what is known; chains with something left to solve.
  std::vector<svm::Chain> open_chains(svm::TrainingSet& set, svm::Norm norm,
                                      Normalise::Kind normalise) {
    std::vector<svm::Chain> chains;
    for (std::size_t i = 0; i < params_.points.size(); ++i) {
      const SvmPoint& point = params_.points[i];
      if (point.normalise != normalise || svm::norm_of(point.kernel) != norm) continue;
      const Kernel kernel = kernels::canonical(set.resolved(point.kernel));
      out_.cells[i].point = {kernel, point.C, normalise};
      auto chain = std::find_if(chains.begin(), chains.end(),
                                [&](const svm::Chain& c) { return c.kernel == kernel; });
      if (chain == chains.end()) chain = chains.insert(chains.end(), {kernel, {}, {}, 0});
      chain->add(point.C, i);
    }
    for (svm::Chain& chain : chains)
      for (std::size_t c = 0; c < chain.Cs.size(); ++c)
        if (!take_known(chain.points[c])) chain.wanted = c + 1;
    std::erase_if(chains, [](const svm::Chain& chain) { return chain.wanted == 0; });
    return chains;
  }

  bool take_known(const std::vector<std::size_t>& points) {
    const SvmPoint& point = out_.cells[points.front()].point;
    for (const SvmCell& cell : params_.known)
      if (cell.point == point && cell.scores.size() == splits_.size()) {
        for (const std::size_t i : points) out_.cells[i] = cell;
        cells_done_ += points.size();
        return true;
      }
    return false;
  }

  // One matrix of products pays where several kernels follow from it, if both fit.
  static bool products_pay(const Context& ctx, svm::TrainingSet& set,
                           const svm::ChainSolver& solver, const std::vector<svm::Chain>& chains) {
    if (chains.size() < 2) return false;
    const auto n = double(set.kernel_rows());
    const double bytes =
        8.0 * n * (n + double(set.x().cols()) + 32.0) + 48.0 * double(solver.numbers());
    return bytes < double(ctx.memory_limit());
  }

  void solve(svm::ChainSolver& solver, const svm::Chain& chain, Normalise::Kind normalise) {
    const std::vector<double> Cs(chain.Cs.begin(), chain.Cs.begin() + std::ptrdiff_t(chain.wanted));
    // Where the dual may not be convex a solution depends on its start.
    const bool warm =
        chain.kernel.type != KernelType::sigmoid && chain.kernel.type != KernelType::precomputed;
    Clock::time_point began = Clock::now();
    const auto solved = [&](std::int64_t problems) {
      report(params_.progress, "search",
             std::uint64_t(cells_done_) * std::uint64_t(problems_) + std::uint64_t(problems),
             std::uint64_t(out_.cells.size()) * std::uint64_t(problems_));
    };
    solver.run(chain.kernel, Cs, warm, solved, [&](std::size_t c, svm::ChainStep step) {
      if (!out_.cells[chain.points[c].front()].scores.empty()) return;  // was known
      SvmCell cell = scored(step);
      cell.point = {chain.kernel, chain.Cs[c], normalise};
      cell.seconds = core::seconds_since(began);
      began = Clock::now();
      for (const std::size_t i : chain.points[c]) out_.cells[i] = cell;
      cells_done_ += chain.points[c].size();
      if (params_.on_cell) params_.on_cell(cell);
    });
  }

  SvmCell scored(const svm::ChainStep& step) const {
    SvmCell cell;
    for (std::size_t s = 0; s < splits_.size(); ++s) {
      std::vector<std::int32_t> truth;
      for (const std::int32_t row : splits_[s].asked) truth.push_back(truth_[at(row)]);
      cell.scores.push_back(model_selection::score(params_.score, truth, step.voted[s], classes_));
    }
    cell.mean = model_selection::mean(cell.scores);
    cell.deviation = model_selection::deviation(cell.scores);
    cell.support_vectors = step.support_vectors;
    cell.iterations = step.iterations;
    cell.status = step.status;
    return cell;
  }

  std::size_t best() const {
    constexpr double equal = 1e-12;  // means of the same scores in another order
    double highest = -1.0;
    for (const SvmCell& cell : out_.cells) highest = std::max(highest, cell.mean);
    const auto order = [&](std::size_t i) {
      const SvmPoint& p = out_.cells[i].point;
      return std::tuple(p.C, p.kernel.gamma, p.kernel.coef0, p.kernel.degree, i);
    };
    std::size_t best = out_.cells.size();
    for (std::size_t i = 0; i < out_.cells.size(); ++i)
      if (out_.cells[i].mean >= highest - equal &&
          (best == out_.cells.size() || order(i) < order(best)))
        best = i;
    return best;
  }

  const SvmSearchParams& params_;
  const SvmParams& svm_;
  SvmSearch out_;
  std::vector<svm::Split> splits_;
  std::vector<std::int32_t> truth_;  // kernel row -> class number
  std::int32_t classes_ = 0;
  std::int64_t problems_ = 0;
  std::size_t cells_done_ = 0;
};

Matrix normalised(const Context& ctx, const Matrix& x, Normalise::Kind kind) {
  svm::refuse_non_finite(ctx, x.view());
  Matrix out(ctx, x.rows(), x.cols());
  preprocess::divide_by_norms(ctx, kind, 1.0, x.view(), x.view(), out.view());
  return out;
}

// One normalisation's spectra and training set.
struct NormalisedSet {
  Normalise::Kind kind;
  Matrix own;  // unless kind is none
  std::optional<SvmData> data;

  NormalisedSet(const Context& ctx, Normalise::Kind kind, const Matrix& x,
                std::span<const std::int32_t> labels, std::span<const double> weight)
      : kind(kind) {
    const bool as_it_is = kind == Normalise::Kind::none;
    if (!as_it_is) own = normalised(ctx, x, kind);
    data.emplace(ctx, as_it_is ? x : own, labels, weight);
  }
};

std::vector<Normalise::Kind> normalisations(const std::vector<SvmPoint>& points) {
  std::vector<Normalise::Kind> kinds;
  for (const SvmPoint& point : points)
    if (std::find(kinds.begin(), kinds.end(), point.normalise) == kinds.end())
      kinds.push_back(point.normalise);
  return kinds;
}

}  // namespace

SvmSearch svm_search(const Context& ctx, const SvmSearchParams& params, const SvmParams& svm,
                     const SvmData& data) {
  const Clock::time_point start = Clock::now();
  svm::check_points(params, svm);
  for (const SvmPoint& point : params.points)
    require(point.normalise == Normalise::Kind::none,
            "cannot normalise a training set (its spectra were already taken in) give the spectra "
            "and labels instead");
  GridSearch search(params, svm);
  search.run(ctx, data, Normalise::Kind::none);
  SvmSearch out = std::move(search).take();
  if (params.refit)
    out.fit = svm_train(ctx, svm::at_point(svm, out.cells[out.best].point, params.progress), data);
  out.seconds = core::seconds_since(start);
  return out;
}

SvmSearch svm_search(const Context& ctx, const SvmSearchParams& params, const SvmParams& svm,
                     const Matrix& x, std::span<const std::int32_t> labels,
                     std::span<const double> sample_weight) {
  const Clock::time_point start = Clock::now();
  svm::check_points(params, svm);
  GridSearch search(params, svm);
  std::unique_ptr<NormalisedSet> set;
  const auto prepare = [&](Normalise::Kind kind) {
    if (set && set->kind == kind) return;
    set.reset();
    set = std::make_unique<NormalisedSet>(ctx, kind, x, labels, sample_weight);
  };
  for (const Normalise::Kind kind : normalisations(params.points)) {
    prepare(kind);
    search.run(ctx, *set->data, kind);
  }
  SvmSearch out = std::move(search).take();
  if (params.refit) {
    const SvmPoint& point = out.cells[out.best].point;
    prepare(point.normalise);
    out.fit = svm_train(ctx, svm::at_point(svm, point, params.progress), *set->data);
    if (point.normalise != Normalise::Kind::none)
      out.fit->model.pipeline = Pipeline({Normalise{point.normalise}}, std::nullopt, x.cols());
  }
  out.seconds = core::seconds_since(start);
  return out;
}

}  // namespace whiteline
