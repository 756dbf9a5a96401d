// Which image of a file is meant where one is asked for.
#pragma once

#include <whiteline/spectra.hpp>

#include <filesystem>
#include <vector>

namespace whiteline::io {

// The only image, or the largest with an energy axis. Throws ReadError where there is none;
// `has_set`: the file holds a labelled set instead.
std::size_t chosen_image(const std::filesystem::path& path,
                         const std::vector<const SpectrumImage*>& images, bool has_set);

}  // namespace whiteline::io
