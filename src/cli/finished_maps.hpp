// The maps of a whole image, from the files of one run or of several parts, with vacuum and unknown
// pixels settled. Read in pieces: memory need not hold them.
#pragma once

#include <whiteline/progress.hpp>

#include <vector>

#include "cli/classification.hpp"
#include "cli/map_files.hpp"

namespace whiteline::cli {

class FinishedMaps {
 public:
  // The parts must cover the image, each pixel once, and be of the same image, model and options:
  // throws InvalidArgument that names what is amiss. They must outlive this.
  explicit FinishedMaps(std::vector<const MapFiles*> parts);

  const MapRun& run() const { return parts_.front()->run(); }
  std::int64_t pixels() const { return run().height * run().width; }
  const SettleRules& rules() const { return rules_; }

  // Pixels [first, first + count). What becomes of them is added to `counts`.
  void read(std::int64_t first, std::int64_t count, MapPiece& piece, LabelCounts& counts) const;
  // visit(piece) for all pixels in order; it may change the piece.
  LabelCounts for_each_piece(const std::function<void(MapPiece&)>& visit,
                             const Progress& progress = {}) const;

 private:
  void visit_sums(const std::function<void(std::span<const double>)>& visit) const;
  void read_raw(std::int64_t first, std::int64_t count, MapPiece& piece) const;

  std::vector<const MapFiles*> parts_;  // by pixels
  SettleRules rules_;
};

}  // namespace whiteline::cli
