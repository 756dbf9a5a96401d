#include "cli/run_record.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <whiteline/io.hpp>
#include <whiteline/version.hpp>

#include <cmath>
#include <ctime>

namespace whiteline::cli {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return std::round(seconds * 1e6) / 1e6;
}

std::string now_in_utc() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace

RunRecord::RunRecord(std::string verb, Json options, const CommonOptions& common)
    : verb_(std::move(verb)),
      started_(now_in_utc()),
      began_(Clock::now()),
      options_(std::move(options)),
      device_(nullptr),
      seed_(common.seed) {}

RunRecord::Phase::Phase(RunRecord& record, std::string name)
    : record_(record), name_(std::move(name)), began_(Clock::now()) {}

RunRecord::Phase::~Phase() {
  Json& total = record_.phases_[name_];
  total = (total.is_null() ? 0.0 : total.get<double>()) + seconds_since(began_);
}

std::string RunRecord::add_input(const std::string& role, const std::filesystem::path& path,
                                 const Progress& progress) {
  const auto timed = phase("hash");
  const std::string hash = sha256_of_file(path, progress);
  inputs_.push_back({{"role", role},
                     {"path", path.string()},
                     {"bytes", std::filesystem::file_size(file_of(path))},
                     {"sha256", hash}});
  return hash;
}

void RunRecord::add_input(const std::string& role, const std::filesystem::path& path,
                          const std::string& fingerprint) {
  inputs_.push_back({{"role", role},
                     {"path", path.string()},
                     {"bytes", std::filesystem::file_size(file_of(path))},
                     {"fingerprint", fingerprint}});
}

void RunRecord::set_device(const Context& ctx) {
  const DeviceInfo& device = ctx.device();
  device_ = {{"asked", options_.value("device", "")},
             {"name", device.name},
             {"description", device.description},
             {"choice", ctx.choice()},
             {"threads", ctx.threads()},
             {"memory_limit_bytes", ctx.memory_limit()}};
}

void RunRecord::add_output(const std::string& name, const std::filesystem::path& written) {
  const auto timed = phase("hash");
  outputs_.push_back({{"name", name},
                      {"bytes", std::filesystem::file_size(written)},
                      {"sha256", sha256_of_file(written)}});
}

Json RunRecord::to_json(const Console& console) const {
  Json all = {
      {"verb", verb_},       {"whiteline", {{"version", version()}, {"build_id", build_id()}}},
      {"started", started_}, {"seconds", seconds_since(began_)},
      {"phases", phases_},   {"seed", seed_},
      {"device", device_},   {"options", options_},
      {"inputs", inputs_}};
  for (const auto& [name, value] : fields_.items()) all[name] = value;
  all["outputs"] = outputs_;
  all["warnings"] = console.warnings();
  return all;
}

Context open_device(const CommonOptions& options, Console& console, RunRecord& record) {
  Context ctx = open_device(options);
  if (!ctx.choice().empty()) console.note(ctx.choice());
  record.set_device(ctx);
  return ctx;
}

}  // namespace whiteline::cli
