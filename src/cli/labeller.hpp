// Labels without examples: spectra that lie together in an embedding are a cluster (UMAP, HDBSCAN),
// and what is left as noise is of the cluster that a classifier of the others takes it for (SVM).
#pragma once

#include "cli/label_options.hpp"
#include "cli/run_record.hpp"

namespace whiteline::cli {

class Labeller {
 public:
  // Fits prepared spectra (rows x channels), with phases "embed", "cluster" and "train" in the
  // record. All must outlive it.
  Labeller(const Context& ctx, const LabelOptions& options, std::vector<float> spectra,
           std::int64_t channels, Console& console, RunRecord& record);

  std::int32_t clusters() const { return found_.clusters; }
  const UmapModel& embedding() const { return embedding_; }
  const HdbscanResult& found() const { return found_; }  // of the rows it was fitted to

  // Of each spectrum a cluster, or no_label, and how surely.
  struct Answer {
    std::vector<std::int32_t> labels;
    std::vector<float> probabilities;
  };
  // Other spectra among those of the fit; some are noise.
  Answer placed(const Matrix& spectra) const;
  // By the classifier, which there is from two clusters on: none is noise.
  bool can_classify() const { return !classifier_.classes.empty(); }
  Answer classified(const Matrix& spectra) const;
  // Without a pipeline; classes are named as clusters.
  const SvmModel& classifier() const { return classifier_; }
  // The rows of the fit that trained it or, without one, would have: ascending.
  const std::vector<std::int64_t>& examples() const { return examples_; }

 private:
  void look_for_mixtures(Console& console, RunRecord& record);
  void judge(const Matrix& spectra, Console& console, RunRecord& record);
  void choose_examples();
  void train(RunRecord& record);
  Matrix positions() const;

  const Context& ctx_;
  const LabelOptions& options_;
  Progress progress_;
  std::int64_t rows_;
  UmapModel embedding_;
  HdbscanParams clustering_;
  HdbscanResult found_;
  SvmModel classifier_;
  std::vector<std::int64_t> examples_;
};

}  // namespace whiteline::cli
