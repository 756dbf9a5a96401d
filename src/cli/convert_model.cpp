#include "cli/convert_model.hpp"

#include <fmt/format.h>
#include <whiteline/nn/model_file.hpp>

#include "cli/input.hpp"

namespace whiteline::cli {

namespace {

bool is_libsvm_suffix(const std::string& suffix) {
  return suffix == ".libsvm" || suffix == ".model";
}

struct Conversion {
  const std::filesystem::path &from, &to;
  std::string suffix;
  Overwrite overwrite;
  Console& console;
  RunRecord& record;

  void operator()(const nn::Model& model) const {
    record["classes"] = model.class_names;
    if (is_libsvm_suffix(suffix))
      throw InvalidArgument(
          fmt::format("cannot write {} (LIBSVM's text is of support vector models, {} is a "
                      "network) write a .onnx",
                      to.string(), from.string()));
    if (suffix != ".onnx") return write_model(to, model, overwrite);
    write_onnx_model(to, model, overwrite);
    if (!onnx_takes_raw_spectra(model))
      console.note(
          fmt::format("{} takes prepared spectra (the graph holds windows and norms only); for its "
                      "input use whiteline convert DATA OUT.npz --prepare {}",
                      to.string(), from.string()));
  }

  void operator()(const SvmModel& model) const {
    if (suffix == ".onnx")
      throw InvalidArgument(
          fmt::format("cannot write {} (only networks become ONNX, {} is a support vector model) "
                      "write a .model for LIBSVM",
                      to.string(), from.string()));
    record["classes"] = model.class_names;
    record["support_vectors"] = model.support_vector_count();
    if (!is_libsvm_suffix(suffix)) return write_model(to, model, overwrite);
    write_libsvm_model(to, model, overwrite);
    tell_labels(model.class_names, model.classes, console, record);
    if (model.kernel.type == KernelType::cosine || !model.pipeline.steps().empty())
      console.note(
          fmt::format("svm-predict does not prepare spectra as this model does; for its input use "
                      "whiteline convert DATA OUT.libsvm --prepare {}",
                      from.string()));
  }
};

}  // namespace

void convert_model(const std::filesystem::path& from, const std::filesystem::path& to,
                   Overwrite overwrite, Console& console, RunRecord& record) {
  const std::string suffix = to.extension().string();
  if (suffix != ".safetensors" && suffix != ".onnx" && !is_libsvm_suffix(suffix))
    throw UsageError(fmt::format(
        "a model cannot become `{}`: OUT ends in .safetensors, .onnx, or .model for LIBSVM",
        suffix));
  record.add_input("data", from, console.progress());
  std::visit(Conversion{from, to, suffix, overwrite, console, record},
             reading([&] { return read_any_model(from); }));
}

void tell_labels(const std::vector<std::string>& names, std::vector<std::int32_t> positions,
                 Console& console, RunRecord& record) {
  const std::vector<std::int32_t> labels = libsvm_labels(names, std::move(positions));
  std::string text;
  bool same = true;
  record["labels"] = Json::object();
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += fmt::format("{}{} {}", i ? ", " : "", labels[i], names[i]);
    record["labels"][std::to_string(labels[i])] = names[i];
    same = same && std::to_string(labels[i]) == names[i];
  }
  if (!same) console.result("labels: " + text);
}

}  // namespace whiteline::cli
