// Groups with attributes as JSON, and back, by HyperSpy's conventions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "hdf5/handle.hpp"
#include "io/json.hpp"

namespace whiteline::hdf5 {

using io::Json;

// How much of a file's metadata is read at most.
struct TreeBudget {
  std::size_t nodes = 50'000;
};

// The attribute as number, text, truth value or short list; null for anything else or none.
Json read_attribute(hid_t object, const std::string& name);

// The numbers of a one-dimensional dataset of this many (below 65,536); null for anything else.
Json read_list(hid_t group, const std::string& name, std::uint64_t size);

Json read_attributes(hid_t object, TreeBudget& budget);

// Attributes, groups and small datasets; null members are left out.
Json read_tree(hid_t group, TreeBudget& budget, int depth = 0);

void write_attribute(hid_t object, const std::string& name, const Json& value);
void write_truth(hid_t object, const std::string& name, bool value);  // as h5py writes bool
// Objects as groups, null as "_None_". Lists of numbers or of texts as HyperSpy writes them, other
// lists as one JSON text.
void write_tree(hid_t group, const Json& tree);

Group create_group(hid_t parent, const std::string& name);
std::string link_name(std::string name);  // without the slash, which HDF5 reserves

}  // namespace whiteline::hdf5
