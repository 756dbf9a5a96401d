#include <fmt/format.h>

#include <algorithm>

#include "hdf5/layouts.hpp"
#include "hdf5/tree.hpp"

namespace whiteline::hdf5 {

namespace {

constexpr hsize_t max_experiments = 256;

Json read_axis(hid_t group, int index, std::uint64_t size) {
  Json axis = {{"name", fmt::format("axis {}", index)},
               {"units", ""},
               {"scale", 1.0},
               {"offset", 0.0},
               {"size", size}};
  const std::string name = fmt::format("axis-{}", index);
  if (H5Lexists(group, name.c_str(), H5P_DEFAULT) <= 0) return axis;
  const Group found(H5Gopen2(group, name.c_str(), H5P_DEFAULT));
  if (!found.valid()) return axis;
  for (const char* key : {"name", "units", "_type", "scale", "offset", "navigate"}) {
    const Json value = read_attribute(found, key);
    const bool is_number = std::string_view(key) == "scale" || std::string_view(key) == "offset";
    if (std::string_view(key) == "navigate" ? value.is_boolean() || value.is_number()
        : is_number                         ? value.is_number()
                                            : value.is_string())
      axis[std::string_view(key) == "_type" ? "type" : key] = value;
  }
  if (axis.contains("navigate") && !axis["navigate"].is_boolean())
    axis["navigate"] = axis["navigate"] != 0;
  if (Json energies = read_list(found, "axis", size); !energies.is_null())
    axis["energies"] = std::move(energies);
  return axis;
}

Json read_group(hid_t parent, std::initializer_list<const char*> names, TreeBudget& budget) {
  for (const char* name : names) {
    if (H5Lexists(parent, name, H5P_DEFAULT) <= 0) continue;
    const Group group(H5Gopen2(parent, name, H5P_DEFAULT));
    if (group.valid()) return read_tree(group, budget);
  }
  return Json::object();
}

Json describe_experiment(hid_t group, std::vector<Dataset>& arrays) {
  TreeBudget budget;
  Json found = {{"metadata", read_group(group, {"metadata", "mapped_parameters"}, budget)},
                {"original_metadata",
                 read_group(group, {"original_metadata", "original_parameters"}, budget)},
                {"axes", Json::array()}};
  Dataset dataset(H5Dopen2(group, "data", H5P_DEFAULT));
  if (!dataset.valid()) {
    found["unsupported"] = "an experiment has no array `data`";
    return found;
  }
  describe_dataset(std::move(dataset), found, arrays);
  for (std::size_t d = 0; d < found["shape"].size(); ++d)
    found["axes"].push_back(read_axis(group, int(d), found["shape"][d]));
  return found;
}

}  // namespace

bool is_hyperspy(hid_t file) { return H5Lexists(file, "Experiments", H5P_DEFAULT) > 0; }

Json describe_experiments(hid_t file, std::vector<Dataset>& arrays) {
  const auto all = checked(Group(H5Gopen2(file, "Experiments", H5P_DEFAULT)), "open `Experiments`");
  const hsize_t count = link_count(all);
  if (count > max_experiments) throw Problem("it holds more than 256 experiments");
  Json experiments = Json::array();
  for (hsize_t i = 0; i < count; ++i) {
    const std::string name = link_at(all, i);
    if (name.empty()) throw Problem("HDF5 cannot list the experiments");
    const auto group = checked(Group(H5Gopen2(all, name.c_str(), H5P_DEFAULT)),
                               fmt::format("open experiment `{}`", name));
    Json experiment = describe_experiment(group, arrays);
    experiment["name"] = name;
    experiments.push_back(std::move(experiment));
  }
  return experiments;
}

}  // namespace whiteline::hdf5
