#include "io/format.hpp"

#include <array>
#include <string>

#include "io/dm.hpp"
#include "io/hspy.hpp"
#include "io/libsvm.hpp"
#include "io/msa.hpp"
#include "io/nion.hpp"
#include "io/spectra_csv.hpp"
#include "io/zip.hpp"

namespace whiteline::io {

namespace {

bool starts_with(std::span<const std::byte> head, std::string_view magic) {
  return as_text(head).starts_with(magic);
}

bool is_npy(std::span<const std::byte> head) { return starts_with(head, "\x93NUMPY"); }
bool is_zip(std::span<const std::byte> head) {
  return starts_with(head, "PK\3\4") || starts_with(head, "PK\5\6");
}

bool is_msa(std::span<const std::byte> head) { return starts_with(head, "#FORMAT"); }

// What lies in the archive decides, not its suffix.
FileContents read_archive(InputFile& file) {
  return is_ndata(ZipReader(file.cursor())) ? read_ndata(file) : read_npz(file);
}
std::vector<StoredImage> locate_archive(InputFile& file) {
  return is_ndata(ZipReader(file.cursor())) ? locate_ndata(file) : locate_npz(file);
}

constexpr std::array table = {
    Format{"dm3", ".dm3", is_dm3, read_dm, locate_dm},
    Format{"dm4", ".dm4", is_dm4, read_dm, locate_dm},
    Format{"hspy", ".hspy .h5 .hdf5 .nxs .emd", is_hdf5, read_hdf5, locate_hdf5},
    Format{"msa", ".msa .emsa", is_msa, read_msa, nullptr},
    Format{"npy", ".npy", is_npy, read_npy, locate_npy},
    Format{"npz", ".npz", is_zip, read_archive, locate_archive},
    Format{"ndata", ".ndata .ndata1", nullptr, read_ndata, nullptr},
    Format{"csv", ".csv .tsv", nullptr, read_csv, nullptr},
    Format{"libsvm", ".libsvm .svmlight", is_libsvm_data, read_libsvm, nullptr},
};

bool has_suffix(const Format& format, std::string_view suffix) {
  std::string_view rest = format.suffixes;
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(' '));
    if (one == suffix) return true;
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
  }
  return false;
}

const Format& recognised(InputFile& file) {
  for (const Format& format : table)
    if (format.begins && format.begins(file.head())) return format;
  const std::string suffix = file.suffix();
  for (const Format& format : table)
    if (has_suffix(format, suffix)) return format;
  std::string known;
  for (const Format& format : table)
    known += fmt::format("{}{}", known.empty() ? "" : ", ", format.suffixes);
  throw Unsupported(
      fmt::format("cannot read {} (its format is not known; known are {}) convert "
                  "it, for example with HyperSpy",
                  file.path(), known));
}

}  // namespace

std::span<const Format> formats() { return table; }

const Format& format_of(InputFile& file) {
  const Format& format = recognised(file);
  if (!file.member().empty() && format.read != read_hdf5)
    throw ReadError(fmt::format("cannot read {} (only HDF5 files have members) name the file alone",
                                file.path()));
  return format;
}

}  // namespace whiteline::io
