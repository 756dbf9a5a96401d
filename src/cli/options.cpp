#include "cli/options.hpp"

#include <limits>

#include "cli/declare.hpp"
#include "cli/ranges.hpp"

namespace whiteline::cli {

std::string to_text(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace);
}

void add_output_options(CLI::App& verb, OutputOptions& options) {
  verb.add_flag("--json", options.json, "print the result as JSON on standard output")
      ->group("Output");
  verb.add_flag("--quiet", options.quiet, "print only errors and warnings")->group("Output");
}

void add_common_options(CLI::App& verb, CommonOptions& options) {
  verb.add_option("--device", options.device, "auto, cpu, cuda or cuda:N")
      ->type_name("NAME")
      ->capture_default_str()
      ->group("Running");
  verb.add_option("--threads", options.threads, "CPU threads; 0: OMP_NUM_THREADS, else all cores")
      ->check(CLI::Range(0, 4096))
      ->type_name("N")
      ->capture_default_str()
      ->group("Running");
  add_parsed(verb, "--memory", options.memory, parse_bytes,
             "working memory, for example 2GiB\n(default: half of what is free, 80 % on a GPU)")
      ->type_name("SIZE")
      ->group("Running");
  verb.add_option("--seed", options.seed, "of everything random; same seed, same bits")
      ->type_name("N")
      ->capture_default_str()
      ->group("Running");
  verb.add_flag("--force", options.force, "overwrite existing output files")->group("Output");
  add_output_options(verb, options.output);
}

Context open_device(const CommonOptions& options) {
  try {
    return Context(options.device, {.threads = options.threads, .memory_limit = options.memory});
  } catch (const InvalidArgument& error) {
    throw UsageError(std::string("--device: ") + error.what());
  }
}

namespace {

// Numbers as numbers, everything else as text.
Json value_of(const std::string& text) {
  const Json number = Json::parse(text, nullptr, false);
  return number.is_number() ? number : Json(text);
}

Json value_of(const CLI::Option& option) {
  if (option.get_expected_max() == 0) return option.count() > 0;  // a flag
  if (option.count() == 0)
    return option.get_default_str().empty() ? Json() : value_of(option.get_default_str());
  if (option.get_items_expected_max() == 1) return value_of(option.results().front());
  Json all = Json::array();
  for (const std::string& text : option.results()) all.push_back(text);
  return all;
}

}  // namespace

Json options_in_force(const CLI::App& verb) {
  Json all = Json::object();
  for (const CLI::Option* option : verb.get_options()) {
    const std::string name = option->get_single_name();
    if (name == "help") continue;
    all[name] = value_of(*option);
  }
  return all;
}

}  // namespace whiteline::cli
