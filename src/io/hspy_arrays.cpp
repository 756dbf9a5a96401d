#include "io/hspy_arrays.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "io/hspy_protocol.hpp"
#include "io/memory_file.hpp"

namespace whiteline::io::hspy {

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;
constexpr std::uint64_t unknown = FormatError::unknown_offset;
constexpr std::uint64_t slab_bytes = 16 * mebibyte;

// Compressed counts grow: 64 times the file, within the machine's memory.
std::uint64_t memory_limit(std::uint64_t file_size) {
  const auto pages = std::uint64_t(std::max(sysconf(_SC_PHYS_PAGES), 1L));
  const std::uint64_t machine = saturated_product(pages, std::uint64_t(sysconf(_SC_PAGESIZE)));
  const std::uint64_t wanted = saturated_product(64, file_size) / mebibyte + 256;
  return std::max(1024 * mebibyte, std::min(machine / mebibyte, wanted) * mebibyte);
}

// Enough for slow disks; a damaged small file is given up after 5 s.
double seconds_for(std::uint64_t bytes) { return 4.5 + double(bytes) / double(10 * mebibyte); }

// As many rows at once as are whole chunks, of about 16 MiB.
std::uint64_t slab_rows(const ArrayPlace& place, std::size_t item) {
  const std::uint64_t block =
      saturated_product(saturated_product(place.length(), item), place.block);
  return std::max<std::uint64_t>(slab_bytes / std::max<std::uint64_t>(block, 1), 1) * place.block;
}

}  // namespace

std::uint64_t ArrayPlace::count() const {
  std::uint64_t numbers = 1;
  for (const std::uint64_t extent : shape) numbers = saturated_product(numbers, extent);
  return numbers;
}

// A running helper, and what it shares with us.
struct Arrays::Session {
  explicit Session(const HelperRun& start) : helper(hdf5_helper(), complete(start)) {
    sockets.close_theirs();
  }

  HelperRun complete(HelperRun start) const {
    start.descriptors = {answer.descriptor(), sockets.theirs(), numbers.descriptor()};
    return start;
  }

  // What it says; nothing when it has ended, or is too slow.
  std::optional<std::string> reply(const Helper::StillWanted& still_wanted) {
    if (!helper.ready(sockets.ours(), POLLIN, still_wanted)) return std::nullopt;
    std::string text(max_reply, '\0');
    const ssize_t size = recv(sockets.ours(), text.data(), text.size(), 0);
    if (size < 1) return std::nullopt;
    text.resize(std::size_t(size));
    return text.substr(1);
  }

  MemoryFile answer{"whiteline-hspy"}, numbers{"whiteline-numbers"};
  SocketPair sockets{SocketPair::Kind::messages};
  Helper helper;
};

Arrays::Arrays(const InputFile& file, const Helper::StillWanted& still_wanted)
    : path_(file.path()),
      file_path_(std::filesystem::absolute(file.file_path()).string()),
      member_(file.member()),
      file_size_(file.size()) {
  session_ = start(still_wanted);
  Safetensors said = said_by(*session_);
  layout_ = said.metadata[layout_key];
  descriptions_ = said.metadata[experiments_key];
}

Arrays::~Arrays() = default;

Safetensors Arrays::said_by(Session& session) const {
  const auto shared = session.answer.contents();
  if (shared.empty()) throw FormatError(path_, unknown, "the HDF5 library gave up on it");
  // The helper is still there, and might write.
  const std::vector<std::byte> bytes(shared.begin(), shared.end());
  Safetensors said = parse_safetensors({path_, bytes});
  if (const auto found = said.metadata.find(problem_key); found != said.metadata.end())
    throw FormatError(path_, unknown, found->second);
  if (const auto found = said.metadata.find(not_here_key); found != said.metadata.end())
    throw ReadError(fmt::format("cannot read {} ({}) name one of its arrays as FILE::/PATH", path_,
                                found->second));
  return said;
}

// Until it has said what the file holds.
std::unique_ptr<Arrays::Session> Arrays::start(const Helper::StillWanted& still_wanted) const {
  const double seconds = seconds_for(file_size_);
  auto session = std::make_unique<Session>(HelperRun{
      .arguments = {"serve", file_path_, member_, std::to_string(memory_limit(file_size_)),
                    fmt::format("{:.0f}", seconds)},
      .descriptors = {},
      .seconds = seconds});
  if (session->reply(still_wanted)) return session;
  const std::string problem = session->helper.end(still_wanted);
  if (!problem.empty()) throw FormatError(path_, unknown, problem);
  return session;
}

std::span<const std::byte> Arrays::fetch(const ArrayPlace& place, const std::string& name,
                                         std::uint64_t first, std::uint64_t rows, bool as_doubles,
                                         const Helper::StillWanted& still_wanted) const {
  if (!session_) {
    session_ = start(still_wanted);
    if (said_by(*session_).metadata[experiments_key] != descriptions_)
      throw FormatError(path_, unknown, "it has changed since it was opened");
  }
  const std::uint64_t item = as_doubles ? sizeof(double) : sizeof(float);
  const auto shared = session_->numbers.grow(rows * place.length() * item);
  const std::uint64_t begin = first / place.block * place.block;
  const std::uint64_t unpacked =
      (first + rows - begin + place.block - 1) / place.block * place.block;
  const double seconds =
      seconds_for(saturated_product(saturated_product(unpacked, place.length()), item));
  session_->helper.allow(seconds);
  const RowsWanted wanted{place.number, first, rows, as_doubles, std::uint64_t(seconds)};
  std::string problem;
  // A message goes as a whole or not at all, and there is room for one.
  const bool asked = send(session_->sockets.ours(), &wanted, sizeof wanted, MSG_NOSIGNAL) > 0;
  if (const auto said = asked ? session_->reply(still_wanted) : std::nullopt) {
    problem = *said;
  } else {
    problem = session_->helper.end(still_wanted);
    if (problem.empty()) problem = "the HDF5 library gave up on it";
  }
  if (!problem.empty())
    throw FormatError(
        path_, unknown,
        fmt::format("rows {} to {} of `{}`: {}", first, first + rows - 1, name, problem));
  return shared;
}

void Arrays::check_row(const ArrayPlace& place) const {
  const std::uint64_t limit = memory_limit(file_size_);
  if (saturated_product(place.length(), sizeof(double)) > limit)
    throw FormatError(path_, unknown,
                      fmt::format("a spectrum needs more than the {} MiB of memory allowed for the "
                                  "file's size",
                                  limit / mebibyte));
}

template <class T>
void Arrays::read(const ArrayPlace& place, const std::string& name, std::uint64_t first,
                  std::span<T> numbers, const Helper::StillWanted& still_wanted) const {
  check_row(place);
  const std::lock_guard lock(mutex_);
  const std::uint64_t slab = slab_rows(place, sizeof(T));
  try {
    while (!numbers.empty()) {
      const std::uint64_t rows = std::min(numbers.size() / place.length(), slab - first % slab);
      const auto bytes = fetch(place, name, first, rows, sizeof(T) == sizeof(double), still_wanted);
      const auto some = numbers.first(std::size_t(rows * place.length()));
      std::memcpy(some.data(), bytes.data(), some.size_bytes());
      numbers = numbers.subspan(some.size());
      first += rows;
      numbers_read_ += some.size();
      if (still_wanted) still_wanted();
    }
  } catch (...) {
    session_.reset();  // it may be in the middle of an answer
    throw;
  }
}

template <class T>
std::vector<T> Arrays::read_all(const ArrayPlace& place, const std::string& name,
                                const Helper::StillWanted& still_wanted) const {
  const std::uint64_t limit = memory_limit(file_size_);
  if (place.count() > limit / sizeof(T))
    throw FormatError(
        path_, unknown,
        fmt::format("it needs more than the {} MiB of memory allowed for its size", limit >> 20));
  std::vector<T> numbers(std::size_t(place.count()));
  read(place, name, 0, std::span(numbers), still_wanted);
  return numbers;
}

template void Arrays::read(const ArrayPlace&, const std::string&, std::uint64_t, std::span<float>,
                           const Helper::StillWanted&) const;
template std::vector<float> Arrays::read_all(const ArrayPlace&, const std::string&,
                                             const Helper::StillWanted&) const;
template std::vector<double> Arrays::read_all(const ArrayPlace&, const std::string&,
                                              const Helper::StillWanted&) const;

}  // namespace whiteline::io::hspy
