// Zip archives as NumPy makes them: stored or deflated members, found by the central directory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/byte_sink.hpp"
#include "io/cursor.hpp"

namespace whiteline::io {

class AtomicFile;

// Instead of a size or an offset of 32 bits: it is in the zip64 extra field.
constexpr std::uint32_t in_zip64_extra = 0xFFFFFFFF;

struct ZipMember {
  std::string name;
  bool deflated = false;
  std::uint32_t crc = 0;
  std::uint64_t stored_size = 0, size = 0;  // in the archive; of the contents
  std::uint64_t offset = 0;                 // of the local header
};

// The bytes of one member: in the archive where it is stored, else in memory of their own.
struct ZipContents {
  std::unique_ptr<std::byte[]> owned;
  std::span<const std::byte> bytes;
};

class ZipReader {
 public:
  // Reads the directory. Refuses members that overlap, repeat a name, or claim more than deflate
  // can hold; throws Unsupported for encrypted archives and other compressions.
  explicit ZipReader(Cursor file);

  const std::vector<ZipMember>& members() const { return members_; }  // by offset
  const ZipMember* find(std::string_view name) const;
  ZipContents extract(const ZipMember& member) const;  // its checksum is compared
  // The place of a stored member, which is not looked at: its checksum is not compared.
  Cursor place_of(const ZipMember& member) const;

 private:
  Cursor packed_part(const ZipMember& member) const;

  Cursor file_;
  std::uint64_t directory_ = 0;  // offset of the central directory: members end before it
  std::vector<ZipMember> members_;
};

// Writes members one after another; the same input gives the same bytes (no dates).
class ZipWriter {
 public:
  explicit ZipWriter(AtomicFile& file) : file_(file) {}
  enum class Packing { stored, deflated };
  // A member made of two parts. Of the second, `size` bytes, memory need not hold more than pieces;
  // what does not make up as many is InvalidArgument.
  void add(std::string name, std::string_view first, std::uint64_t size, const WriteBytes& second,
           Packing packing = Packing::deflated);
  void add(std::string name, std::string_view first, std::span<const std::byte> second,
           Packing packing = Packing::deflated);
  void finish();  // the central directory

 private:
  void write(std::string_view bytes);
  void write(std::span<const std::byte> bytes) { write(as_text(bytes)); }

  AtomicFile& file_;
  std::uint64_t position_ = 0;
  std::vector<ZipMember> members_;
};

}  // namespace whiteline::io
