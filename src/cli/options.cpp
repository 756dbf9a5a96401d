#include "cli/options.hpp"

#include "cli/ranges.hpp"

namespace whiteline::cli {

void add_output_options(Verb& verb, OutputOptions& options) {
  verb.heading("Output");
  verb.flag("--json", options.json, "print the result as JSON on standard output");
  verb.flag("--quiet", options.quiet, "print only errors and warnings");
}

void add_common_options(Verb& verb, CommonOptions& options) {
  verb.heading("Running");
  verb.option("--device NAME", options.device, "auto, cpu, cuda or cuda:N");
  verb.option("--threads N", options.threads, "CPU threads; 0: OMP_NUM_THREADS, else all cores")
      .between(0, 4096);
  verb.option("--memory SIZE", options.memory, parse_bytes,
              "working memory, for example 2GiB\n(default: half of what is free, 80 % on a GPU)");
  verb.option("--seed N", options.seed, "of everything random; same seed, same bits");
  verb.heading("Output");
  verb.flag("--force", options.force, "overwrite existing output files");
  add_output_options(verb, options.output);
}

Context open_device(const CommonOptions& options) {
  try {
    return Context(options.device, {.threads = options.threads, .memory_limit = options.memory});
  } catch (const InvalidArgument& error) {
    throw UsageError(std::string("--device: ") + error.what());
  }
}

}  // namespace whiteline::cli
