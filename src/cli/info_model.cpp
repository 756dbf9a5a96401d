#include "cli/info_model.hpp"

#include <fmt/format.h>

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

}  // namespace

Json describe_model_file(Console& console, const std::filesystem::path& path) {
  const SvmModel model = read_model_file(path);
  const Kernel& kernel = model.kernel;
  const Json provenance = parse_json(model.provenance);
  const auto bytes = std::filesystem::file_size(path);
  console.result(fmt::format("{}: support vector model, {}", path.string(), format_bytes(bytes)));
  const auto line = [&](std::string_view title, const std::string& text) {
    console.result(fmt::format("  {:<10} {}", title, text));
  };
  line("kernel", kernel_text(kernel));
  line("classes", joined(model.class_names));
  line("vectors", fmt::format("{} support vectors of {} channels", model.support_vector_count(),
                              model.channels));
  line("calibrated", calibration_text(model));
  line("input", model.pipeline.input()
                    ? describe(*model.pipeline.input())
                    : fmt::format("{} channels, no axis", model.pipeline.input_channels()));
  Json steps = Json::array();
  for (const PreparationStep& step : model.pipeline.steps()) {
    steps.push_back(description(step));
    line(steps.size() == 1 ? "prepares" : "", description(step));
  }
  if (provenance.is_object())
    for (const auto& [key, value] : provenance.items())
      if (!value.is_structured())
        line(key, value.is_string() ? value.get<std::string>() : to_line(value));
  return {{"path", path.string()},
          {"format", "whiteline model"},
          {"bytes", bytes},
          {"kernel",
           {{"type", name(kernel.type)},
            {"gamma", kernel.gamma},
            {"coef0", kernel.coef0},
            {"degree", kernel.degree}}},
          {"classes", model.class_names},
          {"support_vectors", model.support_vector_count()},
          {"channels", model.channels},
          {"calibrated", model.calibrated()},
          {"input", to_json(model.pipeline.input())},
          {"preparation", steps},
          {"pipeline", parse_json(model.pipeline.to_json())},
          {"provenance", provenance.is_discarded() ? Json() : provenance}};
}

}  // namespace whiteline::cli
