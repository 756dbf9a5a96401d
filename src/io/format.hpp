// The table of formats: a new one is a file of this folder and a row there.
#pragma once

#include <whiteline/io.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "io/stored.hpp"

namespace whiteline::io {

struct Format {
  std::string_view name;                            // "npz"
  std::string_view suffixes;                        // ".msa .emsa"
  bool (*begins)(std::span<const std::byte> head);  // its magic number; null: it has none
  FileContents (*read)(InputFile& file);
  // The images without their counts, and where these lie in the file; none where this file can be
  // read as a whole only. Null: the format always is.
  std::vector<StoredImage> (*locate)(InputFile& file);
};

WHITELINE_EXPORT std::span<const Format> formats();

// By content, then by suffix. Throws Unsupported that names the known formats.
WHITELINE_EXPORT const Format& format_of(InputFile& file);

// One each format; all bytes are checked before they are believed.
WHITELINE_EXPORT FileContents read_npy(InputFile& file);
WHITELINE_EXPORT FileContents read_npz(InputFile& file);
std::vector<StoredImage> locate_npy(InputFile& file);
std::vector<StoredImage> locate_npz(InputFile& file);

}  // namespace whiteline::io
