#include "hdf5/layouts.hpp"

#include <fmt/format.h>

namespace whiteline::hdf5 {

FileDescription describe_file(hid_t file, const std::string& member, std::vector<Dataset>& arrays) {
  if (!member.empty()) return {"array", describe_array(file, member, arrays)};
  if (is_hyperspy(file)) return {"hspy", describe_experiments(file, arrays)};
  if (is_nion(file)) return {"nion", describe_data_items(file, arrays)};
  throw NotHere(
      fmt::format("it is no file of HyperSpy or Nion Swift, but has {}", list_arrays(file)));
}

hsize_t link_count(hid_t group) {
  H5G_info_t info{};
  return H5Gget_info(group, &info) < 0 ? 0 : info.nlinks;
}

std::string link_at(hid_t group, hsize_t index) {
  char name[1024] = {};
  const ssize_t length = H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, index, name,
                                            sizeof name, H5P_DEFAULT);
  return length > 0 ? name : "";
}

}  // namespace whiteline::hdf5
