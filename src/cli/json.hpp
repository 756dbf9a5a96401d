// JSON as text, compiled once: the library's parser and printer are templates that cost seconds in
// every file that calls them.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace whiteline::cli {

using Json = nlohmann::ordered_json;

Json parse_json(const std::string& text);  // is_discarded() for what is no JSON
// Bytes that are no UTF-8 are replaced.
std::string to_text(const Json& value);  // indented
std::string to_line(const Json& value);

}  // namespace whiteline::cli
