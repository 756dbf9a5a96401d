#include "io/onnx_graph.hpp"

#include <fmt/format.h>

#include <type_traits>

namespace whiteline::io {

namespace {

constexpr std::int64_t ir_version = 7, opset = 13;

// Numbers of the fields of ONNX's messages (onnx.proto).
namespace model_field {
constexpr int ir_version = 1, producer_name = 2, producer_version = 3, graph = 7, opset_import = 8,
              metadata = 14;
}
namespace opset_field {
constexpr int version = 2;
}
namespace entry_field {
constexpr int key = 1, value = 2;
}
namespace graph_field {
constexpr int node = 1, name = 2, initializer = 5, input = 11, output = 12;
}
namespace node_field {
constexpr int input = 1, output = 2, name = 3, op_type = 4, attribute = 5;
}
namespace attribute_field {
constexpr int name = 1, f = 2, i = 3, ints = 8, type = 20;
}
namespace tensor_field {
constexpr int dims = 1, data_type = 2, name = 8, raw_data = 9;
}
namespace value_field {
constexpr int name = 1, type = 2;
}
namespace type_field {
constexpr int tensor = 1, element = 1, shape = 2, dim = 1, dim_value = 1, dim_name = 2;
}
enum class AttributeType { number = 1, whole = 2, wholes = 7 };

ProtobufMessage attribute_message(const OnnxAttribute& attribute) {
  ProtobufMessage message;
  message.text(attribute_field::name, attribute.name);
  const auto type = [&](AttributeType which) {
    message.whole(attribute_field::type, std::int64_t(which));
  };
  if (const auto* number = std::get_if<float>(&attribute.value)) {
    message.number(attribute_field::f, *number);
    type(AttributeType::number);
  } else if (const auto* whole = std::get_if<std::int64_t>(&attribute.value)) {
    message.whole(attribute_field::i, *whole);
    type(AttributeType::whole);
  } else {
    for (const std::int64_t one : std::get<std::vector<std::int64_t>>(attribute.value))
      message.whole(attribute_field::ints, one);
    type(AttributeType::wholes);
  }
  return message;
}

ProtobufMessage value_message(std::string_view name, OnnxGraph::Element element,
                              std::int64_t columns) {
  ProtobufMessage rows, shape, tensor, type, value;
  rows.text(type_field::dim_name, "rows");
  shape.message(type_field::dim, rows);
  if (columns > 0) {
    ProtobufMessage dim;
    dim.whole(type_field::dim_value, columns);
    shape.message(type_field::dim, dim);
  }
  tensor.whole(type_field::element, std::int64_t(element));
  tensor.message(type_field::shape, shape);
  type.message(type_field::tensor, tensor);
  value.text(value_field::name, name);
  value.message(value_field::type, type);
  return value;
}

template <class T>
std::string_view bytes_as_text(std::span<const T> numbers) {
  static_assert(std::endian::native == std::endian::little);
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()};
}

}  // namespace

std::string OnnxGraph::new_name(std::string_view stem) {
  return fmt::format("{}_{}", stem, names_++);
}

std::string OnnxGraph::add(std::string_view op, const std::vector<std::string>& inputs,
                           const std::vector<OnnxAttribute>& attributes, std::string output) {
  if (output.empty()) output = new_name(op);
  ProtobufMessage node;
  for (const std::string& input : inputs) node.text(node_field::input, input);
  node.text(node_field::output, output);
  node.text(node_field::name, output);
  node.text(node_field::op_type, op);
  for (const OnnxAttribute& attribute : attributes)
    node.message(node_field::attribute, attribute_message(attribute));
  nodes_.message(graph_field::node, node);
  return output;
}

std::string OnnxGraph::table(std::string_view bytes, Element element, const Dims& dims) {
  const std::string name = new_name("table");
  ProtobufMessage tensor;
  for (const std::int64_t extent : dims) tensor.whole(tensor_field::dims, extent);
  tensor.whole(tensor_field::data_type, std::int64_t(element));
  tensor.text(tensor_field::name, name);
  tensor.text(tensor_field::raw_data, bytes);
  tables_.message(graph_field::initializer, tensor);
  return name;
}

std::string OnnxGraph::table(std::span<const float> numbers, const Dims& dims) {
  return table(bytes_as_text(numbers), Element::f32, dims);
}

std::string OnnxGraph::table(std::span<const std::int64_t> numbers, const Dims& dims) {
  return table(bytes_as_text(numbers), Element::i64, dims);
}

std::string OnnxGraph::numbers(std::initializer_list<std::int64_t> numbers) {
  return table(std::span(numbers.begin(), numbers.size()), {std::int64_t(numbers.size())});
}

std::string OnnxGraph::number(float value) { return table(std::span<const float>(&value, 1), {}); }

void OnnxGraph::input(std::string_view name, std::int64_t columns) {
  values_.message(graph_field::input, value_message(name, Element::f32, columns));
}

void OnnxGraph::output(std::string_view name, Element element, std::int64_t columns) {
  values_.message(graph_field::output, value_message(name, element, columns));
}

std::string OnnxGraph::model(
    std::string_view producer_version,
    const std::vector<std::pair<std::string, std::string>>& metadata) const {
  ProtobufMessage name, opset_id, model;
  name.text(graph_field::name, "whiteline");
  opset_id.whole(opset_field::version, opset);
  model.whole(model_field::ir_version, ir_version);
  model.text(model_field::producer_name, "whiteline");
  model.text(model_field::producer_version, producer_version);
  model.text(model_field::graph, nodes_.bytes() + name.bytes() + tables_.bytes() + values_.bytes());
  model.message(model_field::opset_import, opset_id);
  for (const auto& [key, value] : metadata) {
    ProtobufMessage entry;
    entry.text(entry_field::key, key);
    entry.text(entry_field::value, value);
    model.message(model_field::metadata, entry);
  }
  return model.bytes();
}

}  // namespace whiteline::io
