// The command's verbs and their options: declared here, parsed by CLI11, which only
// command_line.cpp includes.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/errors.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace whiteline::cli {

// What may be said of an option once it is declared.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option& required();
  Option& one_of(std::vector<std::string> values);
  Option& between(double least, double most);  // both allowed
  Option& positive();                          // above 0
  Option& not_negative();                      // 0 or more
  // For --help and the run record: what stands for an option that is not given.
  Option& default_text(const std::string& text);

 private:
  CLI::Option* option_;
};

class Verb {
 public:
  explicit Verb(CLI::App* app) : app_(app) {}

  // Options from here on stand under this heading in --help.
  void heading(std::string text) { heading_ = std::move(text); }

  // `spelling` is the names, a space and what --help calls the value: "-o,--output FILE"; a name
  // without dashes is a positional argument. T: a number, an optional number, std::string,
  // std::filesystem::path, or a vector of paths, of which any number may be given. The value it has
  // now is its default.
  template <class T>
  Option option(const std::string& spelling, T& value, const std::string& help);

  // An option whose text is read by `parse`; a UsageError of `parse` gets the option's name.
  template <class T, class Parse>
  Option option(const std::string& spelling, T& value, Parse parse, const std::string& help) {
    return text_option(
        spelling, [&value, parse](const std::string& text) { value = parse(text); }, help);
  }

  void flag(const std::string& name, bool& value, const std::string& help);
  void footer(const std::string& text);  // below the options in --help

  // What runs when the verb was chosen: run(options in force), a JSON object with the value, given
  // or default, of each option.
  void run(std::function<void(const nlohmann::ordered_json& given)> action);

 private:
  Option text_option(const std::string& spelling, std::function<void(const std::string&)> read,
                     const std::string& help);

  CLI::App* app_;
  std::string heading_;
};

class CommandLine {
 public:
  CommandLine(const std::string& name, const std::string& description,
              const std::string& version_text, const std::string& footer);
  ~CommandLine();

  Verb verb(const std::string& name, const std::string& description);

  // Runs the verb that was asked for, or prints help or the version. Throws UsageError, and what
  // the verb throws.
  void run(int argc, char** argv);

 private:
  std::unique_ptr<CLI::App> app_;
};

}  // namespace whiteline::cli
