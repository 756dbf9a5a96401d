#include "cli/places.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "cli/csv.hpp"

namespace whiteline::cli {

std::string place_header(const SpectrumImage& image, bool is_table) {
  return std::string(is_table ? "row" : "y,x") + (image.labels.empty() ? "" : ",truth");
}

std::string place_fields(const SpectrumImage& image, bool is_table, std::size_t row) {
  std::string fields = is_table ? fmt::format("{}", row)
                                : fmt::format("{},{}", std::int64_t(row) / image.width,
                                              std::int64_t(row) % image.width);
  if (!image.labels.empty()) {
    const std::int32_t label = image.labels[row];
    fields += "," + (label == no_label ? std::string()
                                       : csv_field(image.class_names[std::size_t(label)]));
  }
  return fields;
}

}  // namespace whiteline::cli
