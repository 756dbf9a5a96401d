// JSON from files: parsed within bounds, duplicate keys refused.
#pragma once

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace whiteline::io {

using Json = nlohmann::json;  // keys in alphabetical order

class JsonProblem : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws JsonProblem for what is no JSON, has a key twice, is nested more than 64 deep or holds
// more than 200,000 values.
Json parse_json(std::string_view text);

// Members of an object by path ("Signal/signal_type"): null when one is missing.
const Json* find(const Json& root, std::string_view path);
double number_or(const Json& root, std::string_view path, double otherwise);
std::string text_or(const Json& root, std::string_view path, std::string_view otherwise);
// Puts the value at a path of an object; what is no object on the way becomes one.
void set(Json& root, std::string_view path, Json value);

}  // namespace whiteline::io
