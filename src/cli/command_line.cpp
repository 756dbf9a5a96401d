#include "cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>

#include "cli/json.hpp"

namespace whiteline::cli {

namespace {

struct Spelling {
  std::string names, type;
};

Spelling split(const std::string& spelling) {
  const std::size_t space = spelling.find(' ');
  return {spelling.substr(0, space),
          space == std::string::npos ? std::string() : spelling.substr(space + 1)};
}

CLI::Option* finish(CLI::Option* option, const std::string& type, const std::string& heading) {
  option->type_name(type);
  if (!heading.empty()) option->group(heading);
  return option;
}

// Numbers as numbers, everything else as text.
Json value_of(const std::string& text) {
  const Json number = parse_json(text);
  return number.is_number() ? number : Json(text);
}

Json value_of(const CLI::Option& option) {
  if (option.get_expected_max() == 0) return option.count() > 0;  // a flag
  if (option.count() == 0)
    return option.get_default_str().empty() ? Json() : value_of(option.get_default_str());
  if (option.get_items_expected_max() == 1) return value_of(option.results().front());
  Json all = Json::array();
  for (const std::string& text : option.results()) all.push_back(text);
  return all;
}

Json options_in_force(const CLI::App& verb) {
  Json all = Json::object();
  for (const CLI::Option* option : verb.get_options()) {
    const std::string name = option->get_single_name();
    if (name != "help") all[name] = value_of(*option);
  }
  return all;
}

template <class T>
constexpr bool has_default = true;
template <class T>
constexpr bool has_default<std::optional<T>> = false;
template <class T>
constexpr bool has_default<std::vector<T>> = false;
template <>
constexpr bool has_default<std::filesystem::path> = false;

}  // namespace

Option& Option::required() {
  option_->required();
  return *this;
}

Option& Option::one_of(std::vector<std::string> values) {
  option_->check(CLI::IsMember(std::move(values)));
  return *this;
}

Option& Option::between(double least, double most) {
  option_->check(CLI::Range(least, most, fmt::format("in [{:.10g} - {:.10g}]", least, most)));
  return *this;
}

Option& Option::positive() {
  option_->check(CLI::PositiveNumber);
  return *this;
}

Option& Option::not_negative() {
  option_->check(CLI::NonNegativeNumber);
  return *this;
}

Option& Option::default_text(const std::string& text) {
  option_->default_str(text);
  return *this;
}

template <class T>
Option Verb::option(const std::string& spelling, T& value, const std::string& help) {
  const auto [names, type] = split(spelling);
  CLI::Option* option = app_->add_option(names, value, help);
  if constexpr (has_default<T>) option->capture_default_str();
  return Option(finish(option, type, heading_));
}

template Option Verb::option(const std::string&, int&, const std::string&);
template Option Verb::option(const std::string&, std::int64_t&, const std::string&);
template Option Verb::option(const std::string&, std::uint64_t&, const std::string&);
template Option Verb::option(const std::string&, double&, const std::string&);
template Option Verb::option(const std::string&, std::string&, const std::string&);
template Option Verb::option(const std::string&, std::filesystem::path&, const std::string&);
template Option Verb::option(const std::string&, std::optional<std::uint64_t>&, const std::string&);
template Option Verb::option(const std::string&, std::optional<double>&, const std::string&);
template Option Verb::option(const std::string&, std::vector<std::string>&, const std::string&);

Option Verb::text_option(const std::string& spelling, std::function<void(const std::string&)> read,
                         const std::string& help) {
  const auto [names, type] = split(spelling);
  CLI::Option* option = app_->add_option_function<std::string>(
      names,
      [read = std::move(read), names = names](const std::string& text) {
        try {
          read(text);
        } catch (const UsageError& error) {
          throw UsageError(names + ": " + error.what());
        }
      },
      help);
  return Option(finish(option, type, heading_));
}

void Verb::flag(const std::string& name, bool& value, const std::string& help) {
  finish(app_->add_flag(name, value, help), "", heading_);
}

void Verb::footer(const std::string& text) { app_->footer(text); }

void Verb::run(std::function<void(const Json& given)> action) {
  app_->callback([app = app_, action = std::move(action)] { action(options_in_force(*app)); });
}

CommandLine::CommandLine(const std::string& name, const std::string& description,
                         const std::string& version_text, const std::string& footer)
    : app_(std::make_unique<CLI::App>(description, name)) {
  app_->set_version_flag("--version", version_text);
  app_->require_subcommand(1);
  app_->footer(footer);
}

CommandLine::~CommandLine() = default;

Verb CommandLine::verb(const std::string& name, const std::string& description) {
  return Verb(app_->add_subcommand(name, description));
}

void CommandLine::run(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    app_->exit(asked);
  } catch (const CLI::ParseError& error) {
    throw UsageError(fmt::format("{} (see whiteline --help)", error.what()));
  }
}

}  // namespace whiteline::cli
