#include "io/model.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <utility>

#include "io/atomic_file.hpp"
#include "io/input_file.hpp"
#include "io/json.hpp"
#include "io/safetensors.hpp"
#include "io/safetensors_header.hpp"
#include "io/sha256.hpp"

namespace whiteline::io {

namespace {

constexpr std::string_view format_name = "whiteline-model";
constexpr std::string_view format_version = "1";

template <class T>
Tensor tensor_of(std::string name, const std::vector<T>& numbers,
                 std::vector<std::uint64_t> shape) {
  static_assert(std::endian::native == std::endian::little);
  constexpr Element element = std::is_same_v<T, float> ? Element::f32 : Element::f64;
  return {std::move(name), element, std::move(shape), std::as_bytes(std::span(numbers)), 0};
}

Json description(const SvmModel& model) {
  return {{"kind", "svm"},
          {"classes", model.classes},
          {"class_names", model.class_names},
          {"channels", model.channels},
          {"kernel",
           {{"type", whiteline::name(model.kernel.type)},
            {"gamma", model.kernel.gamma},
            {"coef0", model.kernel.coef0},
            {"degree", model.kernel.degree}}},
          {"calibrated", model.calibrated()},
          {"pipeline", parse_json(model.pipeline.to_json())},
          {"provenance", parse_json(model.provenance)}};
}

template <class T>
T whole(const Json& json) {
  if (!json.is_number_integer()) throw JsonProblem("a whole number is expected");
  const bool fits = json.is_number_unsigned() ? std::in_range<T>(json.get<std::uint64_t>())
                                              : std::in_range<T>(json.get<std::int64_t>());
  if (!fits) throw JsonProblem("a whole number is too large");
  return json.get<T>();
}

// What the JSON says; sizes are checked with the tensors by check_model.
SvmModel described(const Json& json) {
  if (json.at("kind") != "svm")
    throw Unsupported(
        fmt::format("cannot use a model of kind {} (this version knows svm) use a "
                    "newer whiteline",
                    json.at("kind").dump()));
  SvmModel model;
  const Json& kernel = json.at("kernel");
  model.kernel.type = kernel_type(kernel.at("type").get<std::string>());
  model.kernel.gamma_rule = GammaRule::value;
  model.kernel.gamma = kernel.at("gamma").get<double>();
  model.kernel.coef0 = kernel.at("coef0").get<double>();
  model.kernel.degree = whole<int>(kernel.at("degree"));
  for (const Json& label : json.at("classes")) model.classes.push_back(whole<std::int32_t>(label));
  model.class_names = json.at("class_names").get<std::vector<std::string>>();
  model.channels = whole<std::int64_t>(json.at("channels"));
  model.pipeline = Pipeline::from_json(json.at("pipeline").dump());
  model.provenance = json.at("provenance").dump();
  return model;
}

template <class T>
std::vector<T> numbers_of(const Cursor& file, const Safetensors& contents,
                          std::string_view wanted) {
  const Tensor* tensor = contents.find(wanted);
  if (!tensor) file.fail_at(8, fmt::format("there is no tensor `{}`", wanted));
  constexpr Element element = std::is_same_v<T, float> ? Element::f32 : Element::f64;
  if (tensor->element != element)
    file.fail_at(tensor->offset, fmt::format("tensor `{}` is of another type", wanted));
  std::vector<T> numbers(tensor->count());
  if (!numbers.empty()) std::memcpy(numbers.data(), tensor->bytes.data(), tensor->bytes.size());
  return numbers;
}

const std::string& metadata_of(const Cursor& file, const Safetensors& contents,
                               const std::string& key) {
  const auto found = contents.metadata.find(key);
  if (found == contents.metadata.end())
    file.fail_at(8, fmt::format("it is no whiteline model: no `{}` in its metadata", key));
  return found->second;
}

template <class T>
bool all_finite(const std::vector<T>& numbers) {
  for (const T number : numbers)
    if (!std::isfinite(number)) return false;
  return true;
}

}  // namespace

std::string model_digest(std::string_view model, std::vector<Tensor> tensors) {
  std::sort(tensors.begin(), tensors.end(),
            [](const Tensor& a, const Tensor& b) { return a.name < b.name; });
  Sha256 sum;
  sum.add(fmt::format("{}\n{}\n", format_version, model));
  for (const Tensor& tensor : tensors) {
    sum.add(fmt::format("{} {} ", tensor.name, name(tensor.element)));
    for (const std::uint64_t extent : tensor.shape) sum.add(fmt::format("{},", extent));
    sum.add("\n");
    sum.add(tensor.bytes);
  }
  return sum.hex();
}

void check_model(const SvmModel& model) {
  const std::size_t classes = model.classes.size(), pairs = std::size_t(model.pairs());
  require(classes >= 2, "cannot keep the model (it has fewer than two classes) train it first");
  require(model.class_names.size() == classes,
          "cannot keep the model (classes and class names differ in number) name each class");
  require(std::set(model.classes.begin(), model.classes.end()).size() == classes &&
              std::is_sorted(model.classes.begin(), model.classes.end()),
          "cannot keep the model (its classes are not ascending) sort them");
  require(model.channels > 0 && model.support_vectors.size() % std::size_t(model.channels) == 0,
          "cannot keep the model (support vectors and channels do not agree) train it again");
  const std::size_t support_vectors = std::size_t(model.support_vector_count());
  require((model.mean.empty() || model.mean.size() == std::size_t(model.channels)) &&
              model.rho.size() == pairs && model.coefficients.size() == pairs * support_vectors &&
              (model.platt.empty() || model.platt.size() == pairs),
          "cannot keep the model (sizes of its arrays do not agree) train it again");
  require(model.kernel.gamma_rule == GammaRule::value && model.kernel.degree >= 1,
          "cannot keep the model (its kernel is not resolved to numbers) train it again");
  bool finite = all_finite(model.mean) && all_finite(model.support_vectors) &&
                all_finite(model.coefficients) && all_finite(model.rho) &&
                std::isfinite(model.kernel.gamma) && std::isfinite(model.kernel.coef0);
  for (const PlattSigmoid& sigmoid : model.platt)
    finite = finite && std::isfinite(sigmoid.A) && std::isfinite(sigmoid.B);
  require(finite, "cannot keep the model (it holds NaN or infinity) train it again");
}

SvmModel parse_model(Cursor file) {
  const Safetensors contents = parse_safetensors(file);
  if (metadata_of(file, contents, "format") != format_name)
    file.fail_at(8, "it is no whiteline model: another `format` in its metadata");
  const std::string& version = metadata_of(file, contents, "version");
  if (version != format_version)
    throw Unsupported(
        fmt::format("cannot read {} (a model of format version {}, known is {}) use "
                    "a newer whiteline",
                    file.path(), version, format_version));
  const std::string& text = metadata_of(file, contents, "model");
  if (metadata_of(file, contents, "sha256") != model_digest(text, contents.tensors))
    file.fail_at(8, "the model does not agree with its checksum `sha256`");
  try {
    const Json json = parse_json(text);
    SvmModel model = described(json);
    model.mean = numbers_of<float>(file, contents, "mean");
    model.support_vectors = numbers_of<float>(file, contents, "support_vectors");
    model.coefficients = numbers_of<double>(file, contents, "coefficients");
    model.rho = numbers_of<double>(file, contents, "rho");
    if (json.at("calibrated").get<bool>()) {
      const auto platt = numbers_of<double>(file, contents, "platt");
      for (std::size_t i = 0; i + 1 < platt.size(); i += 2)
        model.platt.push_back({platt[i], platt[i + 1]});
    }
    check_model(model);
    return model;
  } catch (const JsonProblem& problem) {
    file.fail_at(8, fmt::format("`model` is not valid JSON: {}", problem.what()));
  } catch (const Json::exception&) {
    file.fail_at(8, "`model` lacks a field, or one is of another type");
  } catch (const InvalidArgument& problem) {
    file.fail_at(8, fmt::format("`model` is not valid: {}", problem.what()));
  }
}

void write_model(AtomicFile& file, const SvmModel& model) {
  check_model(model);
  const std::uint64_t pairs = std::uint64_t(model.pairs());
  const std::uint64_t channels = std::uint64_t(model.channels);
  const std::uint64_t support_vectors = std::uint64_t(model.support_vector_count());
  std::vector<double> platt;
  for (const PlattSigmoid& sigmoid : model.platt) {
    platt.push_back(sigmoid.A);
    platt.push_back(sigmoid.B);
  }
  // Doubles first: all numbers are then aligned in the file.
  std::vector<Tensor> tensors = {
      tensor_of("coefficients", model.coefficients, {pairs, support_vectors}),
      tensor_of("rho", model.rho, {pairs}),
      tensor_of("support_vectors", model.support_vectors, {support_vectors, channels}),
      tensor_of("mean", model.mean, {model.mean.size()})};
  if (model.calibrated())
    tensors.insert(tensors.begin() + 2, tensor_of("platt", platt, {pairs, 2}));
  std::string text;
  try {
    text = description(model).dump();
  } catch (const JsonProblem& problem) {
    throw InvalidArgument(fmt::format(
        "cannot keep the model (its provenance is not valid JSON: {}) give a JSON object",
        problem.what()));
  } catch (const Json::exception&) {
    throw InvalidArgument("cannot keep the model (a text in it is not UTF-8) rename the classes");
  }
  std::vector<TensorEntry> entries;
  for (const Tensor& tensor : tensors)
    entries.push_back({tensor.name, tensor.element, tensor.shape});
  file.write(safetensors_header({{"format", std::string(format_name)},
                                 {"version", std::string(format_version)},
                                 {"model", text},
                                 {"sha256", model_digest(text, tensors)}},
                                entries));
  for (const Tensor& tensor : tensors) file.write(tensor.bytes);
}

}  // namespace whiteline::io
