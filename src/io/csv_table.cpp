#include "io/csv_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "io/axes.hpp"
#include "io/numbers.hpp"
#include "io/utf8.hpp"

namespace whiteline::io {

namespace {

constexpr std::size_t max_columns = std::size_t(1) << 19;
class ContentLines {
 public:
  explicit ContentLines(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }
  // The next line that is neither blank nor a remark.
  bool next(std::string_view& line) {
    while (at_ < text_.size()) {
      begin_ = at_;
      const std::size_t end = std::min(text_.find_first_of("\r\n", at_), text_.size());
      line = text_.substr(at_, end - at_);
      at_ = end + 1;
      const std::string_view content = trimmed(line);
      if (!content.empty() && content.front() != '#') return true;
    }
    return false;
  }
  std::uint64_t offset() const { return begin_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0, begin_ = 0;
};

char separator_of(std::string_view line) {
  bool quoted = false;
  std::string outside;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (!quoted) outside += c;
  }
  for (const char separator : {'\t', ';', ','})
    if (outside.find(separator) != std::string::npos) return separator;
  return ' ';
}

std::string lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return text;
}

// "truth_fraction[1]" -> "fraction"
std::string truth_name(std::string_view column) {
  column.remove_prefix(truth_prefix.size());
  return to_utf8(column.substr(0, column.find('[')));
}

void set_roles(CsvTable& table) {
  const auto is_value = [&](const std::string& name) {
    return energy_in_name(name, table.separator).has_value();
  };
  const bool energies = std::count_if(table.names.begin(), table.names.end(), is_value) >= 2;
  const bool grid = table.names.size() > 2 && table.names[0] == "y" && table.names[1] == "x";
  for (std::size_t c = 0; c < table.names.size(); ++c) {
    const std::string name = lower_case(table.names[c]);
    ColumnRole role = energies && !is_value(name) ? ColumnRole::other : ColumnRole::value;
    if (name == "label" || name == "class" || name == "target") role = ColumnRole::label;
    if (name.starts_with(truth_prefix)) role = ColumnRole::truth;
    if (grid && c < 2) role = c == 0 ? ColumnRole::row : ColumnRole::column;
    if (role == ColumnRole::label && table.has(role)) role = ColumnRole::other;
    table.roles.push_back(role);
  }
}

class TableReader {
 public:
  TableReader(const Cursor& file, std::string_view text) : file_(file), lines_(text) {
    std::string_view line;
    if (!lines_.next(line)) file.fail_at(0, "there is nothing in the table");
    table_.separator = separator_of(line);
    read_names(line);
    const auto lines = std::uint64_t(std::count(text.begin(), text.end(), '\n')) + 1;
    const std::uint64_t most = saturated_product(lines, table_.value_columns());
    table_.values.reserve(std::size_t(std::min<std::uint64_t>(most, text.size() / 2 + 1)));
    if (!table_.has_header) read_row(line);
    while (lines_.next(line)) read_row(line);
    if (table_.rows == 0) file.fail_at(text.size(), "there are no numbers below the header");
  }

  CsvTable take() { return std::move(table_); }

 private:
  void read_names(std::string_view line) {
    CsvFields fields(line, table_.separator);
    std::string field;
    while (fields.next(field)) {
      table_.has_header = table_.has_header || !csv_number(field, table_.separator);
      table_.names.push_back(field);
      if (table_.names.size() > max_columns)
        file_.fail_at(lines_.offset(), "the table has more than 2^19 columns");
    }
    if (!table_.has_header) table_.names.assign(table_.names.size(), "");
    set_roles(table_);
  }

  double number(const std::string& field, std::size_t column) const {
    const auto value = csv_number(field, table_.separator);
    if (!value)
      file_.fail_at(lines_.offset(), fmt::format("field {} of the line is no number", column + 1));
    return *value;
  }

  [[noreturn]] void fail_length() const {
    file_.fail_at(lines_.offset(),
                  fmt::format("the line has not {} fields as the first one", table_.roles.size()));
  }

  void read_row(std::string_view line) {
    CsvFields fields(line, table_.separator);
    std::string field;
    std::size_t column = 0;
    bool first = true;
    for (; fields.next(field); ++column) {
      if (column == table_.roles.size()) fail_length();
      switch (table_.roles[column]) {
        case ColumnRole::value: {
          const double value = number(field, column);
          if (first) table_.first_values.push_back(value);
          if (table_.rows == 0) table_.first_row.push_back(value);
          table_.values.push_back(float(value));
          first = false;
          break;
        }
        case ColumnRole::label:
          table_.labels.push_back(to_utf8(field));
          break;
        case ColumnRole::row:
          table_.grid_rows.push_back(number(field, column));
          break;
        case ColumnRole::column:
          table_.grid_columns.push_back(number(field, column));
          break;
        case ColumnRole::truth:
          table_.truth[truth_name(table_.names[column])].push_back(number(field, column));
          break;
        case ColumnRole::other:
          break;
      }
    }
    if (column != table_.roles.size()) fail_length();
    ++table_.rows;
  }

  const Cursor& file_;
  ContentLines lines_;
  CsvTable table_;
};

}  // namespace

CsvFields::CsvFields(std::string_view line, char separator)
    : rest_(separator == ' ' ? trimmed(line) : line), separator_(separator), more_(true) {}

bool CsvFields::next(std::string& field) {
  field.clear();
  if (!more_) return false;
  while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  const bool quoted = !rest_.empty() && rest_.front() == '"';
  if (quoted) {
    rest_.remove_prefix(1);
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c != '"') {
        field += c;
      } else if (!rest_.empty() && rest_.front() == '"') {
        field += '"';
        rest_.remove_prefix(1);
      } else {
        break;
      }
    }
  }
  const std::size_t end = separator_ == ' ' ? rest_.find_first_of(" \t") : rest_.find(separator_);
  field += trimmed(rest_.substr(0, end));
  more_ = end != std::string_view::npos;
  rest_.remove_prefix(more_ ? end + 1 : rest_.size());
  if (separator_ == ' ') rest_ = trimmed(rest_);
  return true;
}

std::optional<double> csv_number(std::string_view field, char separator) {
  if (field.empty()) return std::numeric_limits<double>::quiet_NaN();
  const std::size_t comma = separator == ',' ? std::string_view::npos : field.find(',');
  if (comma == std::string_view::npos) return parse_double(field);
  std::string pointed(field);
  pointed[comma] = '.';
  return parse_double(pointed);
}

std::optional<double> energy_in_name(std::string_view name, char separator) {
  if (name.empty()) return std::nullopt;
  if (name.ends_with("eV") || name.ends_with("ev")) name = trimmed(name.substr(0, name.size() - 2));
  const auto energy = name.empty() ? std::nullopt : csv_number(name, separator);
  return energy && std::isfinite(*energy) ? energy : std::nullopt;
}

std::uint64_t CsvTable::value_columns() const {
  return std::uint64_t(std::count(roles.begin(), roles.end(), ColumnRole::value));
}

bool CsvTable::has(ColumnRole role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

CsvTable parse_csv_table(const Cursor& file, std::string_view text) {
  return TableReader(file, text).take();
}

}  // namespace whiteline::io
