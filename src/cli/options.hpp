// Options that several verbs share, and how verbs are added to the command.
#pragma once

#include <whiteline/context.hpp>

#include <cstdint>
#include <string>

#include "cli/command_line.hpp"
#include "cli/json.hpp"

namespace whiteline::cli {

struct OutputOptions {
  bool json = false;   // the result on stdout, machine-readable
  bool quiet = false;  // only errors and warnings
};
void add_output_options(Verb& verb, OutputOptions& options);

// Options of every verb that computes and writes.
struct CommonOptions {
  OutputOptions output;
  std::string device = "auto";
  int threads = 0;           // 0: all cores
  std::uint64_t memory = 0;  // bytes; 0: the library's choice
  std::uint64_t seed = 1;
  bool force = false;  // overwrite
};
void add_common_options(Verb& verb, CommonOptions& options);

// Opens the device asked for. Throws UsageError for a name that is no device, DeviceUnavailable.
Context open_device(const CommonOptions& options);

// One function per verb: declares its options and what runs when it is chosen.
void add_devices(CommandLine& command);
void add_info(CommandLine& command);
void add_label(CommandLine& command);
void add_synth(CommandLine& command);
void add_train(CommandLine& command);
void add_select(CommandLine& command);
void add_search(CommandLine& command);
void add_classify(CommandLine& command);
void add_cluster(CommandLine& command);
void add_merge(CommandLine& command);
void add_evaluate(CommandLine& command);
void add_convert(CommandLine& command);
void add_prepare(CommandLine& command);
void add_embed(CommandLine& command);
void add_augment(CommandLine& command);

}  // namespace whiteline::cli
