// One input of `whiteline classify`.
#pragma once

#include <chrono>
#include <ctime>

#include "cli/classify_results.hpp"

namespace whiteline::cli {

struct ClassifyJob {
  std::filesystem::path input, folder;
};

struct LoadedModel {
  Classifier model;
  std::filesystem::path path;
};

// Time since it was made, of the clock and of this process's threads together.
class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  }
  double processor_seconds() const { return double(std::clock() - processor_) / CLOCKS_PER_SEC; }

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::clock_t processor_ = std::clock();
};

class ClassifyRun {
 public:
  // All must outlive this.
  ClassifyRun(const Context& ctx, const LoadedModel& model, const ClassifyJob& job,
              const ClassifyOptions& options, const Json& given, Console& console);

  Json run();  // returns the run record

 private:
  Json classify_table(SpectrumReader reader);
  Json classify_image(const SpectrumReader& reader);

  void add_inputs(const SpectrumReader& reader);
  MapRun describe_run(const SpectrumReader& reader, std::int64_t begin, std::int64_t end) const;
  void decide(const SpectrumReader& reader, const AxisInUse& axis, MapFiles& files);
  void record_speed(const SpectrumReader& reader, std::int64_t pixels, const Stopwatch& watch);
  Json finish(const MapFiles& files, const AxisInUse& axis);
  Json leave_part(const MapFiles& files, const AxisInUse& axis);
  void report_done(const std::string& text, const LabelCounts& counts);

  const Context& ctx_;
  const Classifier& model_;
  const std::filesystem::path& model_path_;
  const ClassifyJob& job_;
  const ClassifyOptions& options_;
  const Json& given_;
  Console& console_;
  RunRecord record_;
  std::string model_sha256_;
  std::vector<std::int32_t> truth_;  // of an image's pixels; empty: not known
};

}  // namespace whiteline::cli
