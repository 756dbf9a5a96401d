// Tables for spreadsheets: comma-separated values (RFC 4180), with \n at the end of lines.
#pragma once

#include <string>
#include <vector>

namespace whiteline::cli {

std::string csv_field(const std::string& text);  // in quotes where it must be
std::string csv_line(const std::vector<std::string>& fields);

}  // namespace whiteline::cli
