#include "io/model.hpp"

#include "io/model_parts.hpp"

namespace whiteline::io {

namespace {

// Of the format: 2 has isotonic calibrations, 3 may have them and has a precomputed kernel.
constexpr std::string_view plain_version = "1", isotonic_version = "2", precomputed_version = "3";

std::string_view version_of(const SvmModel& model) {
  if (model.kernel.type == KernelType::precomputed) return precomputed_version;
  return model.isotonic.empty() ? plain_version : isotonic_version;
}

Json description(const SvmModel& model) {
  Json json = shared_description("svm", model);
  json["channels"] = model.channels;
  json["kernel"] = {{"type", whiteline::name(model.kernel.type)},
                    {"gamma", model.kernel.gamma},
                    {"coef0", model.kernel.coef0},
                    {"degree", model.kernel.degree}};
  json["calibrated"] = model.calibrated();
  if (!model.isotonic.empty()) {
    Json knots = Json::array();  // of each pair
    for (const IsotonicCurve& curve : model.isotonic) knots.push_back(curve.knots.size());
    json["isotonic_knots"] = knots;
  }
  return json;
}

// What the JSON says; sizes are checked with the tensors by check_model.
SvmModel described(const Json& json) {
  SvmModel model;
  const Json& kernel = json.at("kernel");
  model.kernel.type = kernel_type(kernel.at("type").get<std::string>());
  model.kernel.gamma_rule = GammaRule::value;
  model.kernel.gamma = kernel.at("gamma").get<double>();
  model.kernel.coef0 = kernel.at("coef0").get<double>();
  model.kernel.degree = whole<int>(kernel.at("degree"));
  read_shared(json, model);
  model.channels = whole<std::int64_t>(json.at("channels"));
  return model;
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

SvmModel parse_svm(const Cursor& file, const Sealed& sealed) {
  const Safetensors& contents = sealed.contents;
  const Json json = parse_json(sealed.description);
  SvmModel model = described(json);
  if (sealed.version == precomputed_version) {
    model.support_rows = numbers_of<std::int64_t>(file, contents, "support_rows");
  } else {
    model.mean = numbers_of<float>(file, contents, "mean");
    model.support_vectors = numbers_of<float>(file, contents, "support_vectors");
  }
  model.coefficients = numbers_of<double>(file, contents, "coefficients");
  model.rho = numbers_of<double>(file, contents, "rho");
  if (json.contains("isotonic_knots")) {
    model.isotonic =
        curves_of(file, json.at("isotonic_knots"), numbers_of<double>(file, contents, "isotonic"));
  } else if (json.at("calibrated").get<bool>()) {
    const auto platt = numbers_of<double>(file, contents, "platt");
    for (std::size_t i = 0; i + 1 < platt.size(); i += 2)
      model.platt.push_back({platt[i], platt[i + 1]});
  }
  check_model(model);
  return model;
}

}  // namespace

AnyModel parse_any_model(Cursor file) {
  const Sealed sealed = parse_sealed(file, model_format);
  return described_by(file, model_format, [&]() -> AnyModel {
    const Json kind = parse_json(sealed.description).at("kind");
    if (kind == "network") return parse_network(file, sealed);
    if (kind == "svm") return parse_svm(file, sealed);
    throw Unsupported(
        fmt::format("cannot use a model of kind {} (this version knows svm and network) use a "
                    "newer whiteline",
                    kind.dump()));
  });
}

SvmModel parse_model(Cursor file) {
  AnyModel model = parse_any_model(file);
  if (auto* svm = std::get_if<SvmModel>(&model)) return std::move(*svm);
  throw Unsupported(
      fmt::format("cannot use {} (it is a network, not a support vector model) name a model of "
                  "that kind",
                  file.path()));
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
  write_sealed(file, model_format, version_of(model),
               description_text("model", [&] { return description(model); }), tensors);
}

}  // namespace whiteline::io
