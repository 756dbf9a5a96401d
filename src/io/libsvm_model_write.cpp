#include <algorithm>
#include <iterator>
#include <optional>

#include "io/atomic_file.hpp"
#include "io/libsvm.hpp"
#include "io/libsvm_text.hpp"

namespace whiteline::io {

namespace {

constexpr std::size_t written_at_once = 1 << 20;  // bytes

struct Pair {
  std::size_t first, second;
};
std::vector<Pair> pairs_of(std::size_t classes) {
  std::vector<Pair> pairs;
  for (std::size_t a = 0; a < classes; ++a)
    for (std::size_t b = a + 1; b < classes; ++b) pairs.push_back({a, b});
  return pairs;
}

// The class whose pairs hold all coefficients of support vector `row`: its own. None when all are
// 0.
std::optional<std::size_t> class_of(const SvmModel& model, const std::vector<Pair>& pairs,
                                    std::size_t row) {
  const auto count = std::size_t(model.support_vector_count());
  std::vector<std::size_t> used;
  for (std::size_t p = 0; p < pairs.size(); ++p)
    if (model.coefficients[p * count + row] != 0.0) used.push_back(p);
  if (used.empty()) return std::nullopt;
  const Pair& one = pairs[used.front()];
  const auto in_all = [&](std::size_t c) {
    return std::all_of(used.begin(), used.end(),
                       [&](std::size_t p) { return pairs[p].first == c || pairs[p].second == c; });
  };
  const bool speaks_for_first = model.coefficients[used.front() * count + row] > 0.0;
  const std::size_t likely = speaks_for_first ? one.first : one.second;
  const std::size_t other = speaks_for_first ? one.second : one.first;
  if (in_all(likely)) return likely;
  if (in_all(other)) return other;
  throw InvalidArgument(fmt::format(
      "cannot write a LIBSVM model (support vector {} has coefficients in pairs of different "
      "classes) train the model again",
      row));
}

// Appends numbers so that the same doubles are read from the text.
void append(std::string& text, double number) {
  fmt::format_to(std::back_inserter(text), " {}", number);
}

void append_field(std::string& text, std::string_view key, const std::vector<double>& numbers) {
  text += key;
  for (const double number : numbers) append(text, number);
  text += '\n';
}

std::string kernel_text(const Kernel& kernel) {
  const auto with_gamma = [&](std::string_view type) {
    return fmt::format("kernel_type {}\ngamma {}\n", type, kernel.gamma);
  };
  switch (kernel.type) {
    case KernelType::linear:
    case KernelType::cosine:
      return "kernel_type linear\n";
    case KernelType::rbf:
      return with_gamma("rbf");
    case KernelType::sigmoid:
      return with_gamma("sigmoid") + fmt::format("coef0 {}\n", kernel.coef0);
    case KernelType::polynomial:
      return fmt::format("kernel_type polynomial\ndegree {}\ngamma {}\ncoef0 {}\n", kernel.degree,
                         kernel.gamma, kernel.coef0);
    case KernelType::precomputed:
      return "kernel_type precomputed\n";
  }
  throw Unsupported("cannot write a LIBSVM model (it knows no such kernel) use another kernel");
}

std::string header(const SvmModel& model, const std::vector<std::vector<std::size_t>>& of_class) {
  std::string text = "svm_type c_svc\n" + kernel_text(model.kernel);
  std::size_t total = 0;
  for (const auto& rows : of_class) total += rows.size();
  text += fmt::format("nr_class {}\ntotal_sv {}\n", of_class.size(), total);
  append_field(text, "rho", model.rho);
  text += "label";
  for (const std::int32_t label : libsvm_labels(model.class_names, model.classes))
    fmt::format_to(std::back_inserter(text), " {}", label);
  text += '\n';
  if (!model.platt.empty()) {
    std::vector<double> A, B;
    for (const PlattSigmoid& sigmoid : model.platt) {
      A.push_back(sigmoid.A);
      B.push_back(sigmoid.B);
    }
    append_field(text, "probA", A);
    append_field(text, "probB", B);
  }
  text += "nr_sv";
  for (const auto& rows : of_class) fmt::format_to(std::back_inserter(text), " {}", rows.size());
  return text + "\nSV\n";
}

std::vector<float> normalised(std::vector<float> row) {
  double squares = 0.0;
  for (const float v : row) squares += double(v) * double(v);
  if (squares > 0.0)
    for (float& v : row) v = static_cast<float>(double(v) / std::sqrt(squares));
  return row;
}

// A precomputed kernel's support vector is its row in the training matrix, counted from 1.
void append_support_vector(std::string& line, const SvmModel& model, std::size_t row) {
  if (model.kernel.type == KernelType::precomputed) {
    fmt::format_to(std::back_inserter(line), " 0:{}", model.support_rows[row] + 1);
    return;
  }
  const auto channels = std::size_t(model.channels);
  const float* vector = model.support_vectors.data() + row * channels;
  std::vector<float> values(vector, vector + channels);
  if (model.kernel.type == KernelType::cosine) values = normalised(std::move(values));
  append_sparse_row(line, values.data(), channels);
}

}  // namespace

void write_libsvm_model(AtomicFile& file, const SvmModel& model) {
  if (model.calibrated() && model.platt.empty())
    throw Unsupported(
        "cannot write a LIBSVM model (it knows no calibration but Platt's sigmoids) calibrate by "
        "platt, or not at all");
  const std::vector<Pair> pairs = pairs_of(model.classes.size());
  const auto count = std::size_t(model.support_vector_count());
  std::vector<std::vector<std::size_t>> of_class(model.classes.size());
  for (std::size_t row = 0; row < count; ++row)
    if (const auto c = class_of(model, pairs, row)) of_class[*c].push_back(row);
  std::string text = header(model, of_class);
  for (std::size_t c = 0; c < of_class.size(); ++c)
    for (const std::size_t row : of_class[c]) {
      std::string line;
      for (std::size_t p = 0; p < pairs.size(); ++p)
        if (pairs[p].first == c || pairs[p].second == c)
          append(line, model.coefficients[p * count + row]);
      append_support_vector(line, model, row);
      text.append(line, 1);
      text += '\n';
      if (text.size() < written_at_once) continue;
      file.write(text);
      text.clear();
    }
  file.write(text);
}

}  // namespace whiteline::io
