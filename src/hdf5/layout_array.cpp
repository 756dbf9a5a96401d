#include <fmt/format.h>

#include <algorithm>

#include "hdf5/layouts.hpp"
#include "hdf5/tree.hpp"

namespace whiteline::hdf5 {

namespace {

constexpr int max_depth = 16;
constexpr std::size_t max_listed = 12;

// The names of the arrays that hold the axes: NeXus' (`axes` of the group, a list or a text with
// colons), else Berkeley's.
std::vector<std::string> axis_names(hid_t group, std::size_t dimensions) {
  std::vector<std::string> names;
  const Json axes = read_attribute(group, "axes");
  if (axes.is_array())
    for (const Json& name : axes) names.push_back(name.is_string() ? name.get<std::string>() : "");
  if (axes.is_string()) {
    std::string rest = axes.get<std::string>();
    for (std::size_t end; (end = rest.find(':')) != std::string::npos; rest.erase(0, end + 1))
      names.push_back(rest.substr(0, end));
    names.push_back(rest);
  }
  if (names.size() == dimensions) return names;
  names.clear();
  for (std::size_t d = 0; d < dimensions; ++d) names.push_back(fmt::format("dim{}", d + 1));
  return names;
}

Json array_axis(hid_t group, const std::string& name, std::uint64_t size) {
  Json axis = {{"name", ""}, {"units", ""}, {"scale", 1.0}, {"offset", 0.0}, {"size", size}};
  if (name.empty() || name == "." || H5Lexists(group, name.c_str(), H5P_DEFAULT) <= 0) return axis;
  const Dataset dataset(H5Dopen2(group, name.c_str(), H5P_DEFAULT));
  if (!dataset.valid()) return axis;
  axis["name"] = name;
  for (const char* key : {"name", "units"})
    if (Json text = read_attribute(dataset, key); text.is_string()) axis[key] = std::move(text);
  // "[e_V]", as Berkeley's EMD writes it
  std::string units = axis["units"].get<std::string>();
  std::erase_if(units, [](char c) { return c == '[' || c == ']' || c == '_'; });
  axis["units"] = units;
  if (Json numbers = read_list(group, name, size); !numbers.is_null())
    axis["energies"] = std::move(numbers);
  return axis;
}

void list_arrays(hid_t group, const std::string& prefix, std::vector<std::string>& found,
                 int depth) {
  const hsize_t count = depth < max_depth ? link_count(group) : 0;
  for (hsize_t i = 0; i < count && found.size() <= max_listed; ++i) {
    const std::string name = link_at(group, i);
    const hid_t object = name.empty() ? -1 : H5Oopen(group, name.c_str(), H5P_DEFAULT);
    if (object < 0) continue;
    const std::string path = prefix + "/" + name;
    if (H5Iget_type(object) == H5I_GROUP) {
      list_arrays(Group(object), path, found, depth + 1);
    } else if (H5Iget_type(object) == H5I_DATASET) {
      std::vector<Dataset> arrays;
      Json description;
      describe_dataset(Dataset(object), description, arrays);
      if (arrays.empty()) continue;
      std::string shape;
      for (const Json& extent : description["shape"])
        shape += fmt::format("{}{}", shape.empty() ? "" : " x ", extent.get<std::uint64_t>());
      found.push_back(fmt::format("{} ({})", path, shape));
    } else {
      H5Oclose(object);
    }
  }
}

}  // namespace

Json describe_array(hid_t file, const std::string& member, std::vector<Dataset>& arrays) {
  Dataset dataset(H5Dopen2(file, member.c_str(), H5P_DEFAULT));
  if (!dataset.valid())
    throw NotHere(fmt::format("it has no array `{}`, but: {}", member, list_arrays(file)));
  const std::size_t slash = member.rfind('/');
  const std::string folder =
      slash == std::string::npos || slash == 0 ? "/" : member.substr(0, slash);
  TreeBudget budget;
  Json array = {{"name", member.substr(slash + 1)},  // npos + 1 is 0
                {"axes", Json::array()},
                {"original_metadata", read_attributes(dataset, budget)}};
  describe_dataset(std::move(dataset), array, arrays);
  const Group group(H5Gopen2(file, folder.c_str(), H5P_DEFAULT));
  const auto names = axis_names(group, array["shape"].size());
  for (std::size_t d = 0; d < names.size(); ++d)
    array["axes"].push_back(array_axis(group, names[d], array["shape"][d]));
  return Json::array({array});
}

std::string list_arrays(hid_t file) {
  std::vector<std::string> found;
  const Group root(H5Gopen2(file, "/", H5P_DEFAULT));
  list_arrays(root, "", found, 0);
  if (found.empty()) return "no array of numbers";
  std::string text;
  for (std::size_t i = 0; i < std::min(found.size(), max_listed); ++i)
    text += (i ? ", " : "") + found[i];
  return found.size() > max_listed ? text + ", ..." : text;
}

}  // namespace whiteline::hdf5
