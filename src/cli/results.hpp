// How a verb ends: its files in place, the record of the run beside them, the user told.
#pragma once

#include <filesystem>

#include "cli/console.hpp"
#include "cli/files.hpp"
#include "cli/run_record.hpp"

namespace whiteline::cli {

// The record of a run that writes one file: FILE.run.json.
std::filesystem::path record_of(const std::filesystem::path& file);

// `file` is written: enters it into the record, writes that beside it and prints what --json wants.
void finish_file(const std::filesystem::path& file, RunRecord& record, Console& console,
                 const CommonOptions& options);

// The folder's files are written: enters them into the record, adds that as run.json and publishes
// all. Returns the record.
Json finish_folder(StagedFolder& folder, RunRecord& record, Console& console,
                   const CommonOptions& options);

}  // namespace whiteline::cli
