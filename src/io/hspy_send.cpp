#include "io/hspy_send.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/atomic_file.hpp"
#include "io/helper.hpp"
#include "io/helper_progress.hpp"
#include "io/hspy_protocol.hpp"
#include "io/memory_file.hpp"
#include "io/safetensors.hpp"

namespace whiteline::io {

namespace {

// The helper takes no more: what it says tells why.
struct HelperGone {};

class Request {
 public:
  Request(Helper& helper, int socket, const Helper::StillWanted& still_wanted)
      : helper_(helper), socket_(socket), still_wanted_(still_wanted) {}

  void send(std::span<const std::byte> bytes) {
    if (!send_all(helper_, socket_, bytes, still_wanted_)) throw HelperGone();
  }
  void send(const NewExperiment& experiment) {
    const std::uint64_t size = bytes_of(experiment.tensor);
    std::uint64_t sent = 0;
    experiment.write([&](std::span<const std::byte> piece) {
      if (piece.size() > size - sent) refuse(experiment, "more");
      send(piece);
      sent += piece.size();
    });
    if (sent < size) refuse(experiment, "less");
  }

 private:
  [[noreturn]] static void refuse(const NewExperiment& experiment, const char* what) {
    throw InvalidArgument(fmt::format(
        "cannot write `{}` (its source gave {} than {} bytes) give all of its numbers",
        experiment.description["name"].get<std::string>(), what, bytes_of(experiment.tensor)));
  }

  Helper& helper_;
  int socket_;
  const Helper::StillWanted& still_wanted_;
};

// The header of the request, for experiments that are put into the order in which they are sent.
std::string header_of(std::vector<NewExperiment>& experiments) {
  std::ranges::stable_sort(experiments, std::greater(),
                           [](const NewExperiment& one) { return size_of(one.tensor.element); });
  Json list = Json::array();
  std::vector<TensorEntry> tensors;
  for (NewExperiment& one : experiments) {
    one.tensor.name = fmt::format("data{}", tensors.size());
    one.description["tensor"] = one.tensor.name;
    list.push_back(one.description);
    tensors.push_back(one.tensor);
  }
  return safetensors_header({{hspy::experiments_key, list.dump()}}, tensors);
}

// The problem that the answer names; empty when all is well.
std::string problem_of(MemoryFile& answer) {
  const auto answered = answer.contents();
  if (answered.empty()) return "the HDF5 library gave up";
  const Safetensors said = parse_safetensors({"the HDF5 helper's answer", answered});
  const auto found = said.metadata.find(hspy::problem_key);
  return found == said.metadata.end() ? std::string() : found->second;
}

}  // namespace

void send_experiments(AtomicFile& file, std::vector<NewExperiment> experiments,
                      const Progress& progress) {
  const std::string header = header_of(experiments);
  std::uint64_t size = header.size();
  for (const NewExperiment& one : experiments) size += bytes_of(one.tensor);
  constexpr double bytes_per_second = 4e6;  // compressed by one slow core
  const double seconds = 30.0 + double(size) / bytes_per_second;
  const std::uint64_t memory = 2 * size + (std::uint64_t(1) << 30);
  MemoryFile answer("whiteline-answer");
  const HelperProgress done;
  SocketPair sockets(SocketPair::Kind::stream);
  Helper helper(
      hdf5_helper(),
      {.arguments = {"write", std::to_string(memory), fmt::format("{:.0f}", seconds)},
       .descriptors = {sockets.theirs(), file.descriptor(), answer.descriptor(), done.descriptor()},
       .seconds = seconds});
  sockets.close_theirs();
  const Helper::StillWanted still_wanted = [&] {
    report(progress, "write", done.part_of(size), size);
  };
  try {
    Request request(helper, sockets.ours(), still_wanted);
    request.send(std::as_bytes(std::span(header)));
    for (const NewExperiment& one : experiments) request.send(one);
  } catch (const HelperGone&) {
  }
  std::string problem = helper.end(still_wanted);
  if (problem.empty()) problem = problem_of(answer);
  if (!problem.empty())
    throw Error(
        fmt::format("cannot write the .hspy file ({}) check the free space, or use .npz", problem));
}

}  // namespace whiteline::io
