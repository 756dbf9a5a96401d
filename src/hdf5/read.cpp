#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "hdf5/answer.hpp"
#include "hdf5/layouts.hpp"
#include "hdf5/work.hpp"
#include "io/hspy_protocol.hpp"

namespace whiteline::hdf5 {

namespace {

struct Found {
  std::string layout;
  Json experiments;
};

Found describe(hid_t file, const std::string& member, std::vector<Pending>& pending) {
  if (!member.empty()) return {"array", describe_array(file, member, pending)};
  if (is_hyperspy(file)) return {"hspy", describe_experiments(file, pending)};
  if (is_nion(file)) return {"nion", describe_data_items(file, pending)};
  throw NotHere(
      fmt::format("it is no file of HyperSpy or Nion Swift, but has {}", list_arrays(file)));
}

}  // namespace

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

void read_file(const char* path, const std::string& member, int answer, int progress,
               std::uint64_t limit) {
  const File file(H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT));
  if (!file.valid()) throw Problem("the HDF5 library cannot open it");
  std::vector<Pending> pending;
  const Found found = describe(file, member, pending);
  // Wider numbers first, so that all are aligned.
  std::stable_sort(pending.begin(), pending.end(), [](const Pending& a, const Pending& b) {
    return size_of(a.tensor.element) > size_of(b.tensor.element);
  });
  std::vector<io::TensorEntry> tensors;
  std::uint64_t total = 0;
  for (const Pending& one : pending) {
    tensors.push_back(one.tensor);
    total += io::bytes_of(one.tensor);
  }
  Answer out(answer,
             {{io::hspy::layout_key, found.layout},
              {io::hspy::experiments_key,
               found.experiments.dump(-1, ' ', false, Json::error_handler_t::replace)}},
             tensors, limit);
  ProgressReport report(progress, total);
  for (std::size_t i = 0; i < pending.size(); ++i)
    read_numbers(pending[i].dataset, tensors[i], out.data(i), report);
  out.finish();
}

}  // namespace whiteline::hdf5
