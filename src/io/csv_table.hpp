// Text in lines and fields, and the numbers of its columns.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/cursor.hpp"

namespace whiteline::io {

// Fields of a line: may be in double quotes, where "" is one; quotes end in their line.
class CsvFields {
 public:
  // `separator` is a blank for any number of blanks and tabs.
  CsvFields(std::string_view line, char separator);
  bool next(std::string& field);  // trimmed; false at the end of the line

 private:
  std::string_view rest_;
  char separator_;
  bool more_;
};

// A field as a number: nothing for text. An empty field is NaN. Decimal commas where commas do not
// separate.
std::optional<double> csv_number(std::string_view field, char separator);

enum class ColumnRole { value, label, row, column, truth, other };

// The columns of a table, in memory in proportion to its text.
struct CsvTable {
  char separator = ',';
  bool has_header = false;
  std::vector<std::string> names;    // of the header; empty texts without one
  std::vector<ColumnRole> roles;     // one a column
  std::uint64_t rows = 0;            // lines of numbers
  std::vector<float> values;         // rows x columns of role value
  std::vector<double> first_values;  // the first of these columns
  std::vector<double> first_row;     // of the values
  std::vector<std::string> labels;   // of the column of that role, if there is one
  std::vector<double> grid_rows, grid_columns;
  std::map<std::string, std::vector<double>> truth;  // row after row

  std::uint64_t value_columns() const;
  bool has(ColumnRole role) const;
};

// Lines that are blank or begin with # are no part of it. Columns named y and x, label (class,
// target) and truth_<name> have these roles; with energies for names others are left out. Throws
// FormatError for lines of different lengths and for text where numbers belong.
CsvTable parse_csv_table(const Cursor& file, std::string_view text);

// The energy in a column's name: "460", "460.25 eV".
std::optional<double> energy_in_name(std::string_view name, char separator);

}  // namespace whiteline::io
