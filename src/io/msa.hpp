// EMSA/MAS spectra (ISO 22029): text, one spectrum a file.
#pragma once

#include <whiteline/spectra.hpp>

#include "io/format.hpp"

namespace whiteline::io {

class AtomicFile;

WHITELINE_EXPORT FileContents read_msa(InputFile& file);

// One spectrum, without labels. Throws InvalidArgument otherwise.
void write_msa(AtomicFile& file, const SpectrumImage& image);

}  // namespace whiteline::io
