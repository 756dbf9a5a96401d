#include "io/libsvm_text.hpp"

#include <algorithm>
#include <limits>

namespace whiteline::io {

namespace {

// The table may take this many times the file's bytes, or `small_table` bytes.
constexpr std::uint64_t densest = 16;
constexpr std::uint64_t small_table = std::uint64_t(64) << 20;

std::string_view without_comment(std::string_view line) { return line.substr(0, line.find('#')); }

// The index of the last `index:value` word, 0 when there is none; not checked further.
std::uint64_t last_index(std::string_view line) {
  const std::size_t colon = line.rfind(':');
  if (colon == std::string_view::npos) return 0;
  std::size_t begin = colon;
  while (begin > 0 && line[begin - 1] >= '0' && line[begin - 1] <= '9') --begin;
  return number_in<std::uint64_t>(line.substr(begin, colon - begin)).value_or(0);
}

}  // namespace

bool TextLines::next_line() {
  if (next_ >= text_.size()) return false;
  begin_ = next_;
  const std::size_t end = std::min(text_.find('\n', begin_), text_.size());
  line_ = without_comment(text_.substr(begin_, end - begin_));
  next_ = end + 1;
  word_ = 0;
  ++number_;
  return true;
}

bool TextLines::at_line_end() {
  while (word_ < line_.size() && is_blank(line_[word_])) ++word_;
  return word_ >= line_.size();
}

std::string_view TextLines::next_word() {
  if (at_line_end()) return line_.substr(line_.size());
  const std::size_t begin = word_;
  while (word_ < line_.size() && !is_blank(line_[word_])) ++word_;
  return line_.substr(begin, word_ - begin);
}

void TextLines::fail(std::string_view word, std::string_view problem) const {
  const auto column = std::uint64_t(word.data() - line_.data());
  file_.fail_at(file_.offset() + begin_ + column,
                fmt::format("line {}, column {}: {}", number_, column + 1, problem));
}

void TextLines::fail_at_line_end(std::string_view problem) const {
  fail(line_.substr(line_.size()), problem);
}

std::string shown(std::string_view word) {
  constexpr std::size_t longest = 24;
  std::string text(word.substr(0, longest));
  for (char& c : text)
    if (c < ' ' || c > '~') c = '?';
  return word.size() > longest ? text + "..." : text;
}

SparseExtent sparse_extent(TextLines lines) {
  SparseExtent extent;
  while (lines.next_line()) {
    if (lines.at_line_end()) continue;
    ++extent.rows;
    extent.columns = std::max(extent.columns, last_index(lines.line()));
  }
  return extent;
}

void check_density(const Cursor& file, const SparseExtent& extent) {
  const std::uint64_t bytes =
      saturated_product(saturated_product(extent.rows, extent.columns), sizeof(float));
  if (bytes > std::max(small_table, saturated_product(densest, file.size())))
    throw Unsupported(fmt::format(
        "cannot read {} ({} rows of {} columns are almost all zeros, and whiteline keeps them all) "
        "leave out the columns without data",
        file.path(), extent.rows, extent.columns));
}

void read_sparse_row(TextLines& lines, float* row, std::uint64_t columns) {
  std::uint64_t before = 0;
  for (std::string_view word = lines.next_word(); !word.empty(); word = lines.next_word()) {
    const std::size_t colon = word.find(':');
    if (colon == std::string_view::npos)
      lines.fail(word, fmt::format("`{}` is no index:value", shown(word)));
    const auto index = number_in<std::uint64_t>(word.substr(0, colon));
    if (!index) lines.fail(word, fmt::format("`{}` is no index", shown(word.substr(0, colon))));
    if (*index == 0)
      lines.fail(word, "index 0, but indices count from 1 (scikit-learn: zero_based=False)");
    if (*index <= before)
      lines.fail(word, fmt::format("index {} after {}, but indices ascend", *index, before));
    const std::string_view text = word.substr(colon + 1);
    const auto value = number_in<double>(text);
    if (!value || std::abs(*value) > double(std::numeric_limits<float>::max()))
      lines.fail(text, fmt::format("`{}` is no finite number", shown(text)));
    before = *index;
    if (before <= columns) row[before - 1] = static_cast<float>(*value);
  }
}

void append_sparse_row(std::string& text, const float* row, std::uint64_t columns) {
  char word[64];
  for (std::uint64_t c = 0; c < columns; ++c) {
    if (row[c] == 0.0f) continue;
    char* end = word;
    *end++ = ' ';
    end = std::to_chars(end, word + sizeof word, c + 1).ptr;
    *end++ = ':';
    end = std::to_chars(end, word + sizeof word, row[c], std::chars_format::general, 9).ptr;
    text.append(word, end);
  }
}

}  // namespace whiteline::io
