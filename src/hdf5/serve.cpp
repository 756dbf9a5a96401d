#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <vector>

#include "hdf5/answer.hpp"
#include "hdf5/layouts.hpp"
#include "hdf5/work.hpp"
#include "io/cursor.hpp"
#include "io/hspy_protocol.hpp"

namespace whiteline::hdf5 {

namespace {

// Until then it may take so many seconds more of the processor.
void allow_seconds(std::uint64_t seconds) {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  rlimit limit{};
  getrlimit(RLIMIT_CPU, &limit);
  limit.rlim_cur =
      std::min(rlim_t(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + seconds + 1, limit.rlim_max);
  setrlimit(RLIMIT_CPU, &limit);
}

// The beginning of a memory file, for writing.
class Window {
 public:
  Window(int descriptor, std::uint64_t size) : size_(std::size_t(size)) {
    void* mapped = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    begin_ = static_cast<std::byte*>(mapped);
  }
  ~Window() { munmap(begin_, size_); }
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  std::span<std::byte> bytes() const { return {begin_, size_}; }

 private:
  std::byte* begin_ = nullptr;
  std::size_t size_;
};

void read_wanted(const std::vector<Dataset>& arrays, const io::hspy::RowsWanted& wanted,
                 int numbers) {
  const Dataset& dataset = arrays.at(std::size_t(wanted.array));
  const Rows all(dataset);
  if (wanted.first > all.count() || wanted.rows > all.count() - wanted.first)
    throw Problem("rows were asked for that there are not");
  const io::Element element = wanted.as_doubles ? io::Element::f64 : io::Element::f32;
  const std::uint64_t count = io::saturated_product(wanted.rows, all.length());
  if (count == 0) return;
  const Window window(numbers, io::saturated_product(count, size_of(element)));
  read_rows(dataset, wanted.first, wanted.rows, element, window.bytes());
}

bool reply(int socket, std::string problem) {
  problem.insert(problem.begin(), '!');
  problem.resize(std::min(problem.size(), io::hspy::max_reply));
  return send(socket, problem.data(), problem.size(), MSG_NOSIGNAL) >= 0;
}

// The next request; false when there will be none.
bool next_request(int socket, io::hspy::RowsWanted& wanted) {
  ssize_t size = 0;
  do {
    size = recv(socket, &wanted, sizeof wanted, 0);
  } while (size < 0 && errno == EINTR);
  return size == sizeof wanted;
}

}  // namespace

void ServedFile::describe(int answer) {
  file_ = File(H5Fopen(path_.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
  if (!file_.valid()) throw Problem("the HDF5 library cannot open it");
  const FileDescription found = describe_file(file_, member_, arrays_);
  write_answer(answer, {{io::hspy::layout_key, found.layout},
                        {io::hspy::experiments_key,
                         found.experiments.dump(-1, ' ', false, Json::error_handler_t::replace)}});
}

void ServedFile::serve(int socket, int numbers) const {
  io::hspy::RowsWanted wanted;
  bool going_on = reply(socket, {});
  while (going_on && next_request(socket, wanted)) {
    allow_seconds(wanted.seconds);
    std::string problem;
    try {
      read_wanted(arrays_, wanted, numbers);
    } catch (const std::bad_alloc&) {
      problem = too_much_memory;
    } catch (const std::exception& reason) {
      problem = reason.what();
    }
    going_on = reply(socket, problem);
  }
}

}  // namespace whiteline::hdf5
