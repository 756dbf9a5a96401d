// Lightest edges between groups by comparing rows with all others.
#pragma once

#include <cstdint>
#include <vector>

#include "algorithms/hdbscan/spanning_tree.hpp"
#include "algorithms/neighbors/directions.hpp"

namespace whiteline::hdbscan_parts {

class ExactSearch final : public OutsideSearch {
 public:
  // All must outlive this.
  ExactSearch(const Context& ctx, Metric metric, const neighbors::Directions& rows,
              const Reachability& reachability, const Progress& progress)
      : ctx_(ctx),
        directions_(metric != Metric::euclidean),
        rows_(rows),
        reachability_(reachability),
        progress_(progress) {}

  void improve(Groups& groups) override;

 private:
  struct Side;
  // Numbers of rows_.view() as rows of the set.
  std::int32_t number(std::int32_t i) const { return rows_.number(i); }
  // The rows of groups asked for whose edges could be lighter than the best known.
  std::vector<std::int32_t> hopeful(const Groups& groups) const;
  void compare(const std::vector<std::int32_t>& which, Groups& groups) const;
  void offer_rows_without_direction(Groups& groups) const;

  const Context& ctx_;
  bool directions_;
  const neighbors::Directions& rows_;
  const Reachability& reachability_;
  const Progress& progress_;
};

}  // namespace whiteline::hdbscan_parts
