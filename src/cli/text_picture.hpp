// Pictures made of characters.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace whiteline::cli {

// One line of block characters, UTF-8: the values averaged into at most `width` cells, the lowest
// as the lowest block and the highest as the highest. Not finite: a blank.
std::string sparkline(std::span<const double> values, int width);

// Columns padded to their widest cell; the first column to the left, the others to the right.
std::string table(const std::vector<std::vector<std::string>>& rows);

// Rows are true classes, columns what they were labelled.
std::string confusion_table(const std::vector<std::string>& classes,
                            std::span<const std::int64_t> counts);

}  // namespace whiteline::cli
