// A file that appears complete or not at all: written under a temporary name in the same folder,
// synced, renamed. A crash or a full disk leaves what was there before.
#pragma once

#include <whiteline/io.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace whiteline::io {

class WHITELINE_EXPORT AtomicFile {
 public:
  // Creates the temporary and removes those that dead writers of this machine left in the folder.
  // A symbolic link is followed. Throws Error: the file exists (refuse), is no regular file, or
  // its folder cannot be written.
  AtomicFile(const std::filesystem::path& path, Overwrite overwrite);
  ~AtomicFile();  // without commit(): removes the temporary
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  void write_at(std::uint64_t offset, std::string_view text);  // over what was written before
  void commit();  // fsync, rename, fsync of the folder; after it the file is there

  int descriptor() const { return descriptor_; }  // of the temporary, for a helper program
  const std::filesystem::path& temporary() const { return temporary_; }

 private:
  [[noreturn]] void fail(std::string_view problem, int error_number) const;
  void replace_target();

  std::filesystem::path path_, temporary_;
  Overwrite overwrite_;
  int descriptor_ = -1;
};

WHITELINE_EXPORT void write_file(const std::filesystem::path& path,
                                 std::span<const std::byte> bytes, Overwrite overwrite);
WHITELINE_EXPORT void write_file(const std::filesystem::path& path, std::string_view text,
                                 Overwrite overwrite);

}  // namespace whiteline::io
