#include "io/dm_tags.hpp"

#include <algorithm>
#include <charconv>

#include "io/numbers.hpp"
#include "io/utf8.hpp"

namespace whiteline::io {

namespace {

constexpr int most_groups_deep = 64;
constexpr std::size_t max_tags = 1 << 18;
constexpr std::uint64_t max_descriptors = 1024;

enum Type : std::uint64_t { structure_type = 15, text_type = 18, array_type = 20 };

std::optional<Element> element_of_tag(std::uint64_t type) {
  switch (type) {
    case 2:
      return Element::i16;
    case 3:
      return Element::i32;
    case 4:
      return Element::u16;
    case 5:
      return Element::u32;
    case 6:
      return Element::f32;
    case 7:
      return Element::f64;
    case 8:
      return Element::u8;  // a truth value
    case 9:
      return Element::i8;
    case 10:
      return Element::u8;
    case 11:
      return Element::i64;
    case 12:
      return Element::u64;
    default:
      return std::nullopt;
  }
}

class TagReader {
 public:
  TagReader(Cursor file, DmFile& result) : file_(file), result_(result) {}

  void read() {
    const auto version = file_.big<std::int32_t>("the version");
    if (version != 3 && version != 4)
      file_.fail_at(0, fmt::format("DigitalMicrograph version {} is not known", version));
    result_.version = version;
    read_count("the file's length");  // often wrong, never needed
    const auto order = file_.big<std::int32_t>("the byte order");
    if (order != 0 && order != 1) file_.fail(fmt::format("byte order {} is not known", order));
    result_.order = order == 1 ? std::endian::little : std::endian::big;
    read_group(result_.root, 0);
  }

 private:
  // int32 in version 3, int64 in version 4.
  std::uint64_t read_count(std::string_view field) {
    if (result_.version == 3) return file_.big<std::uint32_t>(field);
    return file_.big<std::uint64_t>(field);
  }

  void read_group(DmTag& group, int depth) {
    if (depth > most_groups_deep) file_.fail("groups are nested too deep");
    file_.take(2, "a group's flags");
    const std::uint64_t count = read_count("a group's number of entries");
    file_.require_items(count, 3, "a group's number of entries");
    for (std::uint64_t i = 0; i < count; ++i) {
      if (++tags_ > max_tags) file_.fail("there are more than 2^18 tags");
      const auto kind = file_.big<std::uint8_t>("an entry's kind");
      if (kind != 20 && kind != 21)
        file_.fail(fmt::format("an entry is neither group nor value, but {}", kind));
      const auto length = file_.big<std::uint16_t>("a name's length");
      DmTag tag;
      tag.name = to_utf8(file_.take_text(length, "a name"));
      if (result_.version == 4) file_.take(8, "an entry's length");
      if (kind == 20)
        read_group(tag, depth + 1);
      else
        read_value(tag);
      group.children.push_back(std::move(tag));
    }
  }

  void read_value(DmTag& tag) {
    if (file_.take_text(4, "a value's mark") != "%%%%")
      file_.fail("a value does not begin with %%%%");
    const std::uint64_t count = read_count("a value's description");
    if (count > max_descriptors)
      file_.fail(fmt::format("a value is described by {} numbers", count));
    descriptors_.clear();
    for (std::uint64_t i = 0; i < count; ++i)
      descriptors_.push_back(read_count("a value's description"));
    position_ = 0;
    const std::uint64_t size = read_type(tag, 0);
    if (position_ != descriptors_.size()) file_.fail("a value's description is too long");
    tag.offset = file_.offset();
    const std::string field = fmt::format("value `{}`", tag.name);
    tag.data = size > largest_fact ? file_.pass(size, field) : file_.take(size, field);
  }

  std::uint64_t next_descriptor() {
    if (position_ >= descriptors_.size()) file_.fail("a value's description is too short");
    return descriptors_[position_++];
  }

  // Bytes of what the next descriptors describe; sets kind and fields.
  std::uint64_t read_type(DmTag& tag, int depth) {
    if (depth > 4) file_.fail("a value's type is nested too deep");
    const std::uint64_t type = next_descriptor();
    if (type == structure_type) return read_structure(tag);
    if (type == text_type) {
      tag.kind = DmTag::Kind::text;
      tag.fields = {Element::u16};
      return next_descriptor();
    }
    if (type == array_type) {
      DmTag item;
      const std::uint64_t size = read_type(item, depth + 1);
      tag.kind = item.kind == DmTag::Kind::number ? DmTag::Kind::array : DmTag::Kind::other;
      tag.fields = std::move(item.fields);
      return saturated_product(size, next_descriptor());
    }
    const auto element = element_of_tag(type);
    if (!element) file_.fail(fmt::format("type {} of a value is not known", type));
    tag.kind = DmTag::Kind::number;
    tag.fields = {*element};
    return size_of(*element);
  }

  std::uint64_t read_structure(DmTag& tag) {
    tag.kind = DmTag::Kind::structure;
    if (next_descriptor() != 0) file_.fail("a structure has a name");
    const std::uint64_t count = next_descriptor();
    std::uint64_t bytes = 0;
    for (std::uint64_t i = 0; i < count; ++i) {  // ends with the descriptors at the latest
      if (next_descriptor() != 0) file_.fail("a structure's field has a name");
      const auto element = element_of_tag(next_descriptor());
      if (!element) file_.fail("a structure's field is no number");
      tag.fields.push_back(*element);
      bytes += size_of(*element);
    }
    return bytes;
  }

  Cursor file_;
  DmFile& result_;
  std::size_t tags_ = 0;
  std::vector<std::uint64_t> descriptors_;
  std::size_t position_ = 0;
};

}  // namespace

const DmTag* DmTag::find(std::string_view path) const {
  const DmTag* tag = this;
  while (!path.empty() && tag) {
    const std::string_view wanted = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), wanted.size() + 1));
    std::size_t index = tag->children.size();
    if (wanted.starts_with('#')) {
      std::from_chars(wanted.data() + 1, wanted.data() + wanted.size(), index);
    } else {
      const auto found = std::find_if(tag->children.begin(), tag->children.end(),
                                      [&](const DmTag& child) { return child.name == wanted; });
      index = std::size_t(found - tag->children.begin());
    }
    tag = index < tag->children.size() ? &tag->children[index] : nullptr;
  }
  return tag;
}

double number_of(const DmTag& tag, std::endian order) {
  if (tag.fields[0] == Element::f32) return as_typed(load<float>(tag.data.data(), order));
  double value = 0.0;
  to_doubles(tag.data, tag.fields[0], order, std::span(&value, 1));
  return value;
}

std::string text_of(const DmTag& tag, std::endian order) {
  std::u16string units;
  for (std::size_t at = 0; at + 2 <= tag.data.size(); at += 2)
    units += char16_t(load<std::uint16_t>(tag.data.data() + at, order));
  return utf16_to_utf8(units);
}

std::optional<double> DmFile::number(const DmTag& from, std::string_view path) const {
  const DmTag* tag = from.find(path);
  if (!tag || tag->kind != DmTag::Kind::number) return std::nullopt;
  return number_of(*tag, order);
}

std::string DmFile::text(const DmTag& from, std::string_view path) const {
  const DmTag* tag = from.find(path);
  const bool is_text = tag && (tag->kind == DmTag::Kind::text ||
                               (tag->kind == DmTag::Kind::array && tag->fields[0] == Element::u16));
  return is_text && tag->data.size() <= largest_fact ? text_of(*tag, order) : std::string();
}

DmFile parse_dm(Cursor file) {
  DmFile result;
  TagReader(file, result).read();
  return result;
}

}  // namespace whiteline::io
