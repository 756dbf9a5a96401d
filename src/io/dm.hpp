// DigitalMicrograph's .dm3 and .dm4, read only.
#pragma once

#include "io/dm_tags.hpp"
#include "io/format.hpp"
#include "io/json.hpp"

namespace whiteline::io {

bool is_dm3(std::span<const std::byte> head);
bool is_dm4(std::span<const std::byte> head);
WHITELINE_EXPORT FileContents read_dm(InputFile& file);
std::vector<StoredImage> locate_dm(InputFile& file);

// HyperSpy's tree, with the image's tags (no large arrays) under original_metadata.
Json dm_metadata(const DmFile& file, const DmTag& image, const std::string& title);

}  // namespace whiteline::io
