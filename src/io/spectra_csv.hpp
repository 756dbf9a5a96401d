// Tables of spectra as text: separated by commas, semicolons (then decimal commas are understood),
// tabs or blanks. docs/formats.md says how columns are recognised.
#pragma once

#include <whiteline/spectra.hpp>

#include "io/format.hpp"

namespace whiteline::io {

class AtomicFile;

WHITELINE_EXPORT FileContents read_csv(InputFile& file);

// One spectrum: a line a channel (energy, counts). More: a line a spectrum, the energies in the
// header, after columns y and x (of images), label and truth_<name>.
void write_csv(AtomicFile& file, const SpectrumImage& image);
void write_csv(AtomicFile& file, const Dataset& set);

}  // namespace whiteline::io
