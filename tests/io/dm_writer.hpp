// A small writer of DigitalMicrograph files, so that tests can make what no instrument saved.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "io/files.hpp"

namespace whiteline::test {

class DmWriter {
 public:
  explicit DmWriter(int version, bool little = true) : version_(version), little_(little) {}

  using Entries = std::vector<std::string>;

  std::string group(const std::string& name, const Entries& entries) const {
    return entry(20, name, group_body(entries));
  }
  template <class T>
  std::string number(const std::string& name, int type, T value) const {
    return entry(21, name, "%%%%" + numbers({1, type}) + packed(value, !little_));
  }
  std::string text(const std::string& name, const std::u16string& value) const {
    std::string bytes;
    for (const char16_t unit : value) bytes += packed(std::uint16_t(unit), !little_);
    return entry(21, name, "%%%%" + numbers({3, 20, 4, std::int64_t(value.size())}) + bytes);
  }
  template <class T>
  std::string array(const std::string& name, int type, const std::vector<T>& values) const {
    std::string bytes;
    for (const T value : values) bytes += packed(value, !little_);
    return entry(21, name, "%%%%" + numbers({3, 20, type, std::int64_t(values.size())}) + bytes);
  }
  // Pairs of float32.
  std::string structure(const std::string& name, float first, float second) const {
    return entry(21, name,
                 "%%%%" + numbers({7, 15, 0, 2, 0, 6, 0, 6}) + packed(first, !little_) +
                     packed(second, !little_));
  }
  std::string file(const Entries& root) const {
    const std::string body = group_body(root);
    return packed(std::int32_t(version_), true) + count(std::int64_t(body.size())) +
           packed(std::int32_t(little_), true) + body + std::string(8, '\0');
  }

  struct Dimension {
    std::uint32_t size;
    float origin, scale;
    std::u16string units;
  };
  template <class T>
  std::string image(int data_type, int array_type, const std::vector<T>& data,
                    const std::vector<Dimension>& dimensions, const Entries& tags = {}) const {
    Entries sizes, calibrations;
    for (const Dimension& one : dimensions) {
      sizes.push_back(number("", 5, one.size));
      calibrations.push_back(group("", {number("Origin", 6, one.origin),
                                        number("Scale", 6, one.scale), text("Units", one.units)}));
    }
    return group("", {group("ImageData", {group("Calibrations", {group("Dimension", calibrations)}),
                                          array("Data", array_type, data),
                                          number("DataType", 3, std::int32_t(data_type)),
                                          group("Dimensions", sizes)}),
                      group("ImageTags", tags), text("Name", u"scan")});
  }

 private:
  std::string count(std::int64_t value) const {
    return version_ == 3 ? packed(std::int32_t(value), true) : packed(value, true);
  }
  std::string numbers(const std::vector<std::int64_t>& values) const {
    std::string bytes;
    for (const std::int64_t value : values) bytes += count(value);
    return bytes;
  }
  std::string group_body(const Entries& entries) const {
    std::string body = std::string("\1\0", 2) + count(std::int64_t(entries.size()));
    for (const std::string& one : entries) body += one;
    return body;
  }
  std::string entry(char kind, const std::string& name, const std::string& body) const {
    std::string bytes = kind + packed(std::uint16_t(name.size()), true) + name;
    if (version_ == 4) bytes += packed(std::int64_t(body.size()), true);
    return bytes + body;
  }

  int version_;
  bool little_;
};

}  // namespace whiteline::test
