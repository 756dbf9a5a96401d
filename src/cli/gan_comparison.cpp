#include "cli/gan_comparison.hpp"

#include <fmt/format.h>
#include <whiteline/augment.hpp>

#include <numeric>

namespace whiteline::cli {

namespace {

constexpr std::size_t measured_row = 0, generated_row = 1;

// `count` copies of the spectra, each with the noise that they have already once more.
UnitSpectra noisy_copies(const Context& ctx, const Dataset& spectra, std::int64_t count,
                         std::uint64_t seed) {
  AugmentParams params;
  params.per_class = spectra.rows + count;
  params.electrons = estimated_electrons(spectra.spectra());
  params.seed = seed;
  const Dataset all = augment(ctx, spectra, params);
  std::vector<std::int64_t> copies(static_cast<std::size_t>(count));
  std::iota(copies.begin(), copies.end(), spectra.rows);
  return unit_spectra(all.subset(copies).spectra());
}

}  // namespace

void compare_spectra(const Context& ctx, const Dataset& training, const Dataset& held_out,
                     std::uint64_t seed, GanReport& report) {
  constexpr std::int64_t fewest = 4;
  const bool apart = held_out.rows >= fewest;
  const Dataset& measured = apart ? held_out : training;
  const Split halves = stratified_split(measured.labels, 0.5, seed);
  const UnitSpectra trained = unit_spectra(training.spectra()),
                    reference = unit_spectra(measured.subset(halves.first).spectra()),
                    other = unit_spectra(measured.subset(halves.second).spectra());
  const UnitSpectra noisy = noisy_copies(ctx, training, reference.rows, seed);
  report.measured = unit_spectra(measured.spectra());
  report.likeness = {likeness("measured", other, reference, trained),
                     likeness("generated", report.generated, reference, trained),
                     likeness("training, with noise", noisy, reference, trained),
                     likeness("training", trained, reference, trained)};
  if (apart)
    report.likeness.push_back(
        likeness("generated, beside all held out", report.generated, report.measured, trained));
}

std::vector<std::string> faults(const GanReport& report) {
  std::vector<std::string> found;
  const Likeness& real = report.likeness[measured_row];
  const Likeness& made = report.likeness[generated_row];
  if (made.pair_distance < 0.5 * real.pair_distance)
    found.push_back(fmt::format(
        "generated spectra of {} are too alike (squared distances are {:.3g}, of measured ones "
        "{:.3g}) train another network",
        report.class_name, made.pair_distance, real.pair_distance));
  if (made.nearest < 0.5 * real.nearest)
    found.push_back(fmt::format(
        "generated spectra of {} repeat training spectra (the nearest lie {:.3g} away, of measured "
        "ones {:.3g}) train another network",
        report.class_name, made.nearest, real.nearest));
  return found;
}

}  // namespace whiteline::cli
