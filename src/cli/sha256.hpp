// SHA-256 (FIPS 180-4) of a file, to say in a run record which bytes were read.
#pragma once

#include <whiteline/progress.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace whiteline::cli {

class Sha256 {
 public:
  Sha256();
  void add(std::span<const unsigned char> bytes);
  std::string hex_digest();  // 64 characters; ends the message, call once

 private:
  void compress(const unsigned char* block);

  std::array<std::uint32_t, 8> state_;
  std::array<unsigned char, 64> pending_;
  std::uint64_t size_ = 0;  // bytes added
};

// Throws ReadError when the file cannot be read to its end, Cancelled as `progress` says.
std::string sha256_of_file(const std::filesystem::path& path, const Progress& progress = {});

}  // namespace whiteline::cli
