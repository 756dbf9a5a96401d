#include "cli/embed_input.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/interrupt.hpp"

namespace whiteline::cli {

namespace {

// Classes of the same name are the same class.
void add_labels(const SpectrumImage& image, EmbedInput& input) {
  Dataset& set = input.set;
  std::vector<std::int32_t> number_of;
  for (const std::string& name : image.class_names) {
    const auto known = std::find(set.class_names.begin(), set.class_names.end(), name);
    number_of.push_back(std::int32_t(known - set.class_names.begin()));
    if (known == set.class_names.end()) set.class_names.push_back(name);
  }
  for (const std::int32_t label : image.labels) {
    set.labels.push_back(label == no_label ? no_label : number_of[std::size_t(label)]);
    input.labelled = input.labelled || label != no_label;
  }
  set.labels.resize(std::size_t(set.rows), no_label);
}

void add_spectra(const std::filesystem::path& path, const Matrix& prepared, EmbedInput& input) {
  if (input.channels == 0) input.channels = prepared.cols();
  if (input.channels != prepared.cols())
    throw InvalidArgument(
        fmt::format("cannot embed {} with the files before it (it has {} channels, they have {}) "
                    "cut all to one window, or resample them with whiteline prepare",
                    path.string(), prepared.cols(), input.channels));
  const std::size_t before = input.spectra.size();
  input.spectra.resize(before + std::size_t(prepared.rows() * prepared.cols()));
  prepared.copy_to(std::span(input.spectra).subspan(before));
}

}  // namespace

Matrix EmbedInput::matrix(const Context& ctx) const {
  return Matrix::from_host(ctx, HostView(spectra.data(), std::ssize(chosen), channels));
}

std::vector<std::int32_t> EmbedInput::chosen_labels() const {
  std::vector<std::int32_t> labels;
  for (const std::int64_t row : chosen) labels.push_back(set.labels[std::size_t(row)]);
  return labels;
}

EmbedInput read_embed_input(const Context& ctx, const EmbedOptions& options, const Pipeline* given,
                            Console& console, RunRecord& record) {
  EmbedInput all;
  for (const std::string& path : options.inputs) {
    Input input;
    {
      const auto timed = record.phase("read");
      input = read_with_axis(path, options.choice.axis);
    }
    all.sha256.push_back(record.add_input("data", path, console.progress()));
    const std::vector<std::int64_t> rows = rows_with_signal(input, options.choice.vacuum);
    const Pipeline pipeline =
        given ? *given : chosen_pipeline(options.choice, input.energy, input.image.energy.size);
    if (all.channels == 0) all.pipeline = pipeline;
    {
      const auto timed = record.phase("prepare");
      add_spectra(path, prepare_rows(ctx, input, rows, pipeline), all);
    }
    for (const std::int64_t row : rows) all.chosen.push_back(all.set.rows + row);
    all.set.rows += input.image.pixels();
    add_labels(input.image, all);
    throw_if_interrupted();
  }
  if (!all.labelled) all.set.labels.assign(all.set.labels.size(), no_label);
  require(!all.chosen.empty(),
          "cannot embed spectra (all pixels are vacuum) try --mask-vacuum none");
  return all;
}

}  // namespace whiteline::cli
