#include "cli/json.hpp"

namespace whiteline::cli {

namespace {
constexpr auto replace = Json::error_handler_t::replace;
}

Json parse_json(const std::string& text) { return Json::parse(text, nullptr, false); }

std::string to_text(const Json& value) { return value.dump(2, ' ', false, replace); }

std::string to_line(const Json& value) { return value.dump(-1, ' ', false, replace); }

}  // namespace whiteline::cli
