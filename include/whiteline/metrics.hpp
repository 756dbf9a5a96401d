// How good a labelling is, and how far its probabilities can be trusted. Sums are float64.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <whiteline/matrix.hpp>
#include <whiteline/neighbors.hpp>
#include <whiteline/progress.hpp>

namespace whiteline {

// Labels are 0 .. classes - 1 where a function counts classes; rows of another true label (as
// no_label, -1) are left out. Lengths that do not belong together are InvalidArgument.

// Share of equal labels among those rows whose truth is not no_label (-1); NaN when there is none.
WHITELINE_EXPORT double accuracy(std::span<const std::int32_t> truth,
                                 std::span<const std::int32_t> predicted);

// counts[t * classes + p]: rows of true class t labelled p, both in 0 .. classes - 1; others are
// left out.
WHITELINE_EXPORT std::vector<std::int64_t> confusion_matrix(std::span<const std::int32_t> truth,
                                                            std::span<const std::int32_t> predicted,
                                                            std::int32_t classes);

// What becomes of rows labelled no_label in either.
enum class Noise {
  as_class,  // they are a cluster of their own
  left_out,
};
// How far two labellings group rows alike, whatever they call the groups: 1 when they do, about 0
// by chance (L. Hubert, P. Arabie, J. Classification 2 (1985) 193). Pairs are counted exactly; up
// to 2^31 rows. NaN without rows.
WHITELINE_EXPORT double adjusted_rand_index(std::span<const std::int32_t> truth,
                                            std::span<const std::int32_t> predicted,
                                            Noise noise = Noise::as_class);

struct SilhouetteParams {
  Metric metric = Metric::euclidean;
  Progress progress;  // stage "silhouette", of rows
};
// Mean over rows with a label of (b - a) / max(a, b), in [-1, 1]: a is the mean distance to the
// others of its cluster, b the least mean distance to the rows of another; 0 for the only row of a
// cluster (P. J. Rousseeuw, J. Comput. Appl. Math. 20 (1987) 53). Compares each row with all
// others, a block at a time. Throws InvalidArgument for fewer than two clusters, and as knn_query.
WHITELINE_EXPORT double silhouette(const Context& ctx, const SilhouetteParams& params,
                                   const Matrix& x, std::span<const std::int32_t> labels);

struct ClassScore {
  double precision = 0.0;  // share of the rows labelled so that are so; 0 where none is
  double recall = 0.0;     // share of the rows that are so that are labelled so; 0 where none is
  double f1 = 0.0;         // harmonic mean of the two
  std::int64_t support = 0, predicted = 0;  // rows of this class; rows labelled so
};

// Of a confusion matrix, as scikit-learn's classification_report. A class without true and labelled
// rows scores NaN and takes no part in means; all is NaN when no row was counted.
struct LabelScores {
  double accuracy = 0.0;
  double balanced_accuracy = 0.0;  // mean recall of the classes that have rows
  double matthews = 0.0;  // correlation of J. Gorodkin, Comput. Biol. Chem. 28 (2004) 367, in
                          // [-1, 1]; 0 where truth or labels are all of one class
  std::vector<ClassScore> classes;
  ClassScore macro;     // plain means over classes; sums of support and predicted
  ClassScore weighted;  // means weighted by support
};
// counts.size() is a square: counts as confusion_matrix gives them, none negative.
WHITELINE_EXPORT LabelScores label_scores(std::span<const std::int64_t> counts);

// Probabilities are rows x classes, each row in [0, 1] with sum 1 to within 1e-3 (else
// InvalidArgument, the row named). Rows that begin with NaN were not classified and are left out.

// Mean of -ln P(true class); probabilities below 2^-23, the resolution of float32 near 1, count as
// that. NaN without rows.
WHITELINE_EXPORT double log_loss(std::span<const std::int32_t> truth,
                                 std::span<const float> probabilities, std::int32_t classes);

// Mean of sum over classes of (P(class) - [class is true])^2, in [0, 2] (G. W. Brier, Mon. Weather
// Rev. 78 (1950) 1): of two classes, twice what is also called so. NaN without rows.
WHITELINE_EXPORT double brier_score(std::span<const std::int32_t> truth,
                                    std::span<const float> probabilities, std::int32_t classes);

enum class Binning {
  equal_width,  // (i/n, (i+1)/n], the first with 0
  equal_count,  // between quantiles of the probabilities, so that equal ones stay together
};

struct ReliabilityParams {
  int bins = 10;  // 1 .. 1000; more show finer detail, each with more scatter
  Binning binning = Binning::equal_width;
  // Of this class against the others; not given: of each row's most probable class (the lowest at
  // a tie).
  std::optional<std::int32_t> of_class = {};
};

struct ReliabilityBin {
  double low = 0.0, high = 0.0;                    // of the probabilities
  std::int64_t rows = 0;                           // > 0: empty bins are left out
  double probability = 0.0;                        // mean
  double observed = 0.0;                           // share of rows that were of the class
  double observed_low = 0.0, observed_high = 0.0;  // 95 % interval of E. B. Wilson (1927)
};

struct ReliabilityCurve {
  std::vector<ReliabilityBin> bins;  // ascending
  std::int64_t rows = 0;
  double expected_error = 0.0;  // mean over rows of |observed - probability| of their bin: the
                                // expected calibration error; NaN without rows
  double largest_error = 0.0;   // the largest of a bin
};
WHITELINE_EXPORT ReliabilityCurve reliability_curve(std::span<const std::int32_t> truth,
                                                    std::span<const float> probabilities,
                                                    std::int32_t classes,
                                                    const ReliabilityParams& params = {});

}  // namespace whiteline
