// The fields above the support vectors in a model of LIBSVM.
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "io/libsvm_text.hpp"

namespace whiteline::io {

// The words of the header's lines, by key; every question is checked, and its line named if the
// answer is no.
class LibsvmHeader {
 public:
  // Reads up to and with the line `SV`.
  explicit LibsvmHeader(TextLines& lines) : lines_(lines) {
    while (lines.next_line()) {
      if (lines.at_line_end()) continue;
      const std::string_view key = lines.next_word();
      if (key == "SV") return;
      if (std::find(std::begin(known), std::end(known), key) == std::end(known))
        lines.fail(key, fmt::format("`{}` is no field of a classifier", shown(key)));
      // The line as it is now, so that a refusal of one of its words can name its place.
      if (!fields_.emplace(key, lines).second)
        lines.fail(key, fmt::format("`{}` comes twice", key));
    }
    lines.fail_at_line_end("there is no line `SV`");
  }

  bool has(std::string_view key) const { return fields_.count(key) > 0; }
  std::string_view text(std::string_view key) const {
    TextLines line = field(key);
    const std::string_view word = line.next_word();
    if (word.empty() || !line.at_line_end())
      line.fail_at_line_end(fmt::format("`{}` wants one word", key));
    return word;
  }
  template <class T>
  T number(std::string_view key) const {
    return numbers<T>(key, 1).front();
  }
  template <class T>
  std::vector<T> numbers(std::string_view key, std::size_t count) const {
    TextLines line = field(key);
    std::vector<T> all;
    for (std::string_view word = line.next_word(); !word.empty(); word = line.next_word()) {
      const auto value = number_in<T>(word);
      if (!value)
        line.fail(word, fmt::format("`{}` of `{}` is no {}number", shown(word), key,
                                    std::is_integral_v<T> ? "whole " : "finite "));
      all.push_back(*value);
    }
    if (all.size() != count)
      line.fail_at_line_end(fmt::format("`{}` has {} numbers, not {}", key, all.size(), count));
    return all;
  }
  [[noreturn]] void fail(std::string_view key, std::string_view problem) const {
    field(key).fail_at_line_end(problem);
  }

 private:
  static constexpr std::string_view known[] = {"svm_type", "kernel_type", "degree",   "gamma",
                                               "coef0",    "nr_class",    "total_sv", "rho",
                                               "label",    "probA",       "probB",    "nr_sv"};

  const TextLines& field(std::string_view key) const {
    const auto found = fields_.find(key);
    if (found == fields_.end()) lines_.fail_at_line_end(fmt::format("there is no `{}`", key));
    return found->second;
  }

  TextLines& lines_;
  std::map<std::string_view, TextLines, std::less<>> fields_;
};

}  // namespace whiteline::io
