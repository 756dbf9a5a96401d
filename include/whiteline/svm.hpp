// Support vector classification: C-SVC, one-vs-one, five kernels or the caller's own, calibrated
// probabilities.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <whiteline/kernel_matrix.hpp>
#include <whiteline/preprocess.hpp>
#include <whiteline/progress.hpp>

namespace whiteline {

enum class ClassWeight {
  none,
  balanced,  // n / (k n_c) for class c: rare classes count as much as common ones
};

struct SvmParams {
  Kernel kernel = rbf();
  double C = 1.0;  // penalty of a margin violation, > 0; larger fits the training set more closely
  ClassWeight class_weight = ClassWeight::none;
  std::map<std::int32_t, double> class_weights = {};  // label -> factor of C, > 0; not named: 1;
                                                      // multiplies `class_weight`
  double tolerance = 1e-3;          // KKT gap at which a problem counts as solved, > 0
  std::int64_t max_iterations = 0;  // a binary problem; 0: max(10^7, 100 rows)
  Progress progress = {};
};

enum class SolveStatus { converged, iteration_limit, stalled };
WHITELINE_EXPORT std::string_view name(SolveStatus status);  // "iteration_limit"

// What came of one binary problem (class `first` against class `second`).
struct BinaryReport {
  std::int32_t first = 0, second = 0;
  SolveStatus status = SolveStatus::converged;
  std::int64_t iterations = 0;
  double objective = 0.0;  // of the dual, at the solution
  double gap = 0.0;        // KKT gap, from a gradient computed afresh
  std::int64_t free_support_vectors = 0, bounded_support_vectors = 0;
};

struct SvmReport {
  std::vector<BinaryReport> problems;  // (0,1), (0,2), ..., (1,2), ...
  std::int64_t zero_norm_rows = 0;     // with the cosine kernel: rows without direction
  bool converged = true;               // all problems
  std::int64_t rows_computed = 0;      // of the kernel matrix, parts added up; again counts again
  double kernel_error =
      0.0;               // largest change of a decision, on 64 rows, where kernels are computed
                         // in float64 by definition; far above the tolerance: scale the spectra
  double seconds = 0.0;  // in all
  double kernel_seconds = 0.0, solver_seconds = 0.0;  // of these
};

// Platt's sigmoid of one binary problem: P(first) = 1 / (1 + exp(A f + B)).
struct PlattSigmoid {
  double A = 0.0, B = 0.0;
};

// Isotonic calibration of one binary problem: P(first) is linear in f between knots, constant
// outside.
struct WHITELINE_EXPORT IsotonicCurve {
  struct Knot {
    double decision, probability;
  };
  std::vector<Knot> knots;  // at least one; decisions rise, probabilities in [0, 1] do not fall

  bool valid() const;  // as `knots` says, all numbers finite
};

// A trained classifier: plain data, on the host. Pair p speaks for its first class where
//   f_p(x) = sum over j of coefficients[p * n_support + j] K(s_j, x) - rho[p]
// is positive, K the kernel as defined in kernel_matrix.hpp, of support vectors and spectra as they
// are. `mean` changes no decision beyond rounding: kernels are computed on spectra minus `mean`,
// where float32 holds more of their differences. With a precomputed kernel there are no support
// vectors but their numbers: K(s_j, x) is what the caller gives.
struct SvmModel {
  Kernel kernel;                           // gamma_rule is `value`
  std::vector<std::string> class_names;    // one a class, in the order of `classes`
  std::vector<std::int32_t> classes;       // labels, ascending
  std::int64_t channels = 0;               // precomputed: rows of the training matrix
  std::vector<float> mean;                 // channels, of the training rows (cosine: of the rows
                                           // divided by their norms); empty: zeros
  std::vector<float> support_vectors;      // n_support x channels, as given to svm_train
  std::vector<std::int64_t> support_rows;  // precomputed: n_support row numbers in the training
                                           // matrix; else empty
  std::vector<double> coefficients;        // pairs x n_support: alpha_i y_i
  std::vector<double> rho;                 // one a pair
  std::vector<PlattSigmoid> platt;         // one a pair; empty: not calibrated so
  std::vector<IsotonicCurve> isotonic;     // the same; one of the two is empty
  Pipeline pipeline;                       // from raw spectra to support vectors
  std::string provenance = "{}";           // JSON: parameters, seed, versions, source of the data

  std::int64_t pairs() const {
    return std::int64_t(classes.size()) * (std::int64_t(classes.size()) - 1) / 2;
  }
  std::int64_t support_vector_count() const {
    if (kernel.type == KernelType::precomputed) return std::int64_t(support_rows.size());
    return channels ? std::int64_t(support_vectors.size()) / channels : 0;
  }
  bool calibrated() const { return !platt.empty() || !isotonic.empty(); }
};

struct SvmFit {
  SvmModel model;
  SvmReport report;
};

namespace svm {
class TrainingSet;
}

// Labelled training spectra, with what was computed from them so far: the order of classes,
// prepared rows, kernel values. Given to svm_train, svm_calibrate and others in place of spectra,
// labels and weights, it spares them from computing these again; results are the same bits. Copies
// share. Refers to x, which must outlive it. Serves one thread at a time, on the Context it was
// made with, whose memory limit is taken when it is made.
class WHITELINE_EXPORT SvmData {
 public:
  // Throws InvalidArgument for the labels, weights and numbers that svm_train refuses.
  SvmData(const Context& ctx, const Matrix& x, std::span<const std::int32_t> labels,
          std::span<const double> sample_weight = {});
  SvmData(const Context&, Matrix&&, std::span<const std::int32_t>,
          std::span<const double> = {}) = delete;

  std::int64_t rows() const;  // with positive weight
  std::int64_t channels() const;
  std::vector<std::int32_t> classes() const;  // labels, ascending

  svm::TrainingSet& training_set() const { return *set_; }  // for the library's own use

 private:
  std::shared_ptr<svm::TrainingSet> set_;
};

// Trains on x (rows x channels) with one label (any integers) and, if given, one weight >= 0 a row.
// Throws InvalidArgument: no rows or channels, lengths that differ, fewer than two classes with
// positive weight or more than 64, NaN or infinity (row and channel named), squared norms above
// 1e30, parameters outside their ranges. OutOfMemory before anything large is allocated. Not
// converging is no exception: see SvmReport. With a precomputed kernel x is the matrix K(i, j) of
// the training rows; refused unless it is square and |K(i, j) - K(j, i)| <= 1e-5 max |K|.
WHITELINE_EXPORT SvmFit svm_train(const Context& ctx, const SvmParams& params, const Matrix& x,
                                  std::span<const std::int32_t> labels,
                                  std::span<const double> sample_weight = {});
WHITELINE_EXPORT SvmFit svm_train(const Context& ctx, const SvmParams& params, const SvmData& data);

enum class CalibrationMethod {
  platt,     // a sigmoid of the decision: two numbers a pair, so few spectra suffice
  isotonic,  // any rising function: fits what is no sigmoid, and needs some hundred spectra a class
};

struct CalibrationParams {
  CalibrationMethod method = CalibrationMethod::platt;
  int folds = 5;           // stratified; 2 .. size of the smallest class
  std::uint64_t seed = 1;  // of the assignment of rows to folds
};

// The model with probabilities, fitted to decisions of rows that the solution did not see
// (`folds`-fold). x, labels, weights and params as given to svm_train. Decisions and votes of the
// model stay as they were, bit for bit.
WHITELINE_EXPORT SvmModel svm_calibrate(const Context& ctx, const SvmModel& model,
                                        const SvmParams& params, const CalibrationParams& how,
                                        const Matrix& x, std::span<const std::int32_t> labels,
                                        std::span<const double> sample_weight = {});
WHITELINE_EXPORT SvmModel svm_calibrate(const Context& ctx, const SvmModel& model,
                                        const SvmParams& params, const CalibrationParams& how,
                                        const SvmData& data);

struct SvmPredictParams {
  bool probability = false;  // needs a calibrated model
  bool decision = false;     // return decision values
  enum class DecisionFunction {
    one_vs_one,   // one a pair
    one_vs_rest,  // one a class: its votes plus s / (3 (|s| + 1)), s the sum of what the pairs'
                  // decisions say for it (scikit-learn's "ovr")
  } decision_function = DecisionFunction::one_vs_one;
  enum class Labels {
    vote,             // most votes; a tie goes to the lowest class
    vote_break_ties,  // largest one-vs-rest value; a tie as above
    argmax,           // largest probability; needs a calibrated model
  } labels = Labels::vote;
  enum class OnInvalid {
    refuse,  // a spectrum with NaN or infinity, or too large for float32: InvalidArgument
    mark,    // label no_label, probabilities and decisions NaN; counted
  } on_invalid = OnInvalid::refuse;
  enum class Columns {
    training,                     // K(x, z) of each row z of the training matrix
    support,                      // K(x, s) of each support vector s, in the model's order
  } columns = Columns::training;  // with a precomputed kernel: what a row of x holds
  Progress progress = {};
};

struct SvmPrediction {
  std::vector<std::int32_t> labels;
  std::vector<float> probability;  // rows x classes, each row sums to 1
  std::vector<float> decision;     // rows x pairs, positive speaks for the pair's first class; or
                                   // rows x classes (DecisionFunction)
  std::int64_t invalid_rows = 0;
  std::int64_t disagreements = 0;  // rows whose largest probability is not of the voted class
};

// Classifies x (rows x channels, prepared as the training rows were). Zero rows are fine.
WHITELINE_EXPORT SvmPrediction svm_predict(const Context& ctx, const SvmModel& model,
                                           const Matrix& x, const SvmPredictParams& params = {});

// Prepares raw spectra by the model's pipeline and classifies them, tile by tile, within the
// context's memory limit. `energy` is the axis of `spectra`.
WHITELINE_EXPORT SvmPrediction svm_classify(const Context& ctx, const SvmModel& model,
                                            const HostView& spectra,
                                            const std::optional<EnergyAxis>& energy,
                                            const SvmPredictParams& params = {});

// A model kept ready on a device, for callers that classify again and again, as live acquisition
// does: after the first call of a size, calls on the CPU allocate nothing but what the model's
// pipeline takes. One thread at a time, which is that of the context.
class WHITELINE_EXPORT SvmPredictor {
 public:
  // Throws InvalidArgument for a damaged model, or where probabilities are asked of one that was
  // not calibrated.
  SvmPredictor(const Context& ctx, SvmModel model, SvmPredictParams params = {});
  ~SvmPredictor();
  SvmPredictor(SvmPredictor&& other) noexcept;
  SvmPredictor& operator=(SvmPredictor&& other) noexcept;

  const SvmModel& model() const;

  // As svm_predict and svm_classify, into `out`, whose memory is used again.
  void predict(const Matrix& x, SvmPrediction& out);
  void classify(const HostView& spectra, const std::optional<EnergyAxis>& energy,
                SvmPrediction& out);

 private:
  struct Kept;
  std::unique_ptr<Kept> kept_;
};

}  // namespace whiteline
