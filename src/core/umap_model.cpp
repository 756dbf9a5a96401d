#include "core/umap_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "formulas/umap.hpp"

namespace whiteline::core {

namespace {

// least <= value <= most, not NaN.
void check_range(std::string_view parameter, double value, double least, double most) {
  if (!(value >= least && value <= most))
    throw InvalidArgument(
        fmt::format("cannot lay out spectra with {} {} (it is outside its range) choose it from {} "
                    "to {}",
                    parameter, value, least, most));
}

bool is_table(const std::vector<float>& numbers, std::int64_t rows, std::int64_t columns) {
  return columns >= 1 && numbers.size() % std::size_t(columns) == 0 &&
         numbers.size() / std::size_t(columns) == std::size_t(rows);
}

bool is_place(std::span<const float> row) {
  const auto finite =
      std::count_if(row.begin(), row.end(), [](float value) { return std::isfinite(value); });
  const auto none =
      std::count_if(row.begin(), row.end(), [](float value) { return std::isnan(value); });
  return finite == std::ssize(row) || none == std::ssize(row);
}

}  // namespace

void check_curve(double min_dist, double spread) {
  if (!(spread > 0.0) || !std::isfinite(spread) || !(min_dist >= 0.0) || min_dist > spread)
    throw InvalidArgument(
        fmt::format("cannot fit the curve of the embedding to min_dist {} and spread {} (0 <= "
                    "min_dist <= spread is needed) choose them so",
                    min_dist, spread));
}

void check_umap(const UmapParams& params) {
  constexpr double huge = 1e9;
  check_range("n_neighbors", double(params.n_neighbors), 2, huge);
  check_range("n_components", double(params.n_components), 1, formulas::most_layout_dims);
  check_range("n_epochs", double(params.n_epochs), 0, huge);
  check_range("learning_rate", params.learning_rate, 0.0, huge);
  check_range("set_op_mix_ratio", params.set_op_mix_ratio, 0.0, 1.0);
  check_range("local_connectivity", params.local_connectivity, 0.0, huge);
  check_range("repulsion_strength", params.repulsion_strength, 0.0, huge);
  check_range("negative_sample_rate", double(params.negative_sample_rate), 0, 1000);
  check_range("target_weight", params.target_weight, 0.0, 1.0);
  if (!(params.disconnection_distance > 0.0))
    throw InvalidArgument(
        fmt::format("cannot leave out edges from distance {} on (none would be left) choose it "
                    "above 0",
                    params.disconnection_distance));
  if (params.target_n_neighbors != -1)
    check_range("target_n_neighbors", double(params.target_n_neighbors), 2, huge);
  if (params.a) check_range("a", *params.a, 1e-9, huge);
  if (params.b) check_range("b", *params.b, 1e-3, 100.0);
  if (!params.a || !params.b) check_curve(params.min_dist, params.spread);
}

void check_whole(const UmapModel& model) {
  const UmapParams& params = model.params;
  check_umap(params);
  require(model.rows >= 1 && model.rows <= std::numeric_limits<std::int32_t>::max() &&
              is_table(model.embedding, model.rows, params.n_components) &&
              (model.spectra.empty() ? model.channels == 0
                                     : is_table(model.spectra, model.rows, model.channels)),
          "cannot use the embedding (the sizes of its arrays do not agree) fit it again");
  require(
      model.pipeline.input_channels() == 0 || model.pipeline.output_channels() == model.channels,
      "cannot use the embedding (its preparation leads to other channels) fit it again");
  require(model.curve.a > 0.0 && std::isfinite(model.curve.a) && model.curve.b > 0.0 &&
              std::isfinite(model.curve.b) && model.mean_distance >= 0.0 &&
              std::isfinite(model.mean_distance),
          "cannot use the embedding (its curve or mean distance is out of range) fit it again");
  for (std::int64_t row = 0; row < model.rows; ++row)
    require(is_place(std::span(model.embedding)
                         .subspan(std::size_t(row * params.n_components),
                                  std::size_t(params.n_components))),
            "cannot use the embedding (it holds infinity, or NaN beside numbers) fit it again");
  require(std::all_of(model.spectra.begin(), model.spectra.end(),
                      [](float value) { return std::isfinite(value); }),
          "cannot use the embedding (its spectra hold NaN or infinity) fit it again");
}

}  // namespace whiteline::core
