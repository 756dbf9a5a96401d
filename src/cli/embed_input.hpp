// What `whiteline embed` works on: the spectra of one or more files.
#pragma once

#include "cli/embed_options.hpp"
#include "cli/input.hpp"
#include "cli/run_record.hpp"

namespace whiteline::cli {

struct EmbedInput {
  Dataset set;                       // all rows: labels and class names, without counts
  bool labelled = false;             // one row is, at least
  std::vector<std::int64_t> chosen;  // rows that take part; the others are vacuum
  std::vector<float> spectra;        // of these, prepared
  std::int64_t channels = 0;         // of `spectra`
  std::vector<std::string> sha256;   // of the files
  Pipeline pipeline;                 // that prepared them, on the axis of the first file

  Matrix matrix(const Context& ctx) const;
  std::vector<std::int32_t> chosen_labels() const;
};

// `given`: prepares in place of the options' steps. Throws InvalidArgument for files that do not go
// together.
EmbedInput read_embed_input(const Context& ctx, const EmbedOptions& options, const Pipeline* given,
                            Console& console, RunRecord& record);

}  // namespace whiteline::cli
