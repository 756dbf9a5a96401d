// Choosing the parameters of a classifier by cross-validation.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <whiteline/svm.hpp>

namespace whiteline {

namespace io {
class JsonLines;
}

struct FoldParams {
  int folds = 5;           // 2 .. rows of the smallest class
  bool shuffle = false;    // else the rows of a class are taken in their order
  std::uint64_t seed = 1;  // of the shuffle
};

// Fold of each row, 0 .. folds - 1, as scikit-learn's StratifiedKFold assigns them: with classes
// numbered by first appearance and labels sorted so, fold f gets as many rows of a class as the
// class has positions p with p mod folds = f; a class fills fold 0, then 1, ..., in the order of
// its rows (`shuffle`: of their Philox words: seed, row, step 0, purpose 7). Throws InvalidArgument
// for folds out of range. (Searches leave out rows of weight 0 first.)
WHITELINE_EXPORT std::vector<std::int32_t> stratified_folds(std::span<const std::int32_t> labels,
                                                            const FoldParams& params = {});

// What a fold's held-out rows are scored by: LabelScores of metrics.hpp.
enum class SearchScore { accuracy, balanced_accuracy, macro_f1 };
WHITELINE_EXPORT std::string_view name(SearchScore score);         // "balanced_accuracy"
WHITELINE_EXPORT SearchScore search_score(std::string_view name);  // throws InvalidArgument

// One choice of parameters. A gamma rule stands for its number on all rows, not on a fold's.
struct SvmPoint {
  Kernel kernel = rbf();
  double C = 1.0;
  Normalise::Kind normalise = Normalise::Kind::none;  // of each spectrum; not `area`

  bool operator==(const SvmPoint&) const = default;
};

// All combinations; a list that a kernel does not have (gamma of linear) does not multiply it.
struct SvmGrid {
  std::vector<KernelType> kernels = {KernelType::rbf};
  std::vector<double> C = {1.0};
  std::vector<double> gamma = {};  // empty: the rule `scale`
  std::vector<double> coef0 = {0.0};
  std::vector<int> degree = {3};
  std::vector<Normalise::Kind> normalise = {Normalise::Kind::none};
};
// Normalisation outermost, then kernel, degree, coef0, gamma, and C innermost.
WHITELINE_EXPORT std::vector<SvmPoint> grid(const SvmGrid& grid);

// `count` values from low to high with equal ratios; count = 1: low. 0 < low <= high.
WHITELINE_EXPORT std::vector<double> geometric(double low, double high, int count);

// What is known of one point after its folds.
struct SvmCell {
  SvmPoint point;                      // gamma is a number
  std::vector<double> scores;          // one a fold
  double mean = 0.0, deviation = 0.0;  // of `scores`; deviation: the population's
  double support_vectors = 0.0;        // mean over folds; rows that support at least one pair
  std::int64_t iterations = 0;         // of all binary problems, from the next smaller C's solution
  double seconds = 0.0;
  SolveStatus status = SolveStatus::converged;  // the worst of all binary problems
};

struct SvmSearchParams {
  std::vector<SvmPoint> points;  // any list: a grid, random draws
  FoldParams folds;
  std::vector<std::int32_t> fold_of_row = {};  // the caller's own folds 0, 1, ... in place of
                                               // `folds`: spectra of one image together, say
  SearchScore score = SearchScore::accuracy;
  bool refit = true;  // train the best point on all rows
  // Cells of an earlier run of this search (same data, folds, score, parameters): they are taken as
  // they are. The rest has the same bits as without them.
  std::vector<SvmCell> known = {};
  std::function<void(const SvmCell&)> on_cell = {};  // called as each other cell is done
  Progress progress = {};                            // units: binary problems
};

struct SvmSearch {
  std::vector<SvmCell> cells;  // one a point, in the order of `points`
  std::size_t best = 0;  // largest mean (to within 1e-12); ties: lowest C, gamma, coef0, degree,
                         // then the first in the list
  std::optional<SvmFit> fit;  // of `best`: exactly svm_train's; normalises in its pipeline
  double seconds = 0.0;
};

// Cross-validates all points as one job: one matrix of dot products for all kernels (one more for
// cosine, and for each normalisation), every fold and pair of classes solved on it at once, each
// along ascending C from the solution before (sigmoid: afresh). `balanced` class weights are those
// of a fold's training rows. Points' kernel and C stand in place of those of `svm`. Same bits at
// any number of threads. Throws as svm_train, and InvalidArgument for no points, folds out of
// range, own folds of another length or one of which holds a whole class; OutOfMemory with what is
// needed before anything large is allocated: 8 N^2 bytes, or 4 N^2 where the products are computed
// again for each kernel. Not converging is no exception.
WHITELINE_EXPORT SvmSearch svm_search(const Context& ctx, const SvmSearchParams& search,
                                      const SvmParams& svm, const Matrix& x,
                                      std::span<const std::int32_t> labels,
                                      std::span<const double> sample_weight = {});
// On a training set as it is: no point normalises. `fold_of_row` is by rows of its spectra.
WHITELINE_EXPORT SvmSearch svm_search(const Context& ctx, const SvmSearchParams& search,
                                      const SvmParams& svm, const SvmData& data);

struct LearningCurveParams {
  std::vector<double> fractions = {0.1, 0.2, 0.4, 0.6, 0.8, 1.0};  // of a fold's training rows
  FoldParams folds;
  std::vector<std::int32_t> fold_of_row = {};  // as in SvmSearchParams
  SearchScore score = SearchScore::accuracy;
  std::uint64_t seed = 1;  // of the order in which training rows are added
  Progress progress = {};
};

struct LearningCurvePoint {
  double fraction = 0.0;
  double training_rows = 0.0;                   // mean over folds
  std::vector<double> scores, training_scores;  // of held-out and of training rows, one a fold
  double mean = 0.0, deviation = 0.0;
  double training_mean = 0.0, training_deviation = 0.0;
  SolveStatus status = SolveStatus::converged;
};

// Scores of `svm` trained on part of each fold's training rows: of each class the first
// floor(fraction * rows + 1/2), at least 1, in the order of their Philox words (seed, row, step 3,
// purpose 7), so that larger parts hold the smaller ones. Throws as svm_search; fractions lie in
// (0, 1].
WHITELINE_EXPORT std::vector<LearningCurvePoint> svm_learning_curve(
    const Context& ctx, const LearningCurveParams& curve, const SvmParams& svm,
    const SvmData& data);

// The cells of a search in a file, one JSON line each, written as they are done: a search that was
// interrupted goes on from there.
class WHITELINE_EXPORT SearchJournal {
 public:
  // Opens or makes the file. `key` names data and settings; lines of other keys are left alone. An
  // unfinished last line is cut off. Throws FormatError for any other line that is not a cell,
  // ReadError, and Error where the file cannot be written.
  SearchJournal(std::filesystem::path file, std::string key);
  const std::vector<SvmCell>& cells() const { return cells_; }  // of this key, as found
  void append(const SvmCell& cell);                             // on disk when it returns

 private:
  std::shared_ptr<io::JsonLines> lines_;
  std::string key_;
  std::vector<SvmCell> cells_;
};

// SHA-256 of all that the cells of a search follow from, but for its points: spectra before
// normalisation, labels, weights, folds, score, tolerance, iteration limit and class weights.
WHITELINE_EXPORT std::string search_key(const SvmSearchParams& search, const SvmParams& svm,
                                        const HostView& spectra,
                                        std::span<const std::int32_t> labels,
                                        std::span<const double> sample_weight = {});

}  // namespace whiteline
