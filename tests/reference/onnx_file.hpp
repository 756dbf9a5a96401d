// ONNX files as their documentation says, read without the library.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace whiteline::test::reference {

// The fields of one message of Protocol Buffers, in order.
struct ProtobufField {
  int number = 0;
  std::uint64_t whole = 0;  // of varints and fixed numbers
  std::string_view bytes;
};

inline std::vector<ProtobufField> protobuf_fields(std::string_view message) {
  std::size_t at = 0;
  const auto byte = [&] {
    if (at >= message.size()) throw std::runtime_error("message cut off");
    return std::uint64_t(static_cast<unsigned char>(message[at++]));
  };
  const auto varint = [&] {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint64_t next = byte();
      value |= (next & 0x7f) << shift;
      if (next < 0x80) return value;
    }
    throw std::runtime_error("endless varint");
  };
  std::vector<ProtobufField> fields;
  while (at < message.size()) {
    const std::uint64_t key = varint();
    ProtobufField& field = fields.emplace_back();
    field.number = int(key >> 3);
    if ((key & 7) == 0) {
      field.whole = varint();
    } else if ((key & 7) == 5) {
      for (int shift = 0; shift < 32; shift += 8) field.whole |= byte() << shift;
    } else if ((key & 7) == 2) {
      const std::uint64_t size = varint();
      if (size > message.size() - at) throw std::runtime_error("field cut off");
      field.bytes = message.substr(at, size);
      at += size;
    } else {
      throw std::runtime_error("unknown wire type");
    }
  }
  return fields;
}

struct OnnxTensor {
  std::vector<std::int64_t> dims;
  std::vector<double> values;
};

struct OnnxAttributes {
  std::map<std::string, double> numbers;
  std::map<std::string, std::vector<std::int64_t>> lists;

  double number(const std::string& name, double otherwise) const {
    const auto found = numbers.find(name);
    return found == numbers.end() ? otherwise : found->second;
  }
};

struct OnnxNode {
  std::string op;
  std::vector<std::string> inputs, outputs;
  OnnxAttributes attributes;
};

struct OnnxFile {
  std::int64_t ir_version = 0, opset = 0;
  std::string producer;
  std::vector<OnnxNode> nodes;
  std::map<std::string, OnnxTensor> tables;
  std::vector<std::string> inputs, outputs;
  std::map<std::string, std::string> metadata;
};

namespace onnx {

inline OnnxTensor tensor(std::string_view message, std::string& name) {
  OnnxTensor tensor;
  std::uint64_t type = 0;
  std::string_view raw;
  for (const ProtobufField& field : protobuf_fields(message)) {
    if (field.number == 1) tensor.dims.push_back(std::int64_t(field.whole));
    if (field.number == 2) type = field.whole;
    if (field.number == 8) name = field.bytes;
    if (field.number == 9) raw = field.bytes;
  }
  const auto take = [&](auto zero) {
    for (std::size_t at = 0; at < raw.size(); at += sizeof(zero)) {
      std::memcpy(&zero, raw.data() + at, sizeof(zero));
      tensor.values.push_back(double(zero));
    }
  };
  if (type == 1) take(0.0f);
  if (type == 7) take(std::int64_t(0));
  std::size_t count = 1;
  for (const std::int64_t extent : tensor.dims) count *= std::size_t(extent);
  if (tensor.values.size() != count) throw std::runtime_error("table of another size");
  return tensor;
}

inline void attribute(std::string_view message, OnnxAttributes& to) {
  std::string name;
  std::uint64_t type = 0;
  double number = 0.0;
  std::vector<std::int64_t> list;
  for (const ProtobufField& field : protobuf_fields(message)) {
    if (field.number == 1) name = field.bytes;
    if (field.number == 2) number = double(std::bit_cast<float>(std::uint32_t(field.whole)));
    if (field.number == 3) number = double(std::int64_t(field.whole));
    if (field.number == 8) list.push_back(std::int64_t(field.whole));
    if (field.number == 20) type = field.whole;
  }
  if (type == 1 || type == 2)
    to.numbers[name] = number;
  else if (type == 7)
    to.lists[name] = list;
  else
    throw std::runtime_error("unknown attribute");
}

inline OnnxNode node(std::string_view message) {
  OnnxNode node;
  for (const ProtobufField& field : protobuf_fields(message)) {
    if (field.number == 1) node.inputs.emplace_back(field.bytes);
    if (field.number == 2) node.outputs.emplace_back(field.bytes);
    if (field.number == 4) node.op = field.bytes;
    if (field.number == 5) attribute(field.bytes, node.attributes);
  }
  return node;
}

inline std::string first_text(std::string_view message) {
  for (const ProtobufField& field : protobuf_fields(message))
    if (field.number == 1) return std::string(field.bytes);
  return {};
}

inline void graph(std::string_view message, OnnxFile& to) {
  for (const ProtobufField& field : protobuf_fields(message)) {
    if (field.number == 1) to.nodes.push_back(node(field.bytes));
    if (field.number == 5) {
      std::string name;
      OnnxTensor table = tensor(field.bytes, name);
      to.tables[name] = std::move(table);
    }
    if (field.number == 11) to.inputs.push_back(first_text(field.bytes));
    if (field.number == 12) to.outputs.push_back(first_text(field.bytes));
  }
}

}  // namespace onnx

inline OnnxFile read_onnx(std::string_view bytes) {
  OnnxFile file;
  for (const ProtobufField& field : protobuf_fields(bytes)) {
    if (field.number == 1) file.ir_version = std::int64_t(field.whole);
    if (field.number == 2) file.producer = field.bytes;
    if (field.number == 7) onnx::graph(field.bytes, file);
    if (field.number == 8)
      for (const ProtobufField& inner : protobuf_fields(field.bytes))
        if (inner.number == 2) file.opset = std::int64_t(inner.whole);
    if (field.number == 14) {
      const auto entry = protobuf_fields(field.bytes);
      file.metadata[std::string(entry.at(0).bytes)] = entry.at(1).bytes;
    }
  }
  return file;
}

}  // namespace whiteline::test::reference
