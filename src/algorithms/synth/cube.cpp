#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include <whiteline/synth.hpp>
#include "algorithms/synth/cube_geometry.hpp"
#include "algorithms/synth/layouts.hpp"
#include "algorithms/synth/recipes.hpp"
#include "algorithms/synth/spectrum_writer.hpp"

namespace whiteline {
namespace {

using namespace synth;

constexpr double mean_free_path_nm = 100.0;  // of both oxides, at 200 keV
constexpr std::uint32_t cube_model = 16;     // family of random numbers, apart from the sets'
constexpr double most_image_counts = 4e9;    // numbers in an image, 16 GB

// Labels name the phase that the greater part of the path lies in.
constexpr double core_part_of_wustite = 0.5;
// Vacuum where the path is below this part of the cube's edge, as signal_mask() sees it.
constexpr double vacuum_part_of_edge = 0.1;

void check(const SynthCubeParams& params) {
  const auto positive = [](double value) { return std::isfinite(value) && value > 0.0; };
  require(params.height > 0 && params.width > 0,
          "cannot generate the cube (its image has no pixels) give height and width > 0");
  require(double(params.height) * double(params.width) * double(iron_oxide_axis().size) <=
              most_image_counts,
          "cannot generate the cube (more than 4e9 numbers) choose fewer pixels");
  require(positive(params.pixel_nm) && positive(params.edge_nm),
          "cannot generate the cube (pixel or edge is not a length > 0) give them in nm");
  require(params.shell_nm >= 0.0 && params.shell_nm < 0.5 * params.edge_nm,
          "cannot generate the cube (the shell is not between 0 and half the edge) choose a "
          "thinner shell");
  require(std::isfinite(params.tilt_x_deg) && std::isfinite(params.tilt_y_deg) &&
              std::isfinite(params.rotation_deg),
          "cannot generate the cube (an angle is not a number) give the angles in degrees");
  check_spike_rate(params.spike_rate);
  require(params.threads >= 0, "cannot generate the cube (threads < 0) use 0 for all cores");
}

// One dose for the whole scan; the axis drifts from the first row to the last.
SpectrumRecipe pixel_recipe(const SynthCubeParams& params, const PathLengths& path, double height,
                            Draws draws) {
  const bool hard = params.difficulty == Difficulty::hard;
  SpectrumRecipe recipe;
  const double total = path.total();
  recipe.weight = iron_oxide_weights(total > 0.0 ? path.core_nm / total : 0.0);
  recipe.thickness = total / mean_free_path_nm;
  recipe.intensity = hard ? 9500.0 : 120000.0;
  recipe.background = 0.2;
  recipe.exponent = 3.0;
  recipe.broadening = 0.8;
  const double drift = hard ? 0.4 : 0.05, jitter = hard ? 0.15 : 0.03;
  recipe.shift = drift * (height - 0.5) + jitter * draws.normal();
  recipe.dark_counts = 2.0;
  return recipe;
}

std::int32_t label_of(const SynthCubeParams& params, const PathLengths& path) {
  if (path.total() < vacuum_part_of_edge * params.edge_nm) return no_label;
  return path.core_nm > core_part_of_wustite * path.total() ? 0 : 1;
}

SpectrumImage empty_image(const SynthCubeParams& params) {
  SpectrumImage image;
  image.title = "generated FeO/Fe3O4 core/shell nanocube";
  image.height = params.height;
  image.width = params.width;
  image.energy = iron_oxide_axis();
  image.scale_y = image.scale_x = params.pixel_nm;
  image.scale_units = "nm";
  image.class_names = {"FeO", "Fe3O4"};
  image.counts.resize(std::size_t(image.pixels() * image.energy.size));
  image.labels.resize(std::size_t(image.pixels()));
  image.metadata = nlohmann::json{{"generator",
                                   {{"scene", "cube"},
                                    {"edge_nm", params.edge_nm},
                                    {"shell_nm", params.shell_nm},
                                    {"tilt_x_deg", params.tilt_x_deg},
                                    {"tilt_y_deg", params.tilt_y_deg},
                                    {"rotation_deg", params.rotation_deg},
                                    {"difficulty", difficulty_name(params.difficulty)},
                                    {"seed", params.seed},
                                    {"spike_rate", params.spike_rate}}}}
                       .dump();
  return image;
}

}  // namespace

SpectrumImage synth_cube(const SynthCubeParams& params) {
  check(params);
  SpectrumImage image = empty_image(params);
  std::vector<double>&core = add_truth(image.truth, "core_nm", image.pixels(), 1),
  &shell = add_truth(image.truth, "shell_nm", image.pixels(), 1),
  &fraction = add_truth(image.truth, "phase_fraction", image.pixels(), 2);
  TruthTables truth(image.truth, image.pixels(), params.spike_rate);
  const CubeGeometry geometry(params);
  const EnergyAxis& axis = image.energy;
  const SpectrumWriter writer(iron_oxide_edges(), axis, {0, axis.size}, 500.0, params.spike_rate);

  const auto write_pixel = [&](std::int64_t pixel, SpectrumWriter::Scratch& scratch) {
    const auto p = std::size_t(pixel);
    const std::int64_t row = pixel / params.width;
    const PathLengths path = geometry.pixel(row, pixel % params.width);
    const StreamKey key{params.seed, cube_model, 0, std::uint32_t(pixel)};
    const SpectrumRecipe recipe = pixel_recipe(
        params, path, (double(row) + 0.5) / double(params.height), Draws(key, Use::recipe));
    truth.set(pixel, recipe,
              writer.write(key, recipe, scratch,
                           {image.counts.data() + pixel * axis.size, std::size_t(axis.size)}));
    image.labels[p] = label_of(params, path);
    core[p] = path.core_nm;
    shell[p] = path.shell_nm;
    const double total = path.total();
    fraction[2 * p] = total > 0.0 ? path.core_nm / total : 0.0;
    fraction[2 * p + 1] = total > 0.0 ? path.shell_nm / total : 0.0;
  };
  write_spectra(image.pixels(), params.threads, params.progress, write_pixel);
  return image;
}

}  // namespace whiteline
