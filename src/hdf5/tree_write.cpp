#include <algorithm>
#include <cstdint>
#include <vector>

#include "hdf5/tree.hpp"

namespace whiteline::hdf5 {

namespace {

void write_scalar(hid_t object, const std::string& name, hid_t type, const void* value) {
  const Space space(H5Screate(H5S_SCALAR));
  if (H5Aexists(object, name.c_str()) > 0) check(H5Adelete(object, name.c_str()), "replace");
  const auto attribute =
      checked(Attribute(H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT)),
              "make attribute `" + name + "`");
  check(H5Awrite(attribute, type, value), "write an attribute");
}

Type text_type() {
  Type type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

void write_text(hid_t object, const std::string& name, const std::string& text) {
  const char* start = text.c_str();
  write_scalar(object, name, text_type(), &start);
}

bool all_of(const Json& list, bool (*is)(const Json&)) {
  return std::all_of(list.begin(), list.end(), is);
}

void write_list(hid_t group, const std::string& name, hid_t type, const void* values,
                std::size_t count) {
  const hsize_t extent = count;
  const Space space(H5Screate_simple(1, &extent, nullptr));
  const PropertyList creation(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_obj_track_times(creation, false);
  const PropertyList names(H5Pcreate(H5P_LINK_CREATE));
  H5Pset_char_encoding(names, H5T_CSET_UTF8);
  auto dataset =
      checked(Dataset(H5Dcreate2(group, name.c_str(), type, space, names, creation, H5P_DEFAULT)),
              "make list `" + name + "`");
  check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "write a list");
  check(H5Dclose(dataset.release()), "write a list");
}

// A list as HyperSpy writes it: an array `_list_key`, or a mark that there is nothing in it. False
// for a list of anything but numbers or texts.
bool write_list(hid_t group, const std::string& key, const Json& list) {
  const std::string name = link_name("_list_" + key);
  if (list.empty()) {
    write_text(group, link_name("_list_empty_" + key), "_None_");
    return true;
  }
  if (H5Lexists(group, name.c_str(), H5P_DEFAULT) > 0) return true;
  if (all_of(list, [](const Json& value) { return value.is_string(); })) {
    std::vector<const char*> texts;
    for (const Json& value : list) texts.push_back(value.get_ref<const std::string&>().c_str());
    write_list(group, name, text_type(), texts.data(), texts.size());
    return true;
  }
  if (all_of(list, [](const Json& value) { return value.is_number_integer(); })) {
    const auto numbers = list.get<std::vector<std::int64_t>>();
    write_list(group, name, H5T_NATIVE_INT64, numbers.data(), numbers.size());
    return true;
  }
  if (!all_of(list, [](const Json& value) { return value.is_number(); })) return false;
  const auto numbers = list.get<std::vector<double>>();
  write_list(group, name, H5T_NATIVE_DOUBLE, numbers.data(), numbers.size());
  return true;
}

}  // namespace

std::string link_name(std::string name) {
  std::replace(name.begin(), name.end(), '/', '|');
  name.resize(std::min(name.find('\0'), name.size()));
  return name.empty() || name == "." ? "_" : name;
}

Group create_group(hid_t parent, const std::string& name) {
  const PropertyList names(H5Pcreate(H5P_LINK_CREATE));
  H5Pset_char_encoding(names, H5T_CSET_UTF8);
  return checked(
      Group(H5Gcreate2(parent, link_name(name).c_str(), names, H5P_DEFAULT, H5P_DEFAULT)),
      "make group `" + name + "`");
}

void write_truth(hid_t object, const std::string& name, bool value) {
  const Type type(H5Tenum_create(H5T_NATIVE_INT8));
  const std::int8_t no = 0, yes = 1, stored = value;
  H5Tenum_insert(type, "FALSE", &no);
  H5Tenum_insert(type, "TRUE", &yes);
  write_scalar(object, name, type, &stored);
}

void write_attribute(hid_t object, const std::string& name, const Json& value) {
  const std::string link = link_name(name);
  if (value.is_boolean()) return write_truth(object, link, value.get<bool>());
  if (value.is_number_float()) {
    const double number = value.get<double>();
    return write_scalar(object, link, H5T_NATIVE_DOUBLE, &number);
  }
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) {
    const auto number = value.get<std::uint64_t>();
    return write_scalar(object, link, H5T_NATIVE_UINT64, &number);
  }
  if (value.is_number()) {
    const auto number = value.get<std::int64_t>();
    return write_scalar(object, link, H5T_NATIVE_INT64, &number);
  }
  if (value.is_null()) return write_text(object, link, "_None_");
  write_text(object, link, value.is_string() ? value.get<std::string>() : value.dump());
}

void write_tree(hid_t group, const Json& tree) {
  for (const auto& [key, value] : tree.items()) {
    if (value.is_array() && write_list(group, key, value)) continue;
    if (!value.is_object()) {
      write_attribute(group, key, value);
      continue;
    }
    if (H5Lexists(group, link_name(key).c_str(), H5P_DEFAULT) > 0) continue;
    write_tree(create_group(group, key), value);
  }
}

}  // namespace whiteline::hdf5
