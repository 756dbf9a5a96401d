// Graphs of ONNX (https://github.com/onnx/onnx, docs/IR.md) on the way to a file: operators of
// opset 13, IR version 7, which runtimes know since 2020.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "io/protobuf.hpp"

namespace whiteline::io {

struct OnnxAttribute {
  std::string_view name;
  std::variant<std::int64_t, float, std::vector<std::int64_t>> value;
};

class OnnxGraph {
 public:
  using Dims = std::vector<std::int64_t>;
  enum class Element { f32 = 1, i64 = 7 };  // as ONNX numbers them

  // An operator with one output; returns its name, made up where none is given.
  std::string add(std::string_view op, const std::vector<std::string>& inputs,
                  const std::vector<OnnxAttribute>& attributes = {}, std::string output = {});

  // Tables; return their names.
  std::string table(std::span<const float> numbers, const Dims& dims);
  std::string table(std::span<const std::int64_t> numbers, const Dims& dims);
  std::string numbers(std::initializer_list<std::int64_t> numbers);  // a vector
  std::string number(float value);                                   // without dimensions

  // Tables of `rows` x columns, or of `rows` numbers (columns 0), from outside and to it.
  void input(std::string_view name, std::int64_t columns);
  void output(std::string_view name, Element element, std::int64_t columns);

  // The bytes of the file; `metadata` are texts by names.
  std::string model(std::string_view producer_version,
                    const std::vector<std::pair<std::string, std::string>>& metadata) const;

 private:
  std::string new_name(std::string_view stem);
  std::string table(std::string_view bytes, Element element, const Dims& dims);

  std::int64_t names_ = 0;
  ProtobufMessage nodes_, tables_, values_;  // fields of a GraphProto
};

}  // namespace whiteline::io
