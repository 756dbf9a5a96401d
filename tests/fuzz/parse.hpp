// What every fuzz target does: parse, take our errors as answers, look at what was read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "io/format.hpp"

namespace whiteline::fuzz {

inline void require_consistent(const FileContents& contents) {
  for (const SpectrumImage& image : contents.images)
    if (std::int64_t(image.counts.size()) != image.pixels() * image.energy.size ||
        !(image.energy.dispersion > 0.0))
      std::abort();
  if (!contents.dataset) return;
  const Dataset& set = *contents.dataset;
  if (std::int64_t(set.counts.size()) != set.rows * set.channels ||
      std::int64_t(set.labels.size()) != set.rows)
    std::abort();
  for (const std::int32_t label : set.labels)
    if (label < no_label || label >= std::int64_t(set.class_names.size())) std::abort();
}

inline int parse(FileContents (*read)(io::InputFile&), std::span<const std::byte> bytes) {
  try {
    io::InputFile file("fuzz", bytes);
    require_consistent(read(file));
  } catch (const Error&) {
  }
  return 0;
}

inline std::span<const std::byte> bytes_of(const std::uint8_t* data, std::size_t size) {
  return std::as_bytes(std::span(data, size));
}

}  // namespace whiteline::fuzz
