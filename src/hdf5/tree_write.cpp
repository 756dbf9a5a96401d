#include <algorithm>
#include <cstdint>

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

void write_text(hid_t object, const std::string& name, const std::string& text) {
  const Type type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  const char* start = text.c_str();
  write_scalar(object, name, type, &start);
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
    if (!value.is_object()) {
      write_attribute(group, key, value);
      continue;
    }
    if (H5Lexists(group, link_name(key).c_str(), H5P_DEFAULT) > 0) continue;
    write_tree(create_group(group, key), value);
  }
}

}  // namespace whiteline::hdf5
