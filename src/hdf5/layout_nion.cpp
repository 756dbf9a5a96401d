#include <fmt/format.h>

#include "hdf5/layouts.hpp"
#include "hdf5/tree.hpp"

namespace whiteline::hdf5 {

namespace {

constexpr hsize_t max_items = 256;

class DataNode {
 public:
  explicit DataNode(hid_t file) {
    if (H5Lexists(file, "data", H5P_DEFAULT) <= 0) return;
    const hid_t object = H5Oopen(file, "data", H5P_DEFAULT);
    if (H5Iget_type(object) == H5I_DATASET) dataset_ = Dataset(object);
    if (H5Iget_type(object) == H5I_GROUP) group_ = Group(object);
  }
  Dataset& dataset() { return dataset_; }
  const Group& group() const { return group_; }

 private:
  Dataset dataset_;
  Group group_;
};

bool has_properties(hid_t dataset) { return H5Aexists(dataset, "properties") > 0; }

Json describe_item(Dataset dataset, const std::string& name, std::vector<Dataset>& arrays) {
  Json item = {{"name", name}, {"properties", read_attribute(dataset, "properties")}};
  if (!item["properties"].is_string()) throw Problem("its attribute `properties` is no text");
  describe_dataset(std::move(dataset), item, arrays);
  return item;
}

}  // namespace

bool is_nion(hid_t file) {
  DataNode data(file);
  if (data.dataset().valid()) return has_properties(data.dataset());
  if (!data.group().valid() || link_count(data.group()) == 0) return false;
  const Dataset first(H5Dopen2(data.group(), link_at(data.group(), 0).c_str(), H5P_DEFAULT));
  return first.valid() && has_properties(first);
}

Json describe_data_items(hid_t file, std::vector<Dataset>& arrays) {
  DataNode data(file);
  Json items = Json::array();
  if (data.dataset().valid()) {
    items.push_back(describe_item(std::move(data.dataset()), "data", arrays));
    return items;
  }
  const hsize_t count = link_count(data.group());
  if (count > max_items) throw Problem("it holds more than 256 data items");
  for (hsize_t i = 0; i < count; ++i) {
    const std::string name = link_at(data.group(), i);
    auto item = checked(Dataset(H5Dopen2(data.group(), name.c_str(), H5P_DEFAULT)),
                        fmt::format("open data item `{}`", name));
    if (has_properties(item)) items.push_back(describe_item(std::move(item), name, arrays));
  }
  return items;
}

}  // namespace whiteline::hdf5
