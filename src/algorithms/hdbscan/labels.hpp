// What rows are, once clusters are chosen.
#pragma once

#include <whiteline/hdbscan.hpp>


#include "algorithms/hdbscan/spanning_tree.hpp"

namespace whiteline::hdbscan_parts {

// How the chosen clusters answer for a row that leaves cluster `c` of the tree at `lambda`.
class Membership {
 public:
  Membership(const CondensedTree& tree, const std::vector<std::int32_t>& selected,
             double threshold);

  std::int32_t label(std::int32_t cluster, double lambda) const;
  float probability(std::int32_t label, double lambda) const;

 private:
  std::vector<std::int32_t> label_of_;    // each cluster
  std::vector<double> largest_of_label_;  // lambda of what leaves the chosen cluster
  double threshold_;
};

// Labels, probabilities, outlier scores and validity of `result`, of which the tree is there.
void label_rows(const HdbscanParams& params, const SpanningTree& spanning, HdbscanResult& result);

}  // namespace whiteline::hdbscan_parts
