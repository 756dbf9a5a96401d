#include <whiteline/metrics.hpp>

#include <fmt/format.h>
#include <whiteline/spectra.hpp>

#include <limits>

namespace whiteline {

namespace {

void check_lengths(std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted) {
  if (truth.size() != predicted.size())
    throw InvalidArgument(
        fmt::format("cannot compare {} labels with {} (one a spectrum is needed) give labels of "
                    "the same spectra",
                    predicted.size(), truth.size()));
}

}  // namespace

double accuracy(std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted) {
  check_lengths(truth, predicted);
  std::int64_t known = 0, equal = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] == no_label) continue;
    ++known;
    equal += truth[i] == predicted[i];
  }
  return known ? double(equal) / double(known) : std::numeric_limits<double>::quiet_NaN();
}

std::vector<std::int64_t> confusion_matrix(std::span<const std::int32_t> truth,
                                           std::span<const std::int32_t> predicted,
                                           std::int32_t classes) {
  check_lengths(truth, predicted);
  if (classes < 0)
    throw InvalidArgument(fmt::format(
        "cannot count {} classes (the number is negative) give the number of classes", classes));
  const auto inside = [&](std::int32_t label) { return label >= 0 && label < classes; };
  std::vector<std::int64_t> counts(std::size_t(classes) * std::size_t(classes), 0);
  for (std::size_t i = 0; i < truth.size(); ++i)
    if (inside(truth[i]) && inside(predicted[i]))
      ++counts[std::size_t(truth[i]) * std::size_t(classes) + std::size_t(predicted[i])];
  return counts;
}

}  // namespace whiteline
