// A file being read: its beginning at once, all of it when a parser asks, or only what a parser
// takes of it. Bytes are copied into memory, not mapped: a file that another program shortens must
// not end the process.
#pragma once

#include <whiteline/progress.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "io/cursor.hpp"

namespace whiteline::io {

enum class Loading { whole, as_taken };

class WHITELINE_EXPORT InputFile {
 public:
  // `FILE::MEMBER` is the array MEMBER of FILE. Throws ReadError: missing, a folder, not readable,
  // empty. As taken: bytes() are no more than address space, and its cursors fetch what is taken.
  explicit InputFile(const std::filesystem::path& path, Progress progress = {},
                     Loading loading = Loading::whole);
  // Bytes that are in memory already (they must outlive this), under a name for messages.
  InputFile(std::string path, std::span<const std::byte> bytes);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::string& path() const { return path_; }
  const std::string& file_path() const { return file_path_; }  // without the member
  const std::string& member() const { return member_; }        // empty when none is named
  std::string suffix() const;                                  // lower case, with the dot
  std::string stem() const;                                    // file name without suffix, as UTF-8
  std::uint64_t size() const { return size_; }
  std::span<const std::byte> head();   // at most the first 4096 bytes
  std::span<const std::byte> bytes();  // all
  Cursor cursor() { return {path_, bytes(), 0, source_.get()}; }
  // Copies bytes of the file to `to`, wherever it is loaded from. Throws FormatError where it has
  // become shorter. May be called by several threads at once.
  void read(std::uint64_t offset, std::span<std::byte> to) const;
  Loading loading() const { return source_ ? Loading::as_taken : Loading::whole; }
  // Of all bytes, `done` have been dealt with. Throws Cancelled when the caller wants no more.
  void report(std::uint64_t done) const { whiteline::report(progress_, "read", done, size_); }

 private:
  void load(std::uint64_t count);

  std::string path_, file_path_, member_;
  Progress progress_;
  std::uint64_t size_ = 0;
  int descriptor_ = -1;
  std::unique_ptr<ByteSource> source_;
  std::unique_ptr<std::byte[]> owned_;
  std::span<const std::byte> loaded_;
};

}  // namespace whiteline::io
