// whiteline-hdf5: the only program that is linked to the HDF5 library. Started by libwhiteline,
// which survives whatever a damaged file does to this process; io/hspy_protocol.hpp has the terms.
#include <fmt/format.h>
#include <hdf5.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <charconv>
#include <cstring>
#include <new>
#include <optional>
#include <string>
#include <string_view>

#include "hdf5/answer.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/work.hpp"
#include "io/hspy_protocol.hpp"

namespace {

using namespace whiteline;

constexpr int usage_status = 2, no_answer_status = 3;

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

void limit(int resource, rlim_t value) {
  const rlimit both{value, value};
  setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

void restrict_process(std::uint64_t bytes, std::uint64_t seconds) {
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_AS, bytes);
  const rlimit processor{seconds, RLIM_INFINITY};  // more with each request
  setrlimit(RLIMIT_CPU, &processor);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  H5Lunregister(H5L_TYPE_EXTERNAL);  // links into other files are not followed
}

// Runs `work`; what goes wrong becomes the answer.
template <class Work>
int answered(int descriptor, Work work) {
  std::string problem;
  const char* kind = io::hspy::problem_key;
  try {
    work();
    return 0;
  } catch (const hdf5::NotHere& reason) {
    problem = reason.what();
    kind = io::hspy::not_here_key;
  } catch (const std::bad_alloc&) {
    problem = hdf5::too_much_memory;
  } catch (const std::exception& reason) {
    problem = reason.what();
  }
  try {
    hdf5::write_answer(descriptor, {{kind, problem}});
    return 0;
  } catch (const std::exception&) {
    return no_answer_status;
  }
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view verb = count > 1 ? arguments[1] : "";
  const bool reads = verb == "serve" && count == 6;
  const bool writes = verb == "write" && count == 4;
  if (!reads && !writes) return usage_status;
  const auto bytes = number(arguments[count - 2]), seconds = number(arguments[count - 1]);
  if (!bytes || !seconds) return usage_status;
  restrict_process(*bytes, *seconds);
  if (reads) {
    namespace reading = io::hspy::reading;
    hdf5::ServedFile file(arguments[2], arguments[3]);
    const int status =
        answered(reading::answer_descriptor, [&] { file.describe(reading::answer_descriptor); });
    file.serve(reading::request_descriptor, reading::numbers_descriptor);
    return status;
  }
  namespace writing = io::hspy::writing;
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // nobody is left to wait for it
  return answered(writing::answer_descriptor, [&] {
    hdf5::write_file(writing::request_descriptor, writing::target_descriptor,
                     writing::progress_descriptor);
    hdf5::write_answer(writing::answer_descriptor, {{"written", "yes"}});
  });
}
