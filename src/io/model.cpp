#include "io/model.hpp"

#include <algorithm>
#include <cstring>
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
// Of the format: 2 has isotonic calibrations, 3 may have them and has a precomputed kernel.
constexpr std::string_view plain_version = "1", isotonic_version = "2", precomputed_version = "3";

std::string_view version_of(const SvmModel& model) {
  if (model.kernel.type == KernelType::precomputed) return precomputed_version;
  return model.isotonic.empty() ? plain_version : isotonic_version;
}

template <class T>
constexpr Element element = std::is_same_v<T, float>    ? Element::f32
                            : std::is_same_v<T, double> ? Element::f64
                                                        : Element::i64;

template <class T>
Tensor tensor_of(std::string name, const std::vector<T>& numbers,
                 std::vector<std::uint64_t> shape) {
  static_assert(std::endian::native == std::endian::little);
  return {std::move(name), element<T>, std::move(shape), std::as_bytes(std::span(numbers)), 0};
}

Json description(const SvmModel& model) {
  Json json = {{"kind", "svm"},
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
  if (!model.isotonic.empty()) {
    Json knots = Json::array();  // of each pair
    for (const IsotonicCurve& curve : model.isotonic) knots.push_back(curve.knots.size());
    json["isotonic_knots"] = knots;
  }
  return json;
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
  if (tensor->element != element<T>)
    file.fail_at(tensor->offset, fmt::format("tensor `{}` is of another type", wanted));
  std::vector<T> numbers(tensor->count());
  if (!numbers.empty()) std::memcpy(numbers.data(), tensor->bytes.data(), tensor->bytes.size());
  return numbers;
}

// `knots`: how many each pair has.
std::vector<IsotonicCurve> curves_of(const Cursor& file, const Json& knots,
                                     const std::vector<double>& numbers) {
  std::vector<IsotonicCurve> curves;
  std::size_t next = 0;
  for (const Json& count : knots) {
    const auto wanted = whole<std::uint64_t>(count);
    if (wanted > (numbers.size() - next) / 2)
      file.fail_at(8, "tensor `isotonic` holds fewer knots than the model has");
    IsotonicCurve& curve = curves.emplace_back();
    for (std::uint64_t i = 0; i < wanted; ++i, next += 2)
      curve.knots.push_back({numbers[next], numbers[next + 1]});
  }
  if (next != numbers.size()) file.fail_at(8, "tensor `isotonic` holds more knots than the model");
  return curves;
}

const std::string& metadata_of(const Cursor& file, const Safetensors& contents,
                               const std::string& key) {
  const auto found = contents.metadata.find(key);
  if (found == contents.metadata.end())
    file.fail_at(8, fmt::format("it is no whiteline model: no `{}` in its metadata", key));
  return found->second;
}

}  // namespace

std::string model_digest(std::string_view version, std::string_view model,
                         std::vector<Tensor> tensors) {
  std::sort(tensors.begin(), tensors.end(),
            [](const Tensor& a, const Tensor& b) { return a.name < b.name; });
  Sha256 sum;
  sum.add(fmt::format("{}\n{}\n", version, model));
  for (const Tensor& tensor : tensors) {
    sum.add(fmt::format("{} {} ", tensor.name, name(tensor.element)));
    for (const std::uint64_t extent : tensor.shape) sum.add(fmt::format("{},", extent));
    sum.add("\n");
    sum.add(tensor.bytes);
  }
  return sum.hex();
}

SvmModel parse_model(Cursor file) {
  const Safetensors contents = parse_safetensors(file);
  if (metadata_of(file, contents, "format") != format_name)
    file.fail_at(8, "it is no whiteline model: another `format` in its metadata");
  const std::string& version = metadata_of(file, contents, "version");
  if (version != plain_version && version != isotonic_version && version != precomputed_version)
    throw Unsupported(fmt::format(
        "cannot read {} (a model of format version {}, known are {} to {}) use a newer whiteline",
        file.path(), version, plain_version, precomputed_version));
  const std::string& text = metadata_of(file, contents, "model");
  if (metadata_of(file, contents, "sha256") != model_digest(version, text, contents.tensors))
    file.fail_at(8, "the model does not agree with its checksum `sha256`");
  try {
    const Json json = parse_json(text);
    SvmModel model = described(json);
    if (version == precomputed_version) {
      model.support_rows = numbers_of<std::int64_t>(file, contents, "support_rows");
    } else {
      model.mean = numbers_of<float>(file, contents, "mean");
      model.support_vectors = numbers_of<float>(file, contents, "support_vectors");
    }
    model.coefficients = numbers_of<double>(file, contents, "coefficients");
    model.rho = numbers_of<double>(file, contents, "rho");
    if (json.contains("isotonic_knots")) {
      model.isotonic = curves_of(file, json.at("isotonic_knots"),
                                 numbers_of<double>(file, contents, "isotonic"));
    } else if (json.at("calibrated").get<bool>()) {
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
  std::vector<double> platt, isotonic;
  for (const PlattSigmoid& sigmoid : model.platt) platt.insert(platt.end(), {sigmoid.A, sigmoid.B});
  for (const IsotonicCurve& curve : model.isotonic)
    for (const auto& [decision, probability] : curve.knots)
      isotonic.insert(isotonic.end(), {decision, probability});
  // Doubles first: all numbers are then aligned in the file.
  std::vector<Tensor> tensors = {
      tensor_of("coefficients", model.coefficients, {pairs, support_vectors}),
      tensor_of("rho", model.rho, {pairs})};
  if (!platt.empty()) tensors.push_back(tensor_of("platt", platt, {pairs, 2}));
  if (!isotonic.empty())
    tensors.push_back(tensor_of("isotonic", isotonic, {isotonic.size() / 2, 2}));
  if (model.kernel.type == KernelType::precomputed) {
    tensors.push_back(tensor_of("support_rows", model.support_rows, {support_vectors}));
  } else {
    tensors.push_back(
        tensor_of("support_vectors", model.support_vectors, {support_vectors, channels}));
    tensors.push_back(tensor_of("mean", model.mean, {model.mean.size()}));
  }
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
                                 {"version", std::string(version_of(model))},
                                 {"model", text},
                                 {"sha256", model_digest(version_of(model), text, tensors)}},
                                entries));
  for (const Tensor& tensor : tensors) file.write(tensor.bytes);
}

}  // namespace whiteline::io
