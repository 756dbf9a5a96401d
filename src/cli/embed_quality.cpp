#include "cli/embed_quality.hpp"

#include <fmt/format.h>
#include <whiteline/embedding_metrics.hpp>
#include <whiteline/metrics.hpp>

namespace whiteline::cli {

void judge_embedding(const Context& ctx, const QualityParams& params, const Matrix& spectra,
                     const Matrix& positions, const std::vector<std::int32_t>& labels,
                     Json& quality) {
  constexpr std::int64_t most_ranked = 2000, most_compared = 20'000;  // rows
  NeighborhoodParams near;
  near.metric = params.metric;
  near.sample = spectra.rows() > most_ranked ? most_ranked : 0;
  near.seed = params.seed;
  near.progress = params.progress;
  const NeighborhoodScores scores = neighborhood_scores(ctx, near, spectra, positions);
  quality["trustworthiness"] = scores.trustworthiness;
  quality["trustworthiness_error"] = scores.trustworthiness_error;
  quality["continuity"] = scores.continuity;
  quality["continuity_error"] = scores.continuity_error;
  quality["spectra"] = scores.rows;
  if (labels.empty()) return;
  quality["accuracy"] = neighbor_accuracy(ctx, {.seed = params.seed}, positions, labels);
  if (positions.rows() <= most_compared)
    quality["silhouette"] = silhouette(ctx, {.progress = params.progress}, positions, labels);
}

std::string quality_text(const Json& quality) {
  constexpr std::pair<const char*, const char*> known[] = {{"trustworthiness", "trustworthiness"},
                                                           {"continuity", "continuity"},
                                                           {"accuracy", "labels by neighbours"},
                                                           {"silhouette", "silhouette of labels"}};
  std::string text;
  for (const auto& [key, words] : known)
    if (quality.contains(key))
      text +=
          fmt::format("{}{} {:.4f}", text.empty() ? "" : ", ", words, quality[key].get<double>());
  return text;
}

}  // namespace whiteline::cli
