// Declaring a verb's options with CLI11: only files that do so include this.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

#include "cli/errors.hpp"

namespace whiteline::cli {

// An option whose text is read by `parse`; a UsageError of `parse` gets the option's name.
template <class T, class Parse>
CLI::Option* add_parsed(CLI::App& verb, const std::string& name, T& value, Parse parse,
                        const std::string& help) {
  return verb.add_option_function<std::string>(
      name,
      [&value, parse, name](const std::string& text) {
        try {
          value = parse(text);
        } catch (const UsageError& error) {
          throw UsageError(name + ": " + error.what());
        }
      },
      help);
}

}  // namespace whiteline::cli
