// Every failure of the library is one of these. A message is one sentence of the form
// `<problem> (<why>) <what to do>`.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#if defined(__GNUC__)
#define WHITELINE_EXPORT __attribute__((visibility("default")))
#else
#define WHITELINE_EXPORT
#endif

namespace whiteline {

class WHITELINE_EXPORT Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// An argument is outside its documented range; found at the door, before any work.
class WHITELINE_EXPORT InvalidArgument : public Error {
 public:
  using Error::Error;
};

// The device asked for cannot be used; the message holds the reason.
class WHITELINE_EXPORT DeviceUnavailable : public Error {
 public:
  using Error::Error;
};

// More memory is needed than there is, or than the caller allows.
class WHITELINE_EXPORT OutOfMemory : public Error {
 public:
  using Error::Error;
};

// Valid, but not something this build or this device can do.
class WHITELINE_EXPORT Unsupported : public Error {
 public:
  using Error::Error;
};

// The caller's progress callback answered "stop".
class WHITELINE_EXPORT Cancelled : public Error {
 public:
  using Error::Error;
};

// An input file is missing, is a folder, may not be opened, or is not what was asked for.
class WHITELINE_EXPORT ReadError : public Error {
 public:
  using Error::Error;
};

// A file is damaged: what() names the file, the problem and, where it is known, its byte offset.
class WHITELINE_EXPORT FormatError : public ReadError {
 public:
  static constexpr std::uint64_t unknown_offset = ~std::uint64_t(0);

  FormatError(std::string path, std::uint64_t offset, std::string_view problem);

  const std::string& path() const noexcept { return path_; }
  std::uint64_t offset() const noexcept { return offset_; }  // bytes from the file's start
  const std::string& problem() const noexcept { return problem_; }

 private:
  std::string path_;
  std::uint64_t offset_;
  std::string problem_;
};

// Throws InvalidArgument with `message` unless `condition` holds.
WHITELINE_EXPORT void require(bool condition, std::string_view message);

}  // namespace whiteline
