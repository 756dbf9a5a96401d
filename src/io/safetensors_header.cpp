#include "io/safetensors_header.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "io/cursor.hpp"
#include "io/json.hpp"

namespace whiteline::io {

namespace {

constexpr std::string_view names[] = {"U8",  "I8",  "U16", "I16", "U32", "I32",
                                      "U64", "I64", "F16", "F32", "F64"};
constexpr std::size_t max_list_length = 8;
constexpr std::size_t max_tensors = 65536;

// Follows the only tree a header may have:
// { "__metadata__": {text: text}, tensor: {"dtype": text, "shape": [n], "data_offsets": [n, n]} }
class HeaderReader : public nlohmann::json_sax<Json> {
 public:
  SafetensorsHeader header;

  bool null() override { refuse("null"); }
  bool boolean(bool) override { refuse("a truth value"); }
  bool number_integer(number_integer_t) override { refuse("a negative number"); }
  bool number_float(number_float_t, const string_t&) override { refuse("a number with a point"); }
  bool binary(binary_t&) override { refuse("binary data"); }

  bool number_unsigned(number_unsigned_t value) override {
    if (!in_array_) refuse("a number outside a list");
    if (numbers_.size() >= max_list_length) refuse("a list that is too long");
    numbers_.push_back(value);
    return true;
  }

  bool string(string_t& text) override {
    if (in_array_ || depth_ != 2) refuse("text where none belongs");
    if (in_metadata_) {
      header.metadata.emplace(field_, std::move(text));
      return true;
    }
    if (field_ != "dtype") refuse("text for `" + field_ + "`");
    element_ = element_named(text);
    if (!element_) throw JsonProblem("type `" + text + "` is not known");
    return true;
  }

  bool start_object(std::size_t) override {
    if (in_array_ || depth_ == 2) refuse("an object nested too deep");
    ++depth_;
    fields_.clear();
    element_.reset();
    shape_.reset();
    offsets_.reset();
    return true;
  }

  bool key(string_t& text) override {
    if (depth_ == 1) {
      if (!keys_.insert(text).second) throw JsonProblem("`" + text + "` occurs twice");
      in_metadata_ = text == "__metadata__";
      tensor_ = std::move(text);
      return true;
    }
    if (!fields_.insert(text).second) throw JsonProblem("`" + text + "` occurs twice");
    if (!in_metadata_ && text != "dtype" && text != "shape" && text != "data_offsets")
      throw JsonProblem("field `" + text + "` is not known");
    field_ = std::move(text);
    return true;
  }

  bool end_object() override {
    if (depth_-- == 2 && !in_metadata_) finish_tensor();
    return true;
  }

  bool start_array(std::size_t) override {
    if (in_array_ || depth_ != 2 || in_metadata_ || field_ == "dtype")
      refuse("a list where none belongs");
    in_array_ = true;
    numbers_.clear();
    return true;
  }

  bool end_array() override {
    in_array_ = false;
    (field_ == "shape" ? shape_ : offsets_) = numbers_;
    return true;
  }

  bool parse_error(std::size_t at, const std::string&, const Json::exception&) override {
    throw JsonProblem("at character " + std::to_string(at));
  }

 private:
  [[noreturn]] static void refuse(const std::string& what) {
    throw JsonProblem("there is " + what);
  }

  void finish_tensor() {
    if (!element_ || !shape_ || !offsets_ || offsets_->size() != 2)
      throw JsonProblem("tensor `" + tensor_ + "` lacks dtype, shape or data_offsets");
    if (header.tensors.size() >= max_tensors) refuse("a tensor too many");
    header.tensors.push_back({tensor_, *element_, *shape_, (*offsets_)[0], (*offsets_)[1]});
  }

  int depth_ = 0;
  bool in_array_ = false, in_metadata_ = false;
  std::string tensor_, field_;
  std::set<std::string> keys_, fields_;
  std::vector<std::uint64_t> numbers_;
  std::optional<Element> element_;
  std::optional<std::vector<std::uint64_t>> shape_, offsets_;
};

}  // namespace

std::string_view name(Element element) { return names[static_cast<int>(element)]; }

std::optional<Element> element_named(std::string_view name) {
  const auto found = std::find(std::begin(names), std::end(names), name);
  if (found == std::end(names)) return std::nullopt;
  return static_cast<Element>(found - std::begin(names));
}

SafetensorsHeader parse_safetensors_header(std::string_view text) {
  if (text.empty() || text.front() != '{') throw JsonProblem("it does not begin with {");
  HeaderReader reader;
  if (!Json::sax_parse(text.begin(), text.end(), &reader)) throw JsonProblem("it is no JSON");
  return std::move(reader.header);
}

std::uint64_t bytes_of(const TensorEntry& tensor) {
  std::uint64_t bytes = size_of(tensor.element);
  for (const std::uint64_t extent : tensor.shape) bytes = saturated_product(bytes, extent);
  return bytes;
}

std::string safetensors_header(const std::map<std::string, std::string>& metadata,
                               std::span<const TensorEntry> tensors) {
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t begin = 0;
  for (const TensorEntry& tensor : tensors) {
    const std::uint64_t end = begin + bytes_of(tensor);
    header[tensor.name] = {
        {"dtype", name(tensor.element)}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
    begin = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  std::string length(sizeof(std::uint64_t), '\0');
  store(reinterpret_cast<std::byte*>(length.data()), std::uint64_t(text.size()),
        std::endian::little);
  return length + text;
}

}  // namespace whiteline::io
