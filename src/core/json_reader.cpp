#include "core/json_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace whiteline::core {

void JsonReader::refuse(std::string_view problem) const {
  throw InvalidArgument(fmt::format("cannot read {} ({}) {}", what, problem, advice));
}

Json JsonReader::parse(const std::string& text) const {
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    refuse(error.what());
  }
}

const Json& JsonReader::object(const Json& json, std::string_view name, Keys keys,
                               Keys optional) const {
  if (!json.is_object()) refuse(fmt::format("{} is no object", name));
  for (const std::string_view key : keys)
    if (!json.contains(key)) refuse(fmt::format("{} has no `{}`", name, key));
  for (const auto& [key, value] : json.items())
    if (std::find(keys.begin(), keys.end(), key) == keys.end() &&
        std::find(optional.begin(), optional.end(), key) == optional.end())
      refuse(fmt::format("{} has an unknown `{}`", name, key));
  return json;
}

double JsonReader::number(const Json& json, std::string_view key) const {
  const Json& value = json.at(std::string(key));
  if (!value.is_number()) refuse(fmt::format("`{}` is no number", key));
  return value.get<double>();
}

std::int64_t JsonReader::integer(const Json& json, std::string_view key) const {
  const Json& value = json.at(std::string(key));
  const bool fits = value.is_number_integer() &&
                    (!value.is_number_unsigned() || value.get<std::uint64_t>() <= INT64_MAX);
  if (!fits) refuse(fmt::format("`{}` is no whole number", key));
  return value.get<std::int64_t>();
}

int JsonReader::small_integer(const Json& json, std::string_view key) const {
  const std::int64_t value = integer(json, key);
  if (!std::in_range<int>(value)) refuse(fmt::format("`{}` is too large", key));
  return int(value);
}

bool JsonReader::boolean(const Json& json, std::string_view key) const {
  const Json& value = json.at(std::string(key));
  if (!value.is_boolean()) refuse(fmt::format("`{}` is neither true nor false", key));
  return value.get<bool>();
}

std::string JsonReader::word(const Json& json, std::string_view key) const {
  const Json& value = json.at(std::string(key));
  if (!value.is_string()) refuse(fmt::format("`{}` is no text", key));
  return value.get<std::string>();
}

}  // namespace whiteline::core
