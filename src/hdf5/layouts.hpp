// The trees of HDF5 that are known: each becomes a list of descriptions (io/hspy_protocol.hpp) and
// the datasets that may be read.
#pragma once

#include <string>
#include <vector>

#include "hdf5/dataset.hpp"

namespace whiteline::hdf5 {

struct FileDescription {
  std::string layout;
  Json experiments;
};
// The array `member`, or, when that is empty, all experiments or data items of the file.
FileDescription describe_file(hid_t file, const std::string& member, std::vector<Dataset>& arrays);

bool is_hyperspy(hid_t file);  // has a group `Experiments`
Json describe_experiments(hid_t file, std::vector<Dataset>& arrays);

// Nion Swift's: a dataset `data`, or a group `data` of datasets, with an attribute `properties`.
bool is_nion(hid_t file);
Json describe_data_items(hid_t file, std::vector<Dataset>& arrays);

// One array by its path. Axes are looked for beside it: NeXus' attribute `axes` of the group, or
// the arrays dim1, dim2, ... of Berkeley's EMD.
Json describe_array(hid_t file, const std::string& member, std::vector<Dataset>& arrays);
// Arrays of numbers in the file, to choose from: "/entry/data (2 x 3 x 40), ...".
std::string list_arrays(hid_t file);

// The link's name, and nothing when HDF5 cannot tell.
std::string link_at(hid_t group, hsize_t index);
hsize_t link_count(hid_t group);

}  // namespace whiteline::hdf5
