#include "cli/sha256.hpp"

#include <fmt/format.h>

#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <vector>

#include <whiteline/error.hpp>

namespace whiteline::cli {

namespace {

// The first 32 bits of the fractional parts of the square (cube) roots of the first primes: that is
// how the standard defines its constants.
struct Constants {
  std::array<std::uint32_t, 8> start;
  std::array<std::uint32_t, 64> round;
};

std::uint32_t fraction_bits(long double root) {
  return static_cast<std::uint32_t>((root - std::floor(root)) * 0x1p32L);
}

Constants make_constants() {
  Constants constants{};
  std::size_t count = 0;
  for (unsigned candidate = 2; count < 64; ++candidate) {
    bool prime = true;
    for (unsigned divisor = 2; divisor * divisor <= candidate; ++divisor)
      prime = prime && candidate % divisor != 0;
    if (!prime) continue;
    if (count < 8) constants.start[count] = fraction_bits(std::sqrt((long double)candidate));
    constants.round[count++] = fraction_bits(std::cbrt((long double)candidate));
  }
  return constants;
}

const Constants& constants() {
  static const Constants made = make_constants();
  return made;
}

}  // namespace

Sha256::Sha256() : state_(constants().start), pending_{} {}

void Sha256::compress(const unsigned char* block) {
  std::array<std::uint32_t, 64> word;
  for (std::size_t i = 0; i < 16; ++i)
    word[i] = std::uint32_t(block[4 * i]) << 24 | std::uint32_t(block[4 * i + 1]) << 16 |
              std::uint32_t(block[4 * i + 2]) << 8 | std::uint32_t(block[4 * i + 3]);
  for (std::size_t i = 16; i < 64; ++i) {
    const std::uint32_t a = word[i - 15], b = word[i - 2];
    word[i] = word[i - 16] + (std::rotr(a, 7) ^ std::rotr(a, 18) ^ (a >> 3)) + word[i - 7] +
              (std::rotr(b, 17) ^ std::rotr(b, 19) ^ (b >> 10));
  }
  auto [a, b, c, d, e, f, g, h] = state_;
  const auto& round = constants().round;
  for (std::size_t i = 0; i < 64; ++i) {
    const std::uint32_t one = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) +
                              ((e & f) ^ (~e & g)) + round[i] + word[i];
    const std::uint32_t two =
        (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + one;
    d = c;
    c = b;
    b = a;
    a = one + two;
  }
  const std::array<std::uint32_t, 8> change = {a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < 8; ++i) state_[i] += change[i];
}

void Sha256::add(std::span<const unsigned char> bytes) {
  while (!bytes.empty()) {
    const std::size_t held = size_ % 64;
    if (held == 0 && bytes.size() >= 64) {
      compress(bytes.data());
      size_ += 64;
      bytes = bytes.subspan(64);
      continue;
    }
    const std::size_t taken = std::min(64 - held, bytes.size());
    std::memcpy(pending_.data() + held, bytes.data(), taken);
    size_ += taken;
    bytes = bytes.subspan(taken);
    if (size_ % 64 == 0) compress(pending_.data());
  }
}

std::string Sha256::hex_digest() {
  const std::uint64_t bits = size_ * 8;
  std::vector<unsigned char> end(1 + (119 - size_ % 64) % 64, 0);
  end[0] = 0x80;
  for (int shift = 56; shift >= 0; shift -= 8)
    end.push_back(static_cast<unsigned char>(bits >> shift));
  add(end);
  std::string text;
  for (const std::uint32_t word : state_) text += fmt::format("{:08x}", word);
  return text;
}

std::string sha256_of_file(const std::filesystem::path& path, const Progress& progress) {
  std::ifstream file(path, std::ios::binary);
  std::error_code no_size;
  const std::uintmax_t size = std::filesystem::file_size(path, no_size);
  Sha256 hash;
  std::uint64_t done = 0;
  std::vector<unsigned char> buffer(1 << 20);
  while (file) {
    report(progress, "hash", done, no_size ? 0 : size);
    file.read(reinterpret_cast<char*>(buffer.data()), std::streamsize(buffer.size()));
    hash.add(std::span(buffer).first(std::size_t(file.gcount())));
    done += std::uint64_t(file.gcount());
  }
  if (!file.eof())
    throw ReadError(fmt::format("cannot read {} ({})", path.string(), std::strerror(errno)));
  return hash.hex_digest();
}

}  // namespace whiteline::cli
