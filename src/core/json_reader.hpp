// Descriptions given as JSON, read strictly: what does not fit is InvalidArgument that names it.
#pragma once

#include <whiteline/error.hpp>

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace whiteline::core {

using Json = nlohmann::ordered_json;

// "cannot read <what> (<problem>) <advice>"
struct JsonReader {
  std::string_view what, advice;

  using Keys = std::initializer_list<std::string_view>;

  [[noreturn]] void refuse(std::string_view problem) const;
  Json parse(const std::string& text) const;

  // `json` itself, an object that holds these keys, perhaps the optional ones, and no others.
  // `name`: how messages call it.
  const Json& object(const Json& json, std::string_view name, Keys keys, Keys optional = {}) const;

  // Members of an object.
  double number(const Json& json, std::string_view key) const;
  std::int64_t integer(const Json& json, std::string_view key) const;
  int small_integer(const Json& json, std::string_view key) const;
  bool boolean(const Json& json, std::string_view key) const;
  std::string word(const Json& json, std::string_view key) const;
};

}  // namespace whiteline::core
