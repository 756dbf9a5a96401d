// The spectra of a file that a method without a model is run on: which rows, and how prepared.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/input.hpp"
#include "cli/options.hpp"
#include "cli/preparation.hpp"
#include "cli/ranges.hpp"

namespace whiteline::cli {

struct SpectraChoice {
  PreparationOptions preparation;
  NormaliseChoice normalise;
  VacuumChoice vacuum;
  AxisOptions axis;
};
// --window, --background, --normalise, --mask-vacuum and those of the axis.
void add_spectra_choice(Verb& verb, SpectraChoice& choice);

// The file, with the axis as the options correct it.
Input read_with_axis(const std::filesystem::path& path, const AxisOptions& options);

// Pixels with a signal, ascending; all rows of a table.
std::vector<std::int64_t> rows_with_signal(const Input& input, const VacuumChoice& vacuum);

// As many of `rows` (ascending) as are wanted, drawn where there are more; ascending.
std::vector<std::int64_t> drawn_rows(std::vector<std::int64_t> rows, std::int64_t wanted,
                                     std::uint64_t seed);

// The steps asked for, of spectra on this axis.
Pipeline chosen_pipeline(const SpectraChoice& choice, const std::optional<EnergyAxis>& energy,
                         std::int64_t channels);
std::vector<std::string> descriptions(const Pipeline& pipeline);  // of its steps

// These rows by the steps, one spectrum a row.
Matrix prepare_rows(const Context& ctx, const Input& input, const std::vector<std::int64_t>& rows,
                    const Pipeline& pipeline);

}  // namespace whiteline::cli
