// The pass of `whiteline label` over all spectra with a signal.
#pragma once

#include <span>
#include <vector>

#include "cli/cluster_means.hpp"
#include "cli/label_image.hpp"
#include "cli/label_results.hpp"
#include "cli/labeller.hpp"

namespace whiteline::cli {

// Spectra of the fit are labelled as they were clustered, the others are put among them, and noise
// of both goes to the classifier.
class LabelPass {
 public:
  // `rows`: with a signal; `fitted`: those of them that `labeller` was fitted to, prepared by
  // `pipeline`; both ascending. All must outlive it.
  LabelPass(const Context& ctx, const LabelImage& image, const Pipeline& pipeline,
            const Labeller& labeller, std::span<const std::int64_t> rows,
            std::span<const std::int64_t> fitted);

  void run();  // once

  const LabelledSpectra& found() const { return found_; }
  const ClusterMeans& means() const { return means_; }
  // The counts of the classifier's examples, with their labels.
  const Dataset& examples() const { return examples_; }

 private:
  void label(std::span<const std::int64_t> part, std::span<const float> counts);
  void keep(std::span<const std::int64_t> part, std::span<const float> counts);
  bool was_fitted(std::int64_t row) const;
  Matrix gathered(std::span<const std::int64_t> part, std::span<const float> counts,
                  const std::vector<std::int64_t>& wanted) const;

  const Context& ctx_;
  const LabelImage& image_;
  const Pipeline& pipeline_;
  const Labeller& labeller_;
  std::span<const std::int64_t> rows_, fitted_;
  std::vector<std::int64_t> example_rows_;
  LabelledSpectra found_;
  ClusterMeans means_;
  Dataset examples_;
};

}  // namespace whiteline::cli
