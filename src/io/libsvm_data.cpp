#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>

#include "io/atomic_file.hpp"
#include "io/libsvm.hpp"
#include "io/libsvm_text.hpp"

namespace whiteline {

std::vector<std::int32_t> libsvm_labels(const std::vector<std::string>& class_names,
                                        std::vector<std::int32_t> otherwise) {
  std::vector<std::int32_t> labels;
  for (const std::string& name : class_names) {
    const auto number = io::number_in<std::int32_t>(name);
    if (!number) return otherwise;
    labels.push_back(*number);
  }
  const std::set<std::int32_t> distinct(labels.begin(), labels.end());
  return distinct.size() == labels.size() ? labels : otherwise;
}

namespace io {

namespace {

constexpr std::size_t text_at_once = 1
                                     << 20;  // bytes written at a time, or read between two reports

// "+1", "-1", "3", "2.0"
std::int32_t label_in(const TextLines& lines, std::string_view word) {
  const auto label = number_in<double>(word);
  if (!label) lines.fail(word, fmt::format("the label `{}` is no number", shown(word)));
  if (*label != std::floor(*label) || std::abs(*label) > 1e9)
    lines.fail(word, fmt::format("the label `{}` is no whole number: this is no set of classes",
                                 shown(word)));
  return std::int32_t(*label);
}

// Labels as positions among the distinct ones, whose text becomes the classes' names.
void name_classes(Dataset& set) {
  std::vector<std::int32_t> classes = set.labels;
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  for (std::int32_t& label : set.labels)
    label = std::int32_t(std::lower_bound(classes.begin(), classes.end(), label) - classes.begin());
  for (const std::int32_t label : classes) set.class_names.push_back(std::to_string(label));
}

void check_row(const Dataset& set, std::int64_t row) {
  if (set.labels[std::size_t(row)] == no_label)
    throw InvalidArgument(
        fmt::format("cannot write LIBSVM text (row {} has no label, and each line begins with one) "
                    "leave out rows without a label",
                    row));
  const float* counts = set.counts.data() + row * set.channels;
  const float* bad =
      std::find_if_not(counts, counts + set.channels, [](float v) { return std::isfinite(v); });
  if (bad != counts + set.channels)
    throw InvalidArgument(
        fmt::format("cannot write LIBSVM text (channel {} of row {} is NaN or infinite) repair or "
                    "leave out this spectrum",
                    bad - counts, row));
}

}  // namespace

bool is_libsvm_data(std::span<const std::byte> head) {
  TextLines lines({"", head});
  while (lines.next_line()) {
    if (lines.at_line_end()) continue;
    if (!number_in<double>(lines.next_word())) return false;
    const std::string_view word = lines.next_word();
    return number_in<std::uint64_t>(word.substr(0, word.find(':'))) &&
           word.find(':') != std::string_view::npos;
  }
  return false;
}

FileContents read_libsvm(InputFile& input) {
  const Cursor file = input.cursor();
  TextLines lines(file);
  const SparseExtent extent = sparse_extent(lines);
  if (extent.columns == 0) file.fail_at(0, "no line has an index:value");
  check_density(file, extent);
  Dataset set;
  set.rows = std::int64_t(extent.rows);
  set.channels = std::int64_t(extent.columns);
  set.labels.reserve(extent.rows);
  set.counts.resize(extent.rows * extent.columns);
  std::uint64_t reported = 0;
  while (lines.next_line()) {
    if (lines.at_line_end()) continue;
    set.labels.push_back(label_in(lines, lines.next_word()));
    read_sparse_row(lines, set.counts.data() + (set.labels.size() - 1) * extent.columns,
                    extent.columns);
    if (lines.offset() - reported < text_at_once) continue;
    reported = lines.offset();
    input.report(input.size());
  }
  name_classes(set);
  return {"libsvm", {}, std::move(set)};
}

void write_libsvm(AtomicFile& file, const Dataset& set) {
  for (std::int64_t row = 0; row < set.rows; ++row) check_row(set, row);
  std::vector<std::int32_t> positions(set.class_names.size());
  std::iota(positions.begin(), positions.end(), 0);
  const std::vector<std::int32_t> labels = libsvm_labels(set.class_names, std::move(positions));
  std::string text;
  for (std::int64_t row = 0; row < set.rows; ++row) {
    text += std::to_string(labels[std::size_t(set.labels[std::size_t(row)])]);
    append_sparse_row(text, set.counts.data() + row * set.channels, std::uint64_t(set.channels));
    text += '\n';
    if (text.size() < text_at_once) continue;
    file.write(text);
    text.clear();
  }
  file.write(text);
}

}  // namespace io

}  // namespace whiteline
