#include "io/axes.hpp"
#include "io/dm.hpp"

namespace whiteline::io {

namespace {

constexpr std::size_t longest_list = 16;    // numbers
constexpr std::size_t longest_text = 4096;  // UTF-16 units

Json list_of(const DmTag& tag, std::endian order) {
  Json list = Json::array();
  std::size_t at = 0, field = 0;
  while (at < tag.data.size()) {
    const Element element = tag.fields[field];
    DmTag one;
    one.fields = {element};
    one.data = tag.data.subspan(at, size_of(element));
    list.push_back(number_of(one, order));
    at += size_of(element);
    field = (field + 1) % tag.fields.size();
  }
  return list;
}

// Null for what is too large to be a fact about the spectrum.
Json json_of(const DmTag& tag, std::endian order) {
  switch (tag.kind) {
    case DmTag::Kind::number: {
      if (is_real(tag.fields[0])) return number_of(tag, order);
      if (tag.fields[0] == Element::u64) return load<std::uint64_t>(tag.data.data(), order);
      if (tag.fields[0] == Element::i64) return load<std::int64_t>(tag.data.data(), order);
      return std::int64_t(number_of(tag, order));
    }
    case DmTag::Kind::structure:
      return tag.fields.size() <= longest_list ? list_of(tag, order) : Json();
    case DmTag::Kind::text:
      return tag.data.size() <= 2 * longest_text ? Json(text_of(tag, order)) : Json();
    case DmTag::Kind::array:
      if (tag.fields[0] == Element::u16)
        return tag.data.size() <= 2 * longest_text ? Json(text_of(tag, order)) : Json();
      return tag.data.size() <= longest_list * size_of(tag.fields[0]) ? list_of(tag, order)
                                                                      : Json();
    case DmTag::Kind::other:
      return {};
    case DmTag::Kind::group:
      break;
  }
  Json group = Json::object();
  for (std::size_t i = 0; i < tag.children.size(); ++i) {
    const DmTag& child = tag.children[i];
    Json value = json_of(child, order);
    if (value.is_null() || (value.is_object() && value.empty())) continue;
    group[child.name.empty() ? fmt::format("#{}", i) : child.name] = std::move(value);
  }
  return group;
}

}  // namespace

Json dm_metadata(const DmFile& file, const DmTag& image, const std::string& title) {
  const std::string conditions = "ImageTags/EELS/Experimental Conditions/";
  Acquisition facts{.title = title};
  const std::string signal = file.text(image, "ImageTags/Meta Data/Signal");
  facts.signal_type = signal.empty() && image.find("ImageTags/EELS") ? "EELS" : signal;
  facts.beam_energy = file.number(image, "ImageTags/Microscope Info/Voltage").value_or(0.0) / 1000;
  facts.convergence_angle =
      file.number(image, conditions + "Convergence semi-angle (mrad)").value_or(0.0);
  facts.collection_angle =
      file.number(image, conditions + "Collection semi-angle (mrad)").value_or(0.0);
  Json metadata = metadata_tree(facts);
  for (const char* part : {"ImageTags", "ImageData/Calibrations"})
    if (const DmTag* tag = image.find(part))
      metadata["original_metadata"][tag->name] = json_of(*tag, file.order);
  return metadata;
}

}  // namespace whiteline::io
