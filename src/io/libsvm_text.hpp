// Lines and words of LIBSVM's text files. Every refusal names line and column.
#pragma once

#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "io/cursor.hpp"

namespace whiteline::io {

inline bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

class TextLines {
 public:
  explicit TextLines(Cursor file) : file_(file), text_(as_text(file.take(file.left(), "text"))) {}

  // Moves to the next line; false at the end of the file. What follows `#` is left out.
  bool next_line();
  // The next word of the line; empty at its end.
  std::string_view next_word();
  bool at_line_end();
  std::string_view line() const { return line_; }
  std::uint64_t offset() const { return next_; }  // of the line after this one

  // `word` is a part of this line.
  [[noreturn]] void fail(std::string_view word, std::string_view problem) const;
  [[noreturn]] void fail_at_line_end(std::string_view problem) const;

 private:
  Cursor file_;
  std::string_view text_, line_;
  std::size_t next_ = 0, begin_ = 0, word_ = 0, number_ = 0;
};

// A word for a message: short, and free of control characters.
std::string shown(std::string_view word);

// The whole word as a number; nothing for anything else, NaN and infinity. Too small is 0.
template <class T>
std::optional<T> number_in(std::string_view word) {
  if (word.size() > 1 && word.front() == '+' && word[1] != '-') word.remove_prefix(1);
  T value{};
  const auto end = std::from_chars(word.data(), word.data() + word.size(), value);
  if (word.empty() || end.ptr != word.data() + word.size()) return std::nullopt;
  if constexpr (std::is_floating_point_v<T>) {
    if (end.ec == std::errc::result_out_of_range && word.find("e-") != std::string_view::npos)
      return T{};
    if (!std::isfinite(value)) return std::nullopt;
  }
  if (end.ec != std::errc()) return std::nullopt;
  return value;
}

// How large the table is that the `index:value` words of the remaining lines make.
struct SparseExtent {
  std::uint64_t rows = 0;     // lines that are not blank
  std::uint64_t columns = 0;  // the largest of the lines' last indices
};
SparseExtent sparse_extent(TextLines lines);

// Throws Unsupported when the table would be far larger than the file.
void check_density(const Cursor& file, const SparseExtent& extent);

// The rest of the line as `index:value` words into row[index - 1]; indices count from 1 and ascend.
// `columns` is at least the line's last index, as sparse_extent says.
void read_sparse_row(TextLines& lines, float* row, std::uint64_t columns);

// Appends ` index:value` for each number that is not 0, in nine digits: the same float32 again.
void append_sparse_row(std::string& text, const float* row, std::uint64_t columns);

}  // namespace whiteline::io
