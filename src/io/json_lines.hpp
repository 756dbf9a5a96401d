// Journals: files of one JSON value a line, that grow line by line and are read again after a kill.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace whiteline::io {

class JsonLines {
 public:
  struct Kind {
    std::string_view what;       // a line is, for messages: "a cell of a search"
    std::string_view beginning;  // of every line
    bool alone = false;          // no other process or object may have the file open alone
  };
  // take(line) says what is wrong with a line, or nothing; what it throws is thrown on.
  using Take = std::function<std::string(std::string_view line)>;

  // Opens or makes the file, and has each line taken. A last line that was not finished, or not
  // taken, is cut off where it begins like a line. Throws FormatError for any other line that is
  // not taken, ReadError for what is no readable file, Error where it cannot be written or locked.
  JsonLines(std::filesystem::path path, const Kind& kind, const Take& take);
  ~JsonLines();
  JsonLines(const JsonLines&) = delete;
  JsonLines& operator=(const JsonLines&) = delete;

  void append(std::string_view line) const;  // with its end; on disk when it returns

 private:
  std::uint64_t take_lines(const std::string& text, const Kind& kind, const Take& take);
  [[noreturn]] void cannot_write() const;

  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace whiteline::io
