#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "hdf5/answer.hpp"
#include "hdf5/tree.hpp"
#include "hdf5/work.hpp"
#include "io/hspy_protocol.hpp"
#include "io/safetensors_header.hpp"

namespace whiteline::hdf5 {

namespace {

constexpr hsize_t max_experiments = 256;
constexpr int max_dimensions = 8;
constexpr std::uint64_t max_deflate_ratio = 1032;
constexpr std::uint64_t mebibyte = 1 << 20;

// A dataset whose numbers will be asked for once all sizes are known.
struct Pending {
  Dataset dataset;
  io::TensorEntry tensor;
};

std::string unsupported_type(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
    case H5T_FLOAT:
      return {};
    case H5T_COMPOUND:
      return "its data are complex numbers or structures";
    case H5T_STRING:
      return "its data are text";
    case H5T_VLEN:
      return "its spectra have different lengths";
    default:
      return "its data are of a type that is not supported";
  }
}

// Data in other files are not followed; sizes must be such that the stored bytes can hold them.
std::string refused_storage(const Dataset& dataset, std::uint64_t bytes) {
  const PropertyList creation(H5Dget_create_plist(dataset));
  if (!creation.valid()) throw Problem("HDF5 cannot tell how the data are stored");
  if (H5Pget_layout(creation) == H5D_VIRTUAL || H5Pget_external_count(creation) > 0)
    return "its data lie in other files";
  const std::uint64_t stored = H5Dget_storage_size(dataset);
  if (bytes > 64 * mebibyte && bytes / max_deflate_ratio > stored)
    throw Problem("the data say more than the file can hold");
  return {};
}

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
  for (const char* key : {"name", "units", "scale", "offset", "navigate"}) {
    const Json value = read_attribute(found, key);
    const bool is_text = std::string_view(key) == "name" || std::string_view(key) == "units";
    if (is_text ? value.is_string() : value.is_number() || value.is_boolean()) axis[key] = value;
  }
  if (axis.contains("navigate") && !axis["navigate"].is_boolean())
    axis["navigate"] = axis["navigate"] != 0;
  if (H5Lexists(found, "axis", H5P_DEFAULT) > 0) {
    const Dataset list(H5Dopen2(found, "axis", H5P_DEFAULT));
    const Space space(list.valid() ? H5Dget_space(list) : -1);
    if (space.valid() && H5Sget_simple_extent_npoints(space) == hssize_t(size) && size < 65536) {
      std::vector<double> energies(size);
      if (H5Dread(list, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, energies.data()) >= 0)
        axis["energies"] = energies;
    }
  }
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

Json read_experiment(hid_t group, std::vector<Pending>& pending) {
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
  const Type type(H5Dget_type(dataset));
  const Space space(H5Dget_space(dataset));
  const int dimensions = H5Sget_simple_extent_ndims(space);
  if (!type.valid() || dimensions < 0) throw Problem("HDF5 cannot tell the shape of the data");
  std::string reason = unsupported_type(type);
  if (reason.empty() && (dimensions < 1 || dimensions > max_dimensions))
    reason = fmt::format("its data have {} dimensions", dimensions);
  if (reason.empty()) {
    const bool wide = H5Tget_class(type) == H5T_FLOAT && H5Tget_size(type) == 8;
    io::TensorEntry tensor{"", wide ? io::Element::f64 : io::Element::f32, {}};
    std::vector<hsize_t> extents(static_cast<std::size_t>(dimensions));
    H5Sget_simple_extent_dims(space, extents.data(), nullptr);
    tensor.shape.assign(extents.begin(), extents.end());
    reason = refused_storage(dataset, io::bytes_of(tensor));
    for (int d = 0; d < dimensions; ++d)
      found["axes"].push_back(read_axis(group, d, tensor.shape[std::size_t(d)]));
    tensor.name = fmt::format("data{}", pending.size());
    found["tensor"] = tensor.name;
    if (reason.empty()) pending.push_back({std::move(dataset), std::move(tensor)});
  }
  if (!reason.empty()) found["unsupported"] = reason;
  return found;
}

Json read_experiments(hid_t file, std::vector<Pending>& pending) {
  const Group all(H5Gopen2(file, "Experiments", H5P_DEFAULT));
  if (!all.valid()) throw Problem("it has no group `Experiments`: it is no file of HyperSpy");
  H5G_info_t info{};
  check(H5Gget_info(all, &info), "list the experiments");
  if (info.nlinks > max_experiments) throw Problem("it holds more than 256 experiments");
  Json experiments = Json::array();
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    char name[1024] = {};
    if (H5Lget_name_by_idx(all, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name,
                           H5P_DEFAULT) <= 0)
      throw Problem("HDF5 cannot list the experiments");
    const auto group =
        checked(Group(H5Gopen2(all, name, H5P_DEFAULT)), fmt::format("open experiment `{}`", name));
    Json experiment = read_experiment(group, pending);
    experiment["name"] = name;
    experiments.push_back(std::move(experiment));
  }
  return experiments;
}

}  // namespace

void read_file(const char* path, int answer, std::uint64_t limit) {
  const File file(H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT));
  if (!file.valid()) throw Problem("the HDF5 library cannot open it");
  std::vector<Pending> pending;
  const Json experiments = read_experiments(file, pending);
  // Wider numbers first, so that all are aligned.
  std::stable_sort(pending.begin(), pending.end(), [](const Pending& a, const Pending& b) {
    return size_of(a.tensor.element) > size_of(b.tensor.element);
  });
  std::vector<io::TensorEntry> tensors;
  for (const Pending& one : pending) tensors.push_back(one.tensor);
  Answer out(answer,
             {{io::hspy::experiments_key,
               experiments.dump(-1, ' ', false, Json::error_handler_t::replace)}},
             tensors, limit);
  for (std::size_t i = 0; i < pending.size(); ++i) {
    const hid_t type =
        tensors[i].element == io::Element::f64 ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT;
    check(H5Dread(pending[i].dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data(i)),
          "read the data: they are damaged, or of an unknown compression");
  }
  out.finish();
}

}  // namespace whiteline::hdf5
