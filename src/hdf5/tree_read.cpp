#include <algorithm>
#include <cstring>
#include <vector>

#include "hdf5/tree.hpp"
#include "io/utf8.hpp"

namespace whiteline::hdf5 {

namespace {

constexpr int max_depth = 32;
constexpr hssize_t longest_list = 4096;
constexpr std::size_t longest_text = 1 << 20;

// Numbers, texts and truth values are read from attributes and datasets alike.
struct Source {
  Type type;
  Space space;
  hid_t attribute = -1, dataset = -1;

  bool read(hid_t memory_type, void* out) const {
    return (attribute >= 0
                ? H5Aread(attribute, memory_type, out)
                : H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out)) >= 0;
  }
};

Json listed(std::vector<Json> values, bool scalar) {
  if (scalar && values.size() == 1) return std::move(values[0]);
  return values;
}

Json read_texts(const Source& source, std::size_t count, bool scalar) {
  std::vector<Json> texts;
  if (H5Tis_variable_str(source.type) > 0) {
    const Type memory(H5Tcopy(H5T_C_S1));
    H5Tset_size(memory, H5T_VARIABLE);
    H5Tset_cset(memory, H5Tget_cset(source.type));
    std::vector<char*> found(count, nullptr);
    if (!source.read(memory, found.data())) return {};
    for (const char* text : found)
      texts.emplace_back(text ? io::to_utf8({text, strnlen(text, longest_text)}) : "");
    H5Dvlen_reclaim(memory, source.space, H5P_DEFAULT, found.data());
    return listed(std::move(texts), scalar);
  }
  const std::size_t size = H5Tget_size(source.type);
  if (size == 0 || size > longest_text || count > longest_text / size) return {};
  std::string bytes(count * size, '\0');
  if (!source.read(source.type, bytes.data())) return {};
  for (std::size_t i = 0; i < count; ++i) {
    std::string text = io::to_utf8(std::string_view(bytes).substr(i * size, size));
    if (H5Tget_strpad(source.type) == H5T_STR_SPACEPAD) text.resize(text.find_last_not_of(' ') + 1);
    texts.emplace_back(std::move(text));
  }
  return listed(std::move(texts), scalar);
}

template <class T>
Json read_numbers(const Source& source, hid_t memory_type, std::size_t count, bool scalar) {
  std::vector<T> numbers(count);
  if (!source.read(memory_type, numbers.data())) return {};
  return listed({numbers.begin(), numbers.end()}, scalar);
}

// h5py writes truth values as an enumeration of FALSE and TRUE over int8.
Json read_truths(const Source& source, std::size_t count, bool scalar) {
  const Type super(H5Tget_super(source.type));
  if (H5Tget_size(super) != 1 || H5Tget_nmembers(source.type) != 2) return {};
  std::vector<signed char> values(count);
  if (!source.read(source.type, values.data())) return {};
  std::vector<Json> truths;
  for (const signed char value : values) truths.emplace_back(value != 0);
  return listed(std::move(truths), scalar);
}

Json read_value(const Source& source, bool one_is_scalar = true) {
  if (!source.type.valid() || !source.space.valid()) return {};
  const H5S_class_t shape = H5Sget_simple_extent_type(source.space);
  if (shape == H5S_NULL) return {};
  const hssize_t count = H5Sget_simple_extent_npoints(source.space);
  if (count < 1 || count > longest_list) return {};
  const bool scalar = shape == H5S_SCALAR || (count == 1 && one_is_scalar);
  switch (H5Tget_class(source.type)) {
    case H5T_STRING:
      return read_texts(source, std::size_t(count), scalar);
    case H5T_FLOAT:
      return read_numbers<double>(source, H5T_NATIVE_DOUBLE, std::size_t(count), scalar);
    case H5T_INTEGER:
      if (H5Tget_sign(source.type) == H5T_SGN_NONE)
        return read_numbers<unsigned long long>(source, H5T_NATIVE_ULLONG, std::size_t(count),
                                                scalar);
      return read_numbers<long long>(source, H5T_NATIVE_LLONG, std::size_t(count), scalar);
    case H5T_ENUM:
      return read_truths(source, std::size_t(count), scalar);
    default:
      return {};
  }
}

Json read_attribute(hid_t id) {
  Source source{Type(H5Aget_type(id)), Space(H5Aget_space(id)), id, -1};
  return read_value(source);
}

std::string name_of(const Attribute& attribute) {
  char name[1024] = {};
  return H5Aget_name(attribute, sizeof name, name) > 0 ? io::to_utf8(name) : std::string();
}

// "_list_empty_key" is a list of none.
std::string empty_list_name(const std::string& name) {
  for (const std::string_view mark : {"_list_empty_", "_tuple_empty_"})
    if (name.starts_with(mark)) return name.substr(mark.size());
  return {};
}

// "_list_key" and "_tuple_key" are HyperSpy's lists.
std::string without_mark(const std::string& name) {
  for (const std::string_view mark : {"_list_", "_tuple_"})
    if (name.starts_with(mark)) return name.substr(mark.size());
  return name;
}

bool is_marked(const std::string& name) { return without_mark(name) != name; }

}  // namespace

Json read_attributes(hid_t object, TreeBudget& budget) {
  Json tree = Json::object();
  const int count = H5Aget_num_attrs(object);
  for (int i = 0; i < count && budget.nodes > 0; ++i) {
    const Attribute attribute(H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, hsize_t(i),
                                             H5P_DEFAULT, H5P_DEFAULT));
    if (!attribute.valid()) continue;
    const std::string name = name_of(attribute);
    Json value = read_attribute(attribute);
    if (name.empty() || value.is_null()) continue;
    budget.nodes -= std::min(budget.nodes, value.is_array() ? value.size() : 1);
    if (const std::string list = empty_list_name(name); !list.empty())
      tree[list] = Json::array();
    else
      tree[name] = std::move(value);
  }
  return tree;
}

Json read_list(hid_t group, const std::string& name, std::uint64_t size) {
  if (size >= 65536 || H5Lexists(group, name.c_str(), H5P_DEFAULT) <= 0) return {};
  const Dataset list(H5Dopen2(group, name.c_str(), H5P_DEFAULT));
  const Space space(list.valid() ? H5Dget_space(list) : -1);
  if (!space.valid() || H5Sget_simple_extent_npoints(space) != hssize_t(size)) return {};
  std::vector<double> numbers(size);
  if (H5Dread(list, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()) < 0)
    return {};
  return numbers;
}

Json read_attribute(hid_t object, const std::string& name) {
  if (H5Aexists(object, name.c_str()) <= 0) return {};
  const Attribute attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT));
  return attribute.valid() ? read_attribute(hid_t(attribute)) : Json();
}

Json read_tree(hid_t group, TreeBudget& budget, int depth) {
  if (depth > max_depth) return Json::object();
  Json tree = read_attributes(group, budget);
  H5G_info_t info{};
  if (H5Gget_info(group, &info) < 0) return tree;
  for (hsize_t i = 0; i < info.nlinks && budget.nodes > 0; ++i) {
    char link[1024] = {};
    if (H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, link, sizeof link,
                           H5P_DEFAULT) <= 0)
      continue;
    --budget.nodes;
    const hid_t object = H5Oopen(group, link, H5P_DEFAULT);
    if (object < 0) continue;
    Json value;
    if (H5Iget_type(object) == H5I_GROUP) {
      const Group child(object);
      value = read_tree(child, budget, depth + 1);
    } else if (H5Iget_type(object) == H5I_DATASET) {
      const Dataset dataset(object);
      value = read_value({Type(H5Dget_type(dataset)), Space(H5Dget_space(dataset)), -1, dataset},
                         !is_marked(link));
      if (value.is_array()) budget.nodes -= std::min(budget.nodes, value.size());
    } else {
      H5Oclose(object);
    }
    if (!value.is_null()) tree[without_mark(io::to_utf8(link))] = std::move(value);
  }
  return tree;
}

}  // namespace whiteline::hdf5
