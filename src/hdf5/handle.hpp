// Owners for what the HDF5 library hands out.
#pragma once

#include <hdf5.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace whiteline::hdf5 {

// Ends up in the answer's `problem`.
class Problem : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The file is sound, but does not hold what was asked for: the answer's `not_here`.
class NotHere : public Problem {
 public:
  using Problem::Problem;
};

template <herr_t (*close)(hid_t)>
class Handle {
 public:
  Handle() = default;
  explicit Handle(hid_t id) : id_(id) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) close(id_);
  }

  operator hid_t() const { return id_; }
  bool valid() const { return id_ >= 0; }
  hid_t release() { return std::exchange(id_, -1); }

 private:
  hid_t id_ = -1;
};

using File = Handle<H5Fclose>;
using Group = Handle<H5Gclose>;
using Dataset = Handle<H5Dclose>;
using Attribute = Handle<H5Aclose>;
using Type = Handle<H5Tclose>;
using Space = Handle<H5Sclose>;
using PropertyList = Handle<H5Pclose>;

inline void check(herr_t status, const char* what) {
  if (status < 0) throw Problem(std::string("HDF5 cannot ") + what);
}
template <herr_t (*close)(hid_t)>
Handle<close> checked(Handle<close> handle, const std::string& what) {
  if (!handle.valid()) throw Problem("HDF5 cannot " + what);
  return handle;
}

}  // namespace whiteline::hdf5
