#include "io/json.hpp"

#include <set>
#include <vector>

#include "io/utf8.hpp"

namespace whiteline::io {

namespace {

constexpr int max_depth = 64;
constexpr std::size_t max_values = 200'000;

class Guard {
 public:
  bool operator()(int depth, Json::parse_event_t event, Json& value) {
    if (depth > max_depth) throw JsonProblem("it is nested too deep");
    if (++values_ > max_values) throw JsonProblem("it holds too many values");
    if (event == Json::parse_event_t::object_start) keys_.emplace_back();
    if (event == Json::parse_event_t::object_end) keys_.pop_back();
    if (event == Json::parse_event_t::key &&
        !keys_.back().insert(value.get_ref<const std::string&>()).second)
      throw JsonProblem("key `" + value.get<std::string>() + "` occurs twice");
    return true;
  }

 private:
  std::size_t values_ = 0;
  std::vector<std::set<std::string>> keys_;
};

}  // namespace

Json parse_json(std::string_view text) {
  Guard guard;
  try {
    return Json::parse(text.begin(), text.end(), std::ref(guard));
  } catch (const Json::parse_error& error) {
    throw JsonProblem("at character " + std::to_string(error.byte));
  } catch (const Json::exception&) {
    throw JsonProblem("a number is too large");
  }
}

const Json* find(const Json& root, std::string_view path) {
  const Json* node = &root;
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    if (!node->is_object()) return nullptr;
    const auto member = node->find(std::string(name));
    if (member == node->end()) return nullptr;
    node = &*member;
  }
  return node;
}

void set(Json& root, std::string_view path, Json value) {
  Json* node = &root;
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    if (!node->is_object()) *node = Json::object();
    node = &(*node)[std::string(name)];
  }
  *node = std::move(value);
}

double number_or(const Json& root, std::string_view path, double otherwise) {
  const Json* node = find(root, path);
  return node && node->is_number() ? node->get<double>() : otherwise;
}

std::string text_or(const Json& root, std::string_view path, std::string_view otherwise) {
  const Json* node = find(root, path);
  return node && node->is_string() ? node->get<std::string>() : std::string(otherwise);
}

}  // namespace whiteline::io
