// What a run did, written beside its results: run.json. Times and paths are here and nowhere else,
// so that models and maps of the same seed are the same bytes.
#pragma once

#include <chrono>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "cli/options.hpp"

namespace whiteline::cli {

class RunRecord {
 public:
  RunRecord(std::string verb, Json options, const CommonOptions& common);

  // Times what is done until it is destroyed; times of the same name add up.
  class Phase {
   public:
    Phase(RunRecord& record, std::string name);
    ~Phase();
    Phase(const Phase&) = delete;
    Phase& operator=(const Phase&) = delete;

   private:
    RunRecord& record_;
    std::string name_;
    std::chrono::steady_clock::time_point began_;
  };
  Phase phase(std::string name) { return {*this, std::move(name)}; }

  // Size and SHA-256 of an input file; returns the hash.
  std::string add_input(const std::string& role, const std::filesystem::path& path,
                        const Progress& progress);
  // The same of a file that is too large to read for its hash alone: it has a fingerprint instead.
  void add_input(const std::string& role, const std::filesystem::path& path,
                 const std::string& fingerprint);
  void set_device(const Context& ctx);
  // `written` is where the file lies now, `name` what the record calls it.
  void add_output(const std::string& name, const std::filesystem::path& written);
  Json& operator[](const std::string& field) { return fields_[field]; }  // the verb's own results

  // Everything, with the time so far.
  Json to_json(const Console& console) const;

 private:
  std::string verb_, started_;
  std::chrono::steady_clock::time_point began_;
  Json options_, device_, inputs_ = Json::array(), outputs_ = Json::array();
  Json phases_ = Json::object(), fields_ = Json::object();
  std::uint64_t seed_;
};

// open_device(), told to the record and, where it was chosen, to the user.
Context open_device(const CommonOptions& options, Console& console, RunRecord& record);

}  // namespace whiteline::cli
