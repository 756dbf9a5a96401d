#include "cli/info_model.hpp"

#include <fmt/format.h>

#include <variant>

#include "cli/classifier.hpp"
#include "cli/input.hpp"
#include "cli/ranges.hpp"

namespace whiteline::cli {

namespace {

std::string kernel_text(const Kernel& kernel) {
  switch (kernel.type) {
    case KernelType::linear:
      return "linear: x.z";
    case KernelType::cosine:
      return "cosine: x.z / (|x| |z|)";
    case KernelType::rbf:
      return fmt::format("rbf: exp(-{:.6g} |x - z|^2)", kernel.gamma);
    case KernelType::sigmoid:
      return fmt::format("sigmoid: tanh({:.6g} x.z + {:.6g})", kernel.gamma, kernel.coef0);
    case KernelType::polynomial:
      return fmt::format("polynomial: ({:.6g} x.z + {:.6g})^{}", kernel.gamma, kernel.coef0,
                         kernel.degree);
    case KernelType::precomputed:
      return "precomputed: given in place of spectra";
  }
  return std::string(name(kernel.type));
}

std::string calibration_text(const SvmModel& model) {
  if (!model.platt.empty()) return "yes (Platt): gives probabilities";
  if (model.isotonic.empty()) return "no";
  std::size_t knots = 0;
  for (const IsotonicCurve& curve : model.isotonic) knots += curve.knots.size();
  return fmt::format("yes (isotonic, {} knots): gives probabilities", knots);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

Json describe_svm(Console& console, const SvmModel& model) {
  const Kernel& kernel = model.kernel;
  print_line(console, "kernel", kernel_text(kernel));
  print_line(console, "classes", joined(model.class_names));
  print_line(console, "vectors",
             fmt::format("{} support vectors of {} channels", model.support_vector_count(),
                         model.channels));
  print_line(console, "calibrated", calibration_text(model));
  Json all = {{"kernel",
               {{"type", name(kernel.type)},
                {"gamma", kernel.gamma},
                {"coef0", kernel.coef0},
                {"degree", kernel.degree}}},
              {"support_vectors", model.support_vector_count()}};
  if (kernel.type == KernelType::precomputed) all["support_rows"] = model.support_rows;
  return all;
}

Json describe_network(Console& console, const nn::Model& model) {
  const nn::Network& network = model.network;
  print_line(console, "classes", joined(model.class_names));
  print_line(console, "network",
             fmt::format("{} layers, {} parameters, {} of them trained", network.last(),
                         network.parameter_count(), network.trainable_count()));
  print_line(console, "outputs",
             fmt::format("{}, {}", network.outputs(), nn::name(network.output())));
  return {{"network", parse_json(network.to_json())},
          {"parameters", network.parameter_count()},
          {"trainable", network.trainable_count()}};
}

}  // namespace

void print_line(Console& console, std::string_view title, const std::string& text) {
  if (!text.empty()) console.result(fmt::format("  {:<10} {}", title, text));
}

void describe_making(Console& console, const Pipeline& pipeline, const std::string& provenance,
                     Json& all) {
  print_line(console, "input",
             pipeline.input() ? describe(*pipeline.input())
                              : fmt::format("{} channels, no axis", pipeline.input_channels()));
  Json steps = Json::array();
  for (const PreparationStep& step : pipeline.steps()) {
    steps.push_back(description(step));
    print_line(console, steps.size() == 1 ? "prepares" : "", description(step));
  }
  const Json made = parse_json(provenance);
  if (made.is_object())
    for (const auto& [key, value] : made.items())
      if (!value.is_structured())
        print_line(console, key, value.is_string() ? value.get<std::string>() : to_line(value));
  all["input"] = to_json(pipeline.input());
  all["preparation"] = steps;
  all["pipeline"] = parse_json(pipeline.to_json());
  all["provenance"] = made.is_discarded() ? Json() : made;
}

Json describe_model_file(Console& console, const std::filesystem::path& path) {
  const Classifier model = read_classifier(path);
  const auto* svm = std::get_if<SvmModel>(&model.model());
  const auto bytes = std::filesystem::file_size(path);
  console.result(fmt::format("{}: {}, {}", path.string(), svm ? "support vector model" : "network",
                             format_bytes(bytes)));
  Json all = {{"path", path.string()},
              {"format", "whiteline model"},
              {"bytes", bytes},
              {"kind", svm ? "svm" : "network"},
              {"classes", model.class_names()},
              {"channels", model.channels()},
              {"calibrated", model.gives_probabilities()}};
  all.update(svm ? describe_svm(console, *svm)
                 : describe_network(console, std::get<nn::Model>(model.model())));
  describe_making(console, model.pipeline(), model.provenance(), all);
  return all;
}

}  // namespace whiteline::cli
