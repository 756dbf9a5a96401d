// UMAP: spectra as points of a plane, near where the spectra are near (L. McInnes, J. Healy and
// J. Melville, arXiv:1802.03426). Parameters have umap-learn's names, meanings and defaults. The
// same seed gives the same bits for any number of threads.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <whiteline/neighbors.hpp>
#include <whiteline/preprocess.hpp>
#include <whiteline/progress.hpp>

namespace whiteline {

// Where the points start.
// spectral  eigenvectors of the graph's Laplacian; each connected part of the graph by itself
// pca       the leading principal components of the spectra
// random    uniform
// given     UmapParams::start
enum class UmapInit { spectral, pca, random, given };
WHITELINE_EXPORT std::string_view name(UmapInit init);
WHITELINE_EXPORT UmapInit umap_init_named(std::string_view name);  // throws InvalidArgument

// How the forces on a point act in one epoch.
// serial_order  one after the other, the point moving on in between, as in umap-learn
// implicit      all at once, from where the point was; pulls cannot overshoot
// automatic     serial_order
enum class UmapLayout { automatic, serial_order, implicit };
WHITELINE_EXPORT std::string_view name(UmapLayout layout);
WHITELINE_EXPORT UmapLayout umap_layout_named(std::string_view name);  // throws InvalidArgument

struct UmapParams {
  // Of each spectrum, itself counted: 2 or more. More shows larger structures, fewer finer ones.
  // More than there are spectra are lowered to that, which the report says.
  std::int64_t n_neighbors = 15;
  std::int64_t n_components = 2;  // dimensions of the embedding
  Metric metric = Metric::euclidean;
  std::int64_t n_epochs = 0;   // of the layout; 0: 500 for at most 10,000 spectra, else 200
  double learning_rate = 1.0;  // length of the first epoch's steps
  UmapInit init = UmapInit::spectral;
  std::vector<float> start;  // of init `given`: rows x n_components, finite
  // Distance below which points of the embedding are as near as can be, 0 .. spread, and the scale
  // over which nearness falls off beyond it. Larger: looser clusters.
  double min_dist = 0.1, spread = 1.0;
  std::optional<double> a, b;  // of 1 / (1 + a d^2b); not given: fitted to min_dist and spread
  // 1: an edge exists where one of its ends sees it; 0: where both do.
  double set_op_mix_ratio = 1.0;
  double local_connectivity = 1.0;        // how many neighbours are surely connected, from 0
  double repulsion_strength = 1.0;        // weight of what pushes points apart
  std::int64_t negative_sample_rate = 5;  // points pushed away for each that is drawn near
  // Neighbours from there on are none.
  double disconnection_distance = std::numeric_limits<double>::infinity();
  UmapLayout layout = UmapLayout::automatic;
  std::uint64_t random_state = 42;  // seed
  // How much a target decides, 0 .. 1, and the neighbours of numbers (-1: n_neighbors).
  double target_weight = 0.5;
  std::int64_t target_n_neighbors = -1;
  Progress progress;  // stages "neighbours", "graph", "start", "layout"; can cancel
};

// What the embedding should also keep apart (categories) or in order (numbers): one a spectrum, of
// one kind. no_label (-1): the category is not known.
struct UmapTarget {
  std::vector<std::int32_t> categories;
  std::vector<float> numbers;
};

// How strongly spectra belong together: a sparse symmetric matrix with weights in (0, 1], bit for
// bit its own transpose. Row i has the entries offsets[i] .. offsets[i + 1] - 1, columns ascending.
struct FuzzyGraph {
  std::int64_t rows = 0;
  std::vector<std::int64_t> offsets;  // rows + 1
  std::vector<std::int32_t> columns;
  std::vector<float> weights;
  // Of each row: the distance up to which neighbours belong to it fully, and the scale over which
  // that falls off beyond.
  std::vector<float> rho, sigma;
};

struct UmapReport {
  std::int64_t n_neighbors = 0;    // used; fewer than asked for where there are fewer spectra
  std::int64_t edges = 0;          // entries of the graph, both directions counted
  std::int64_t components = 0;     // connected parts, rows without an edge not counted
  std::int64_t isolated_rows = 0;  // without an edge: NaN in the embedding
  double largest_residual = 0.0;   // |M v - lambda v| of the spectral start
  std::int64_t epochs = 0;
  double neighbor_seconds = 0.0, graph_seconds = 0.0, start_seconds = 0.0, layout_seconds = 0.0;
};

// The graph of the n_neighbors - 1 nearest of `neighbors`, with set_op_mix_ratio,
// local_connectivity and disconnection_distance. Throws InvalidArgument where it has fewer.
WHITELINE_EXPORT FuzzyGraph fuzzy_graph(const Context& ctx, const UmapParams& params,
                                        const KnnGraph& neighbors);

// a and b that bring 1 / (1 + a d^2b) nearest to 1 below min_dist and exp((min_dist - d) / spread)
// beyond, in 300 points of [0, 3 spread].
struct UmapCurve {
  double a = 0.0, b = 0.0;
};
WHITELINE_EXPORT UmapCurve umap_curve(double min_dist, double spread);

// What new spectra are laid out by.
struct UmapModel {
  UmapParams params;  // as used, without start and progress
  UmapCurve curve;
  std::int64_t rows = 0, channels = 0;
  std::vector<float> embedding;  // rows x n_components
  std::vector<float> spectra;    // rows x channels; empty where only neighbours were given
  double mean_distance = 0.0;  // of the neighbours, for the scale of rows without one of their own
  Pipeline pipeline;           // from raw spectra to those given to umap_fit
  std::string provenance = "{}";  // JSON: where the spectra are from
};

struct UmapFit {
  UmapModel model;
  UmapReport report;
};

// The embedding of the rows of x: with two rows or more, each axis about where others of its kind
// are; one row: at 0. Throws InvalidArgument for parameters outside their ranges and rows that
// knn_graph refuses; OutOfMemory; Cancelled.
WHITELINE_EXPORT UmapFit umap_fit(const Context& ctx, const UmapParams& params, const Matrix& x,
                                  const UmapTarget& target = {});
// The same from neighbours found before, of which one graph serves every n_neighbors up to k + 1
// and every other parameter but the metric; without x there is no start from principal components
// and no transform.
WHITELINE_EXPORT UmapFit umap_fit(const Context& ctx, const UmapParams& params,
                                  const KnnGraph& neighbors, const Matrix& x,
                                  const UmapTarget& target = {});
WHITELINE_EXPORT UmapFit umap_fit(const Context& ctx, const UmapParams& params,
                                  const KnnGraph& neighbors, const UmapTarget& target = {});

// New spectra among those of the fit, which stay where they are. Each goes its own way, whatever
// others are given with it: the transform of a part is the part of the transform, bit for bit.
struct UmapTransformParams {
  std::int64_t n_epochs = 0;  // 0: a third of those asked for in the fit; else, after a fit of at
                              // most 10,000 spectra, 100, of more, 30
  // Of a spectrum equal to one of the fit: laid out as any other, or put where that one is.
  enum class Equals { as_any, pinned } equals = Equals::as_any;
  Progress progress;  // stages "neighbours", "layout"; can cancel
};

// rows x n_components. A spectrum whose neighbours are all isolated or beyond
// disconnection_distance: NaN. Throws InvalidArgument for another number of channels, spectra that
// knn_query refuses, and a model without spectra or of arrays that do not belong together.
WHITELINE_EXPORT std::vector<float> umap_transform(const Context& ctx, const UmapModel& model,
                                                   const Matrix& x,
                                                   const UmapTransformParams& params = {});

}  // namespace whiteline
