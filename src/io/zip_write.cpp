#include <concepts>

#include "io/atomic_file.hpp"
#include "io/inflate.hpp"
#include "io/zip.hpp"

namespace whiteline::io {

namespace {

class Record {
 public:
  template <std::unsigned_integral T>
  Record& add(T value) {
    std::byte bytes[sizeof(T)];
    store(bytes, value, std::endian::little);
    text_ += as_text(bytes);
    return *this;
  }
  Record& add(std::string_view text) {
    text_ += text;
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

constexpr std::uint16_t date = 0x21;  // 1 January 1980, the earliest there is
constexpr std::uint16_t version_with_zip64 = 45;

bool is_large(std::uint64_t number) { return number >= in_zip64_extra; }
std::uint32_t small(std::uint64_t number) {
  return is_large(number) ? in_zip64_extra : std::uint32_t(number);
}

std::string zip64_extra(std::initializer_list<std::uint64_t> numbers) {
  Record record;
  std::uint16_t count = 0;
  for (const std::uint64_t number : numbers) count += is_large(number);
  if (count == 0) return {};
  record.add(std::uint16_t(1)).add(std::uint16_t(8 * count));
  for (const std::uint64_t number : numbers)
    if (is_large(number)) record.add(number);
  return record.text();
}

// From the version needed to the lengths, the same in both headers.
Record common_header(Record record, const ZipMember& member, std::size_t extra) {
  constexpr std::uint16_t utf8_name = 1 << 11, deflate = 8;
  const std::uint16_t method = member.deflated ? deflate : 0;
  record.add(version_with_zip64).add(utf8_name).add(method).add(std::uint16_t(0)).add(date);
  record.add(member.crc).add(small(member.stored_size)).add(small(member.size));
  record.add(std::uint16_t(member.name.size())).add(std::uint16_t(extra));
  return record;
}

std::string local_header(const ZipMember& member, bool large) {
  std::string extra;
  ZipMember shown = member;
  if (large) {  // with one size in the extra field, both have to be there
    extra = Record()
                .add(std::uint16_t(1))
                .add(std::uint16_t(16))
                .add(member.size)
                .add(member.stored_size)
                .text();
    shown.size = shown.stored_size = in_zip64_extra;
  }
  return common_header(Record().add(std::uint32_t(0x04034b50)), shown, extra.size())
      .add(member.name)
      .add(extra)
      .text();
}

[[noreturn]] void refuse_size(const ZipMember& member) {
  throw InvalidArgument(
      fmt::format("cannot write {} (its source did not give {} bytes) give all of its numbers",
                  member.name, member.size));
}

}  // namespace

void ZipWriter::write(std::string_view bytes) {
  file_.write(bytes);
  position_ += bytes.size();
}

void ZipWriter::add(std::string name, std::string_view first, std::uint64_t size,
                    const WriteBytes& second, Packing packing) {
  ZipMember member{.name = std::move(name), .deflated = packing == Packing::deflated};
  member.size = member.stored_size = first.size() + size;
  member.offset = position_;
  // Sizes are known at the end, that they may be large before.
  const bool large =
      is_large(member.deflated ? Deflater::bound(member.size) : std::uint64_t(member.size));
  write(local_header(member, large));
  const std::uint64_t begin = position_;
  std::uint64_t given = 0;
  Deflater deflater([this](std::span<const std::byte> bytes) { write(bytes); });
  const auto take = [&](std::span<const std::byte> bytes) {
    given += bytes.size();
    if (given > member.size) refuse_size(member);
    member.crc = crc32_of(bytes, member.crc);
    member.deflated ? deflater.add(bytes) : write(bytes);
  };
  take(std::as_bytes(std::span(first)));
  second(take);
  if (given != member.size) refuse_size(member);
  if (member.deflated) deflater.finish();
  member.stored_size = position_ - begin;
  file_.write_at(member.offset, local_header(member, large));
  members_.push_back(std::move(member));
}

void ZipWriter::add(std::string name, std::string_view first, std::span<const std::byte> second,
                    Packing packing) {
  add(
      std::move(name), first, second.size(), [&](const ByteSink& sink) { sink(second); }, packing);
}

void ZipWriter::finish() {
  const std::uint64_t begin = position_;
  for (const ZipMember& member : members_) {
    const std::string extra = zip64_extra({member.size, member.stored_size, member.offset});
    write(common_header(Record().add(std::uint32_t(0x02014b50)).add(version_with_zip64), member,
                        extra.size())
              .add(std::uint16_t(0))  // comment
              .add(std::uint16_t(0))  // volume
              .add(std::uint16_t(0))
              .add(std::uint32_t(0))  // attributes
              .add(small(member.offset))
              .add(member.name)
              .add(extra)
              .text());
  }
  const std::uint64_t size = position_ - begin, end = position_;
  const std::uint64_t count = members_.size();
  if (is_large(begin) || is_large(size)) {
    write(Record()
              .add(std::uint32_t(0x06064b50))
              .add(std::uint64_t(44))
              .add(version_with_zip64)
              .add(version_with_zip64)
              .add(std::uint64_t(0))  // volumes
              .add(count)
              .add(count)
              .add(size)
              .add(begin)
              .add(std::uint32_t(0x07064b50))
              .add(std::uint32_t(0))
              .add(end)
              .add(std::uint32_t(1))
              .text());
  }
  write(Record()
            .add(std::uint32_t(0x06054b50))
            .add(std::uint32_t(0))  // volumes
            .add(std::uint16_t(count))
            .add(std::uint16_t(count))
            .add(small(size))
            .add(small(begin))
            .add(std::uint16_t(0))  // comment
            .text());
}

}  // namespace whiteline::io
