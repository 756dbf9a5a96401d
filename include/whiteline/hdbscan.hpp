// Clusters of any shape, and noise, by density: HDBSCAN of R. J. G. B. Campello, D. Moulavi and
// J. Sander, "Density-based clustering based on hierarchical density estimates", PAKDD 2013. The
// minimum spanning tree is exact, and the result is the same for any number of threads and for any
// tree of that weight: rows at equal distances are joined at once.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <whiteline/matrix.hpp>
#include <whiteline/neighbors.hpp>
#include <whiteline/progress.hpp>

namespace whiteline {

struct HdbscanParams {
  // Fewer rows are no cluster; >= 2. Larger: fewer clusters.
  std::int64_t min_cluster_size = 5;
  // The core distance of a row is that of its min_samples-th nearest, the row itself being the
  // first; 1 .. rows. 1: single linkage. Larger: more rows are noise. 0: as min_cluster_size.
  std::int64_t min_samples = 0;

  enum class Selection {
    eom,   // clusters of the largest excess of mass
    leaf,  // the leaves of the tree: more clusters, smaller and more alike in size
  } selection = Selection::eom;
  // Clusters that part at less than this distance stay together; 0: as the tree has them (C.
  // Malzer, M. Baum, MFI 2020).
  double cluster_selection_epsilon = 0.0;
  std::int64_t max_cluster_size = 0;  // larger ones are taken apart (eom); 0: no limit
  // Whether all rows together may be one cluster.
  enum class SingleCluster { refuse, allow } single_cluster = SingleCluster::refuse;
  // Distances are divided by it, core distances are not; > 0. Larger: sooner joined.
  double alpha = 1.0;
  Metric metric = Metric::euclidean;
  // Stages "tree" (in at most 3 channels), those of knn_graph, "spanning tree" of rows and, where
  // neighbours do not tell, "edges between groups"; can cancel.
  Progress progress;
};

// Clusters as the density falls, and where rows leave them. Cluster 0 holds all rows; clusters are
// numbered as they part, breadth first. Densities are lambda = 1 / distance, infinite at distance
// 0.
struct CondensedTree {
  struct Cluster {
    std::int32_t parent = -1;
    double birth = 0.0;      // lambda at which it parts from its parent
    std::int64_t size = 0;   // rows
    double stability = 0.0;  // sum over its rows of lambda - birth; infinite for equal rows that
                             // part from others
  };
  std::vector<Cluster> clusters;
  std::vector<std::int32_t> row_cluster;  // that each row leaves last
  std::vector<double> row_lambda;         // where it leaves it
};

struct HdbscanReport {
  std::int64_t edges_by_search =
      0;  // of the spanning tree; the others follow from neighbours alone
  double seconds = 0.0;
};

struct HdbscanResult {
  std::int64_t min_samples = 0, min_cluster_size = 0;  // that it was made with
  std::int32_t clusters = 0;
  std::vector<std::int32_t> labels;   // 0 .. clusters - 1, or no_label (-1): noise
  std::vector<float> probabilities;   // in [0, 1]: how deep in its cluster; 0: noise
  std::vector<float> outlier_scores;  // in [0, 1]: GLOSH (Campello et al., TKDD 10, 2015)
  CondensedTree tree;
  std::vector<std::int32_t> selected;  // the tree's cluster of each label
  double threshold = 0.0;  // lambda below which rows of a root that was chosen are noise
  std::vector<float> core_distances;
  // Mean over rows of (s - d) / max(s, d), in [-1, 1]: d is the longest edge of the spanning tree
  // in the row's cluster, s the shortest from it to another; noise counts 0 (after D. Moulavi et
  // al., SDM 2014; of the tree that was found).
  double relative_validity = 0.0;
  HdbscanReport report;
};

// Throws InvalidArgument for parameters outside their ranges, no rows, NaN or infinity;
// OutOfMemory; Cancelled.
WHITELINE_EXPORT HdbscanResult hdbscan(const Context& ctx, const HdbscanParams& params,
                                       const Matrix& x);
// The neighbours of each row that it looks for in more than 3 channels; 0 for one row.
WHITELINE_EXPORT std::int64_t hdbscan_neighbors(const HdbscanParams& params, std::int64_t rows);
// By neighbours that are there already, at least min_samples - 1 of each row. Throws
// InvalidArgument for a graph of other rows or metric.
WHITELINE_EXPORT HdbscanResult hdbscan(const Context& ctx, const HdbscanParams& params,
                                       const Matrix& x, const KnnGraph& graph);
// By neighbours alone. Throws Unsupported where they do not say which edges join all rows, as where
// groups of rows are not each other's neighbours.
WHITELINE_EXPORT HdbscanResult hdbscan(const HdbscanParams& params, const KnnGraph& graph);

// A fit for each min_samples and min_cluster_size, in this order: the same as single fits, with one
// set of neighbours, one spanning tree for each min_samples. Each value as in HdbscanParams.
struct HdbscanSweep {
  std::vector<std::int64_t> min_samples, min_cluster_sizes;
};
WHITELINE_EXPORT std::vector<HdbscanResult> hdbscan_sweep(const Context& ctx,
                                                          const HdbscanParams& params,
                                                          const HdbscanSweep& sweep,
                                                          const Matrix& x);
WHITELINE_EXPORT std::vector<HdbscanResult> hdbscan_sweep(const Context& ctx,
                                                          const HdbscanParams& params,
                                                          const HdbscanSweep& sweep,
                                                          const Matrix& x, const KnnGraph& graph);

struct HdbscanPrediction {
  std::vector<std::int32_t> labels;
  std::vector<float> probabilities;
};
// The cluster each new row would fall into; `fitted` is what hdbscan made of x with these
// parameters. A row's answer does not depend on the other rows.
WHITELINE_EXPORT HdbscanPrediction hdbscan_predict(const Context& ctx, const HdbscanParams& params,
                                                   const HdbscanResult& fitted, const Matrix& x,
                                                   const Matrix& queries);

}  // namespace whiteline
