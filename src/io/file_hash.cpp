#include <fmt/format.h>
#include <whiteline/io.hpp>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <vector>

#include "io/sha256.hpp"

namespace whiteline {

std::string sha256_of_file(const std::filesystem::path& name, const Progress& progress) {
  const std::filesystem::path path = file_of(name);
  std::error_code no_size;
  const std::uintmax_t size = std::filesystem::file_size(path, no_size);
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  io::Sha256 sum;
  std::vector<std::byte> buffer(1 << 20);
  std::uint64_t done = 0;
  while (file) {
    report(progress, "hash", done, no_size ? 0 : size);
    file.read(reinterpret_cast<char*>(buffer.data()), std::streamsize(buffer.size()));
    const auto count = static_cast<std::size_t>(file.gcount());
    sum.add(std::span(buffer).first(count));
    done += count;
  }
  if (!file.eof())
    throw ReadError(fmt::format("cannot read {} ({}) check its name and permissions", path.string(),
                                std::strerror(errno)));
  return sum.hex();
}

}  // namespace whiteline
