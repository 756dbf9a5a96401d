// Models of svm-train. LIBSVM keeps classes in the order of their first appearance and a support
// vector once, with its coefficients against the other classes; we sort the classes.
#include <algorithm>
#include <numeric>

#include "io/libsvm.hpp"
#include "io/libsvm_header.hpp"
#include "io/libsvm_text.hpp"
#include "io/model.hpp"

namespace whiteline::io {

namespace {

constexpr std::size_t most_classes = 64;

// Position of pair (first, second), first < second, among (0,1), (0,2), .., (1,2), ..
std::size_t pair_position(std::size_t first, std::size_t second, std::size_t classes) {
  return first * (2 * classes - first - 1) / 2 + second - first - 1;
}

Kernel kernel_of(const LibsvmHeader& header) {
  const std::string_view type = header.text("kernel_type");
  if (type == "precomputed") return precomputed();
  const auto gamma = [&] {
    const double value = header.number<double>("gamma");
    if (!(value > 0.0)) header.fail("gamma", "gamma is not above 0");
    return value;
  };
  if (type == "linear") return linear();
  if (type == "rbf") return rbf(gamma());
  if (type == "sigmoid") return sigmoid(gamma(), header.number<double>("coef0"));
  if (type != "polynomial")
    header.fail("kernel_type", fmt::format("`{}` is no kernel", shown(type)));
  const int degree = header.number<int>("degree");
  if (degree < 1) header.fail("degree", "the degree is below 1");
  return polynomial(degree, gamma(), header.number<double>("coef0"));
}

// Where the file's classes and pairs go.
class ClassOrder {
 public:
  ClassOrder(const LibsvmHeader& header, std::size_t classes)
      : labels_(header.numbers<std::int32_t>("label", classes)), position_(classes) {
    std::vector<std::size_t> sorted(classes);
    std::iota(sorted.begin(), sorted.end(), std::size_t(0));
    std::sort(sorted.begin(), sorted.end(),
              [&](std::size_t a, std::size_t b) { return labels_[a] < labels_[b]; });
    for (std::size_t i = 0; i < classes; ++i) position_[sorted[i]] = i;
    std::sort(labels_.begin(), labels_.end());
    if (std::adjacent_find(labels_.begin(), labels_.end()) != labels_.end())
      header.fail("label", "two classes have the same label");
  }

  const std::vector<std::int32_t>& labels() const { return labels_; }  // ascending
  std::size_t position(std::size_t file_class) const { return position_[file_class]; }
  struct Place {
    std::size_t pair;
    double sign;  // -1 where the pair turns round
  };
  Place place(std::size_t one, std::size_t other) const {
    const std::size_t a = position_[one], b = position_[other];
    return {pair_position(std::min(a, b), std::max(a, b), labels_.size()),
            (one < other) == (a < b) ? 1.0 : -1.0};
  }
  // One number a pair, in the file's order, brought into ours; turned pairs change sign.
  std::vector<double> sorted(const std::vector<double>& pairs) const {
    std::vector<double> out(pairs.size());
    std::size_t pair = 0;
    for (std::size_t i = 0; i < labels_.size(); ++i)
      for (std::size_t j = i + 1; j < labels_.size(); ++j, ++pair)
        out[place(i, j).pair] = place(i, j).sign * pairs[pair];
    return out;
  }

 private:
  std::vector<std::int32_t> labels_;
  std::vector<std::size_t> position_;
};

// Sizes that agree with each other and with the lines that are there.
struct Sizes {
  std::size_t classes = 0, pairs = 0, support = 0, channels = 0;
  std::vector<std::size_t> of_class;  // in the file's order
};
Sizes sizes_of(const LibsvmHeader& header, const TextLines& lines, const Cursor& file,
               const Kernel& kernel) {
  Sizes sizes;
  const auto classes = header.number<std::uint64_t>("nr_class");
  if (classes < 2 || classes > most_classes)
    header.fail("nr_class", fmt::format("{} classes, not 2 to {}", classes, most_classes));
  sizes.classes = std::size_t(classes);
  sizes.pairs = sizes.classes * (sizes.classes - 1) / 2;
  const SparseExtent extent = sparse_extent(lines);
  const auto support = header.number<std::uint64_t>("total_sv");
  if (support != extent.rows)
    header.fail("total_sv",
                fmt::format("total_sv is {}, but {} support vectors follow", support, extent.rows));
  sizes.support = std::size_t(support);
  sizes.channels = std::size_t(extent.columns);
  if (extent.columns == 0 && kernel.type != KernelType::precomputed)
    file.fail_at(lines.offset(), "no support vector has an index:value");
  check_density(file, extent);
  check_density(file, {extent.rows, 2 * sizes.pairs});
  std::uint64_t sum = 0;
  for (const auto count : header.numbers<std::uint32_t>("nr_sv", sizes.classes)) {
    sizes.of_class.push_back(count);
    sum += count;
  }
  if (sum != support)
    header.fail("nr_sv", fmt::format("nr_sv adds up to {}, total_sv is {}", sum, support));
  return sizes;
}

// The rest of the line: `0:serial`, the number of a training row counted from 1.
std::int64_t read_training_row(TextLines& lines) {
  const std::string_view word = lines.next_word();
  const auto serial =
      word.starts_with("0:") ? number_in<std::int32_t>(word.substr(2)) : std::nullopt;
  if (!serial || *serial < 1 || !lines.at_line_end())
    lines.fail(word,
               fmt::format("`{}` is no 0:serial, a training row counted from 1", shown(word)));
  return *serial - 1;
}

void read_support_vectors(TextLines& lines, const Sizes& sizes, const ClassOrder& order,
                          SvmModel& model) {
  // Rows of the sorted classes, one class after the other.
  std::vector<std::size_t> next(sizes.classes, 0);
  for (std::size_t i = 0; i < sizes.classes; ++i)
    for (std::size_t j = 0; j < sizes.classes; ++j)
      if (order.position(j) < order.position(i)) next[i] += sizes.of_class[j];
  const bool by_number = model.kernel.type == KernelType::precomputed;
  if (by_number)
    model.support_rows.resize(sizes.support);
  else
    model.support_vectors.resize(sizes.support * sizes.channels);
  model.coefficients.resize(sizes.pairs * sizes.support);
  for (std::size_t one = 0; one < sizes.classes; ++one)
    for (std::size_t s = 0; s < sizes.of_class[one]; ++s) {
      while (lines.next_line() && lines.at_line_end()) continue;
      const std::size_t row = next[one]++;
      for (std::size_t other = 0; other < sizes.classes; ++other) {
        if (other == one) continue;
        const std::string_view word = lines.next_word();
        const auto coefficient = number_in<double>(word);
        if (!coefficient)
          lines.fail(word, fmt::format("`{}` is no coefficient; {} are wanted", shown(word),
                                       sizes.classes - 1));
        const ClassOrder::Place place = order.place(one, other);
        model.coefficients[place.pair * sizes.support + row] = place.sign * *coefficient;
      }
      if (by_number)
        model.support_rows[row] = read_training_row(lines);
      else
        read_sparse_row(lines, model.support_vectors.data() + row * sizes.channels, sizes.channels);
    }
}

std::vector<float> mean_row(const SvmModel& model) {
  const auto channels = std::size_t(model.channels);
  std::vector<double> sum(channels, 0.0);
  for (std::size_t i = 0; i < model.support_vectors.size(); ++i)
    sum[i % channels] += double(model.support_vectors[i]);
  std::vector<float> mean;
  for (const double s : sum)
    mean.push_back(static_cast<float>(s / double(model.support_vector_count())));
  return mean;
}

}  // namespace

bool is_libsvm_model(std::span<const std::byte> head) {
  return as_text(head).starts_with("svm_type ");
}

SvmModel parse_libsvm_model(Cursor file) {
  const Cursor whole = file;
  TextLines lines(file);
  const LibsvmHeader header(lines);
  const std::string_view type = header.text("svm_type");
  if (type != "c_svc" && type != "nu_svc")
    throw Unsupported(fmt::format(
        "cannot use {} (a LIBSVM model of type `{}`, which is no classifier) use c_svc or nu_svc",
        whole.path(), shown(type)));
  SvmModel model;
  model.kernel = kernel_of(header);
  const Sizes sizes = sizes_of(header, lines, whole, model.kernel);
  const ClassOrder order(header, sizes.classes);
  model.rho = order.sorted(header.numbers<double>("rho", sizes.pairs));
  if (header.has("probA") || header.has("probB")) {
    const auto A = header.numbers<double>("probA", sizes.pairs);
    const auto B = order.sorted(header.numbers<double>("probB", sizes.pairs));
    model.platt.resize(sizes.pairs);
    std::size_t pair = 0;
    for (std::size_t i = 0; i < sizes.classes; ++i)
      for (std::size_t j = i + 1; j < sizes.classes; ++j, ++pair)
        model.platt[order.place(i, j).pair].A = A[pair];  // A f + B = A (-f) + (-B), turned round
    for (std::size_t p = 0; p < sizes.pairs; ++p) model.platt[p].B = B[p];
  }
  model.channels = std::int64_t(sizes.channels);
  read_support_vectors(lines, sizes, order, model);
  if (model.kernel.type == KernelType::precomputed) {
    // The file does not say how many training rows there were: as many as are needed.
    model.channels = 1 + *std::max_element(model.support_rows.begin(), model.support_rows.end());
    check_density(whole, {sizes.pairs, std::uint64_t(model.channels)});
  } else {
    model.mean = mean_row(model);
  }
  for (const std::int32_t label : order.labels()) {
    model.classes.push_back(std::int32_t(model.classes.size()));
    model.class_names.push_back(std::to_string(label));
  }
  model.pipeline = Pipeline({}, std::nullopt, model.channels);
  model.provenance = fmt::format(R"({{"made_by":"LIBSVM","svm_type":"{}"}})", type);
  return model;
}

}  // namespace whiteline::io
