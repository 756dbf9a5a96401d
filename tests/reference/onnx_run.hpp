// The operators of ONNX by their definitions (docs/Operators.md, opset 13), in double; those that
// our files have, with the attributes that they have there.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>

#include "reference/onnx_file.hpp"

namespace whiteline::test::reference {

class OnnxRun {
 public:
  // All values by name, of a file whose only input is a rows x columns table.
  static std::map<std::string, OnnxTensor> run(const OnnxFile& file, OnnxTensor input) {
    OnnxRun all(file);
    all.values_[file.inputs.at(0)] = std::move(input);
    for (const OnnxNode& node : file.nodes) {
      all.node_ = &node;
      all.values_[node.outputs.at(0)] = all.result();
    }
    return all.values_;
  }

 private:
  using Dims = std::vector<std::int64_t>;
  using Unary = std::function<double(double)>;
  using Binary = std::function<double(double, double)>;

  explicit OnnxRun(const OnnxFile& file) : values_(file.tables) {}

  const OnnxTensor& in(std::size_t i) const { return values_.at(node_->inputs.at(i)); }
  bool has(std::size_t i) const { return i < node_->inputs.size(); }
  double number(const char* name, double otherwise = 0.0) const {
    return node_->attributes.number(name, otherwise);
  }
  const Dims& list(const char* name) const { return node_->attributes.lists.at(name); }

  static std::int64_t count(const Dims& dims, std::size_t first = 0, std::size_t last = 99) {
    std::int64_t product = 1;
    for (std::size_t d = first; d < std::min(last, dims.size()); ++d) product *= dims[d];
    return product;
  }

  OnnxTensor each(const Unary& f) const {
    OnnxTensor y = in(0);
    for (double& value : y.values) value = f(value);
    return y;
  }

  // With dimensions of 1 spread, aligned at the last one.
  static OnnxTensor spread(const OnnxTensor& a, const OnnxTensor& b, const Binary& f) {
    OnnxTensor y;
    const std::size_t rank = std::max(a.dims.size(), b.dims.size());
    const auto extent = [&](const OnnxTensor& x, std::size_t d) {
      const std::size_t missing = rank - x.dims.size();
      return d < missing ? 1 : x.dims[d - missing];
    };
    for (std::size_t d = 0; d < rank; ++d) {
      y.dims.push_back(std::max(extent(a, d), extent(b, d)));
      if (extent(a, d) != extent(b, d) && extent(a, d) != 1 && extent(b, d) != 1)
        throw std::runtime_error("shapes do not fit");
    }
    const auto at = [&](const OnnxTensor& x, std::int64_t i) {
      std::int64_t index = 0, step = 1;
      for (std::size_t d = rank; d-- > 0;) {
        const std::int64_t here = i % y.dims[d];
        i /= y.dims[d];
        if (extent(x, d) > 1) index += here * step;
        step *= extent(x, d);
      }
      return x.values[std::size_t(index)];
    };
    for (std::int64_t i = 0; i < count(y.dims); ++i) y.values.push_back(f(at(a, i), at(b, i)));
    return y;
  }

  // f of all numbers along `axis`.
  OnnxTensor reduced(std::int64_t axis, const std::function<double(const std::vector<double>&)>& f,
                     bool keep) const {
    const OnnxTensor& x = in(0);
    const std::int64_t inner = count(x.dims, std::size_t(axis) + 1), length = x.dims.at(axis);
    OnnxTensor y{x.dims, {}};
    y.dims[std::size_t(axis)] = 1;
    if (!keep) y.dims.erase(y.dims.begin() + axis);
    for (std::int64_t outer = 0; outer < count(x.dims, 0, std::size_t(axis)); ++outer)
      for (std::int64_t i = 0; i < inner; ++i) {
        std::vector<double> line;
        for (std::int64_t k = 0; k < length; ++k)
          line.push_back(x.values[std::size_t((outer * length + k) * inner + i)]);
        y.values.push_back(f(line));
      }
    return y;
  }

  OnnxTensor result() const {
    if (const auto unary = activation()) return each(unary);
    const std::map<std::string, Binary> binaries = {{"Add", std::plus<>()},
                                                    {"Sub", std::minus<>()},
                                                    {"Mul", std::multiplies<>()},
                                                    {"Div", std::divides<>()},
                                                    {"Greater", std::greater<>()}};
    const auto binary = binaries.find(node_->op);
    if (binary != binaries.end()) return spread(in(0), in(1), binary->second);
    if (node_->op.starts_with("Reduce")) return reduction();
    using Operator = OnnxTensor (OnnxRun::*)() const;
    const std::map<std::string, Operator> operators = {
        {"ArgMax", &OnnxRun::arg_max},
        {"AveragePool", &OnnxRun::pool},
        {"BatchNormalization", &OnnxRun::batch_normalization},
        {"Concat", &OnnxRun::concat},
        {"Conv", &OnnxRun::conv},
        {"Gather", &OnnxRun::gather},
        {"Gemm", &OnnxRun::gemm},
        {"MaxPool", &OnnxRun::pool},
        {"Reshape", &OnnxRun::reshape},
        {"Slice", &OnnxRun::slice},
        {"Softmax", &OnnxRun::softmax},
        {"Squeeze", &OnnxRun::squeeze},
        {"Transpose", &OnnxRun::transpose},
        {"Unsqueeze", &OnnxRun::unsqueeze},
        {"Where", &OnnxRun::where}};
    const auto found = operators.find(node_->op);
    if (found == operators.end()) throw std::runtime_error("unknown operator " + node_->op);
    return (this->*found->second)();
  }

  Unary activation() const {
    const double alpha = number("alpha"), gamma = number("gamma", 1.0);
    const auto elu = [=](double v) { return gamma * (v > 0.0 ? v : alpha * std::expm1(v)); };
    const std::map<std::string, Unary> functions = {
        {"Identity", [](double v) { return v; }},
        {"Cast", [](double v) { return v; }},
        {"Relu", [](double v) { return std::max(v, 0.0); }},
        {"Sigmoid", [](double v) { return 1.0 / (1.0 + std::exp(-v)); }},
        {"Tanh", [](double v) { return std::tanh(v); }},
        {"Exp", [](double v) { return std::exp(v); }},
        {"Sqrt", [](double v) { return std::sqrt(v); }},
        {"Neg", [](double v) { return -v; }},
        {"Softplus",
         [](double v) { return std::max(v, 0.0) + std::log1p(std::exp(-std::abs(v))); }},
        {"Elu", elu},
        {"Selu", elu},
        {"LeakyRelu", [=](double v) { return v > 0.0 ? v : alpha * v; }}};
    const auto found = functions.find(node_->op);
    return found == functions.end() ? Unary() : found->second;
  }

  OnnxTensor reduction() const {
    using Line = std::vector<double>;
    const auto sum = [](const Line& line, const Unary& f) {
      double total = 0.0;
      for (const double value : line) total += f(value);
      return total;
    };
    const auto itself = [](double v) { return v; };
    const std::map<std::string, std::function<double(const Line&)>> reductions = {
        {"ReduceMax", [](const Line& x) { return *std::max_element(x.begin(), x.end()); }},
        {"ReduceL1", [=](const Line& x) { return sum(x, [](double v) { return std::abs(v); }); }},
        {"ReduceL2",
         [=](const Line& x) { return std::sqrt(sum(x, [](double v) { return v * v; })); }},
        {"ReduceMean", [=](const Line& x) { return sum(x, itself) / double(x.size()); }},
        {"ReduceSum", [=](const Line& x) { return sum(x, itself); }}};
    const std::int64_t axis = has(1) ? std::int64_t(in(1).values.at(0)) : list("axes").at(0);
    return reduced(axis, reductions.at(node_->op), number("keepdims", 1.0) != 0.0);
  }

  OnnxTensor arg_max() const {
    const auto first = [](const std::vector<double>& line) {
      return double(std::max_element(line.begin(), line.end()) - line.begin());
    };
    return reduced(std::int64_t(number("axis")), first, number("keepdims", 1.0) != 0.0);
  }

  OnnxTensor softmax() const {  // of a matrix, along its rows
    OnnxTensor y = in(0);
    const std::int64_t columns = y.dims.at(1);
    for (auto row = y.values.begin(); row != y.values.end(); row += columns) {
      const double largest = *std::max_element(row, row + columns);
      double sum = 0.0;
      for (std::int64_t c = 0; c < columns; ++c) sum += row[c] = std::exp(row[c] - largest);
      for (std::int64_t c = 0; c < columns; ++c) row[c] /= sum;
    }
    return y;
  }

  OnnxTensor gemm() const {
    const OnnxTensor &a = in(0), &b = in(1);
    OnnxTensor y{{a.dims.at(0), b.dims.at(1)}, {}};
    for (std::int64_t r = 0; r < y.dims[0]; ++r)
      for (std::int64_t c = 0; c < y.dims[1]; ++c) {
        double sum = has(2) ? in(2).values.at(std::size_t(c)) : 0.0;
        for (std::int64_t k = 0; k < b.dims[0]; ++k)
          sum += a.values.at(std::size_t(r * b.dims[0] + k)) *
                 b.values[std::size_t(k * y.dims[1] + c)];
        y.values.push_back(sum);
      }
    return y;
  }

  // Windows of `width` over the last dimension of rows x features x positions:
  // f(row, filter, first position), which may lie outside.
  OnnxTensor windows(
      std::int64_t filters, std::int64_t width,
      const std::function<double(std::int64_t, std::int64_t, std::int64_t)>& f) const {
    const Dims& x = in(0).dims;
    const std::int64_t stride = list("strides").at(0), front = list("pads").at(0);
    const std::int64_t room = x.at(2) + front + list("pads").at(1) - width;
    OnnxTensor y{{x[0], filters, room / stride + 1}, {}};
    for (std::int64_t row = 0; row < x[0]; ++row)
      for (std::int64_t filter = 0; filter < filters; ++filter)
        for (std::int64_t t = 0; t < y.dims[2]; ++t)
          y.values.push_back(f(row, filter, t * stride - front));
    return y;
  }
  double of_positions(std::int64_t row, std::int64_t feature, std::int64_t at) const {
    const Dims& x = in(0).dims;
    return in(0).values[std::size_t((row * x[1] + feature) * x[2] + at)];
  }

  OnnxTensor conv() const {
    const OnnxTensor& w = in(1);  // filters x features x width
    return windows(w.dims.at(0), w.dims.at(2), [&](auto row, auto filter, auto first) {
      double sum = has(2) ? in(2).values.at(std::size_t(filter)) : 0.0;
      for (std::int64_t c = 0; c < w.dims[1]; ++c)
        for (std::int64_t k = 0; k < w.dims[2]; ++k)
          if (first + k >= 0 && first + k < in(0).dims[2])
            sum += of_positions(row, c, first + k) *
                   w.values[std::size_t((filter * w.dims[1] + c) * w.dims[2] + k)];
      return sum;
    });
  }

  OnnxTensor pool() const {
    const bool largest = node_->op == "MaxPool";
    const std::int64_t width = list("kernel_shape").at(0);
    return windows(in(0).dims.at(1), width, [&](auto row, auto feature, auto first) {
      double best = -HUGE_VAL, sum = 0.0;
      for (std::int64_t at = first; at < first + width; ++at) {
        if (at < 0 || at >= in(0).dims[2]) continue;
        best = std::max(best, of_positions(row, feature, at));
        sum += of_positions(row, feature, at);
      }
      return largest ? best : sum / double(width);
    });
  }

  OnnxTensor batch_normalization() const {
    OnnxTensor y = in(0);
    const std::int64_t inner = count(y.dims, 2);
    for (std::size_t i = 0; i < y.values.size(); ++i) {
      const auto f = std::size_t(std::int64_t(i) / inner % y.dims.at(1));
      y.values[i] = in(1).values.at(f) * (y.values[i] - in(3).values.at(f)) /
                        std::sqrt(in(4).values.at(f) + number("epsilon")) +
                    in(2).values.at(f);
    }
    return y;
  }

  OnnxTensor reshape() const {
    OnnxTensor y = in(0);
    y.dims.clear();
    for (std::size_t d = 0; d < in(1).values.size(); ++d) {
      const auto extent = std::int64_t(in(1).values[d]);
      y.dims.push_back(extent == 0 ? in(0).dims.at(d) : extent);
    }
    if (std::size_t(count(y.dims)) != y.values.size()) throw std::runtime_error("another size");
    return y;
  }
  OnnxTensor squeeze() const {
    OnnxTensor y = in(0);
    const auto axis = std::size_t(in(1).values.at(0));
    if (y.dims.at(axis) != 1) throw std::runtime_error("no dimension of 1");
    y.dims.erase(y.dims.begin() + std::ptrdiff_t(axis));
    return y;
  }
  OnnxTensor unsqueeze() const {
    OnnxTensor y = in(0);
    y.dims.insert(y.dims.begin() + std::ptrdiff_t(in(1).values.at(0)), 1);
    return y;
  }
  OnnxTensor transpose() const {  // the last two of three dimensions
    if (list("perm") != Dims{0, 2, 1}) throw std::runtime_error("another transpose");
    const Dims& x = in(0).dims;
    OnnxTensor y{{x.at(0), x.at(2), x.at(1)}, {}};
    for (std::int64_t row = 0; row < x[0]; ++row)
      for (std::int64_t t = 0; t < x[2]; ++t)
        for (std::int64_t c = 0; c < x[1]; ++c) y.values.push_back(of_positions(row, c, t));
    return y;
  }

  OnnxTensor concat() const {  // along dimension 1
    OnnxTensor y{in(0).dims, {}};
    y.dims.at(1) = 0;
    for (std::size_t i = 0; has(i); ++i) y.dims[1] += in(i).dims.at(1);
    for (std::int64_t row = 0; row < y.dims[0]; ++row)
      for (std::size_t i = 0; has(i); ++i) {
        const std::int64_t size = count(in(i).dims, 1);
        const auto begin = in(i).values.begin() + row * size;
        y.values.insert(y.values.end(), begin, begin + size);
      }
    return y;
  }

  OnnxTensor slice() const {  // of columns of a matrix
    if (in(3).values != std::vector<double>{1.0}) throw std::runtime_error("another slice");
    const auto begin = std::int64_t(in(1).values.at(0)), end = std::int64_t(in(2).values.at(0));
    OnnxTensor y{{in(0).dims.at(0), end - begin}, {}};
    for (std::int64_t row = 0; row < y.dims[0]; ++row)
      for (std::int64_t c = begin; c < end; ++c)
        y.values.push_back(in(0).values.at(std::size_t(row * in(0).dims.at(1) + c)));
    return y;
  }

  OnnxTensor gather() const {
    OnnxTensor y = in(1);
    for (double& index : y.values) index = in(0).values.at(std::size_t(index));
    return y;
  }
  OnnxTensor where() const {
    const OnnxTensor first =
        spread(in(0), in(1), [](double c, double v) { return c > 0.0 ? v : 0.0; });
    const OnnxTensor second =
        spread(in(0), in(2), [](double c, double v) { return c > 0.0 ? 0.0 : v; });
    return spread(first, second, std::plus<>());
  }

  const OnnxNode* node_ = nullptr;
  std::map<std::string, OnnxTensor> values_;
};

}  // namespace whiteline::test::reference
