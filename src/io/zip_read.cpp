#include <algorithm>
#include <set>

#include "io/inflate.hpp"
#include "io/utf8.hpp"
#include "io/zip.hpp"

namespace whiteline::io {

namespace {

constexpr std::uint32_t local_magic = 0x04034b50, central_magic = 0x02014b50;
constexpr std::uint32_t end_magic = 0x06054b50;
constexpr std::uint32_t end64_magic = 0x06064b50, locator64_magic = 0x07064b50;
constexpr std::uint64_t end_size = 22, locator64_size = 20, central_size = 46, local_size = 30;
constexpr std::uint64_t max_members = 4096;

struct Directory {
  std::uint64_t members = 0, size = 0, offset = 0;
};

// The end record stands before a comment of unknown length.
std::uint64_t end_record(Cursor file) {
  constexpr std::uint64_t most = end_size + 0xFFFF;
  const std::uint64_t searched = std::min(file.left(), most);
  const std::uint64_t begin = file.left() - searched;
  file.seek(begin, "the archive's end");
  const auto tail = file.take(searched, "the archive's end");
  for (std::uint64_t at = searched < end_size ? 0 : searched - end_size + 1; at-- > 0;) {
    if (load<std::uint32_t>(tail.data() + at, std::endian::little) != end_magic) continue;
    const auto comment = load<std::uint16_t>(tail.data() + at + 20, std::endian::little);
    if (at + end_size + comment == searched) return begin + at;
  }
  file.fail("the zip archive has no end record: it is cut short");
}

Directory directory_of(Cursor file) {
  const std::uint64_t end = end_record(file);
  file.seek(end + 4, "the archive's end");
  if (file.little<std::uint32_t>("the volume number") != 0)
    file.fail("the zip archive is in several volumes");
  file.little<std::uint16_t>("the number of members");
  Directory directory;
  directory.members = file.little<std::uint16_t>("the number of members");
  directory.size = file.little<std::uint32_t>("the directory's size");
  directory.offset = file.little<std::uint32_t>("the directory's offset");
  if (directory.members != 0xFFFF && directory.size != in_zip64_extra &&
      directory.offset != in_zip64_extra)
    return directory;
  if (end < locator64_size) return directory;
  file.seek(end - locator64_size, "the zip64 locator");
  if (file.little<std::uint32_t>("the zip64 locator") != locator64_magic) return directory;
  file.little<std::uint32_t>("the volume number");
  file.seek(file.little<std::uint64_t>("the zip64 end record"), "the zip64 end record");
  if (file.little<std::uint32_t>("the zip64 end record") != end64_magic)
    file.fail("the zip64 end record is not where it should be");
  file.take(28, "the zip64 end record");
  directory.members = file.little<std::uint64_t>("the number of members");
  directory.size = file.little<std::uint64_t>("the directory's size");
  directory.offset = file.little<std::uint64_t>("the directory's offset");
  return directory;
}

// Sizes and offset that do not fit into 32 bits stand here, those only, in this order.
void read_zip64(Cursor extra, ZipMember& member) {
  while (extra.left() >= 4) {
    const auto id = extra.little<std::uint16_t>("an extra field");
    Cursor field = extra.take_part(extra.little<std::uint16_t>("an extra field"), "an extra field");
    if (id != 1) continue;
    for (std::uint64_t* number : {&member.size, &member.stored_size, &member.offset})
      if (*number == in_zip64_extra) *number = field.little<std::uint64_t>("a zip64 size");
    return;
  }
}

ZipMember read_member(Cursor& file) {
  if (file.little<std::uint32_t>("a directory entry") != central_magic)
    file.fail("the zip directory has something else where an entry should be");
  file.take(4, "the version");
  const auto flags = file.little<std::uint16_t>("the flags");
  const auto method = file.little<std::uint16_t>("the method");
  file.take(4, "the date");
  ZipMember member;
  member.crc = file.little<std::uint32_t>("the checksum");
  member.stored_size = file.little<std::uint32_t>("the compressed size");
  member.size = file.little<std::uint32_t>("the size");
  const auto name_length = file.little<std::uint16_t>("the name's length");
  const auto extra_length = file.little<std::uint16_t>("the extra field's length");
  const auto comment_length = file.little<std::uint16_t>("the comment's length");
  file.take(8, "the attributes");
  member.offset = file.little<std::uint32_t>("the offset");
  member.name = to_utf8(file.take_text(name_length, "the name"));
  read_zip64(file.take_part(extra_length, "the extra field"), member);
  file.take(comment_length, "the comment");
  if (flags & 1)
    throw Unsupported(
        fmt::format("cannot read {} (member {} is encrypted) save it without a "
                    "password",
                    file.path(), member.name));
  if (method != 0 && method != 8)
    throw Unsupported(
        fmt::format("cannot read {} (member {} has compression {}, known are stored "
                    "and deflated) save it again with numpy.savez_compressed",
                    file.path(), member.name, method));
  member.deflated = method == 8;
  return member;
}

}  // namespace

ZipReader::ZipReader(Cursor file) : file_(file) {
  const Directory directory = directory_of(file);
  directory_ = directory.offset;
  file.seek(directory.offset, "the zip directory");
  Cursor entries = file.take_part(directory.size, "the zip directory");
  if (directory.members > max_members)
    entries.fail(fmt::format("the zip archive has {} members, more than {}", directory.members,
                             max_members));
  entries.require_items(directory.members, central_size, "the zip directory");
  std::set<std::string> names;
  for (std::uint64_t i = 0; i < directory.members; ++i) {
    ZipMember member = read_member(entries);
    if (!names.insert(member.name).second)
      entries.fail(fmt::format("member `{}` occurs twice", member.name));
    if (member.deflated ? member.size / max_deflate_ratio > member.stored_size
                        : member.size != member.stored_size)
      entries.fail(fmt::format("sizes of member `{}` do not agree", member.name));
    members_.push_back(std::move(member));
  }
  std::sort(members_.begin(), members_.end(),
            [](const ZipMember& a, const ZipMember& b) { return a.offset < b.offset; });
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const std::uint64_t limit = i + 1 < members_.size() ? members_[i + 1].offset : directory_;
    const ZipMember& member = members_[i];
    if (member.offset > limit || limit - member.offset < local_size ||
        limit - member.offset - local_size < member.stored_size)
      file.fail_at(member.offset, fmt::format("member `{}` overlaps what follows it", member.name));
  }
}

const ZipMember* ZipReader::find(std::string_view name) const {
  const auto found = std::find_if(members_.begin(), members_.end(),
                                  [&](const ZipMember& member) { return member.name == name; });
  return found == members_.end() ? nullptr : &*found;
}

// The bytes of a member as they lie in the archive.
Cursor ZipReader::packed_part(const ZipMember& member) const {
  Cursor file = file_;
  file.seek(member.offset, "the member");
  if (file.little<std::uint32_t>("the member") != local_magic)
    file.fail(fmt::format("member `{}` is not where the directory says", member.name));
  file.take(22, "the member's header");
  const auto name_length = file.little<std::uint16_t>("the name's length");
  const auto extra_length = file.little<std::uint16_t>("the extra field's length");
  file.take(std::uint64_t(name_length) + extra_length, "the member's header");
  return file.take_part(member.stored_size, "the member");
}

Cursor ZipReader::place_of(const ZipMember& member) const {
  if (member.deflated) file_.fail_at(member.offset, "a compressed member has no place of its own");
  return packed_part(member);
}

ZipContents ZipReader::extract(const ZipMember& member) const {
  Cursor file = packed_part(member);
  const std::uint64_t offset = file.offset();
  const auto packed = file.take(member.stored_size, "the member");
  ZipContents contents{nullptr, packed};
  if (member.deflated) {
    contents.owned = inflated(packed, member.size);
    if (!contents.owned)
      file.fail_at(offset, fmt::format("the compressed data of `{}` are damaged", member.name));
    contents.bytes = {contents.owned.get(), std::size_t(member.size)};
  }
  if (crc32_of(contents.bytes) != member.crc)
    file.fail_at(offset, fmt::format("member `{}` does not agree with its checksum", member.name));
  return contents;
}

}  // namespace whiteline::io
