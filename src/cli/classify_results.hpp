// What `whiteline classify` and `whiteline merge` leave: maps of an image, or a table.
#pragma once

#include <string>
#include <vector>

#include "cli/files.hpp"
#include "cli/finished_maps.hpp"

namespace whiteline::cli {

// Names of the files that will be written for an image, beside run.json; they depend on the model
// alone.
std::vector<std::string> map_names(const std::vector<std::string>& class_names, bool calibrated);

// Pictures and maps for programs, all in `folder`. Pictures of an image with a side above 2048
// pixels show every second, third, ... pixel. Returns what became of the pixels.
LabelCounts write_maps(const FinishedMaps& maps, StagedFolder& folder, Console& console);

// Labels, probabilities and decisions of the rows of a table.
struct TableResult {
  std::vector<std::string> class_names;
  MapPiece rows;                            // settled
  std::vector<std::string> decision_names;  // of the columns of `decisions`; empty: not asked for
  std::vector<float> decisions;             // spectra x decision_names
};
// `table` names the truth of each row, where it is known.
std::string table_as_csv(const SpectrumImage& table, const TableResult& result);

}  // namespace whiteline::cli
