// whiteline convert: spectra and models from one file format to another.
#include <fmt/format.h>
#include <whiteline/io.hpp>

#include <memory>
#include <numeric>

#include "cli/convert_model.hpp"
#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "cli/large_image.hpp"
#include "cli/results.hpp"

namespace whiteline::cli {

namespace {

constexpr std::uint64_t copies_to_convert = 1;  // of an image that is converted as a whole

struct ConvertOptions {
  CommonOptions common;
  AxisOptions axis;
  std::filesystem::path input, output;
  std::filesystem::path prepare;  // a model whose preparation is done; empty: none
  std::int64_t channels = 0;      // at least so many; 0: as the file has
  double share = 1.0;             // of each class's spectra
  bool rest = false;              // those that `share` does not take
};

bool changes_spectra(const ConvertOptions& options) {
  return !options.prepare.empty() || options.channels > 0 || options.share < 1.0 || options.rest;
}

Dataset labelled_rows(Dataset&& set, Console& console) {
  std::vector<std::int64_t> labelled;
  for (std::int64_t row = 0; row < set.rows; ++row)
    if (set.labels[std::size_t(row)] != no_label) labelled.push_back(row);
  const auto without = set.rows - std::int64_t(labelled.size());
  if (without == 0) return std::move(set);
  if (labelled.empty())
    throw InvalidArgument(
        "cannot write LIBSVM text (no spectrum has a label, and each line begins with one) give "
        "labelled spectra");
  console.warn(fmt::format("{} spectra without a label are left out", without));
  return set.subset(labelled);
}

// Columns of zeros at the end: LIBSVM's text does not show those of a test set.
void widen(Dataset& set, std::int64_t channels) {
  if (set.channels > channels)
    throw InvalidArgument(
        fmt::format("cannot make {} channels of {} (that would lose counts) use train --window",
                    channels, set.channels));
  if (set.channels == channels) return;
  std::vector<float> counts(std::size_t(set.rows * channels), 0.0f);
  for (std::int64_t row = 0; row < set.rows; ++row)
    std::copy_n(set.counts.data() + row * set.channels, set.channels,
                counts.data() + row * channels);
  set.counts = std::move(counts);
  set.channels = channels;
  set.energy.reset();
}

// Spectra as the model's kernel sees them; for cosine, divided by their L2 norms.
void prepare(Dataset& set, const ConvertOptions& options, RunRecord& record) {
  const Classifier classifier = read_classifier(options.prepare);
  const Context ctx = open_device(options.common);
  record.set_device(ctx);
  const PreparedSpectra prepared = classifier.pipeline().apply(ctx, set.spectra(), set.energy);
  set.channels = prepared.spectra.cols();
  set.energy = prepared.energy;
  set.counts.resize(std::size_t(set.rows * set.channels));
  prepared.spectra.copy_to(set.counts);
  const auto* svm = std::get_if<SvmModel>(&classifier.model());
  if (!svm || svm->kernel.type != KernelType::cosine) return;
  const Pipeline unit({Normalise{Normalise::Kind::l2}}, set.energy, set.channels);
  unit.apply(ctx, set.spectra(), set.energy).spectra.copy_to(set.counts);
}

// Tables of spectra are sets where the format has sets and they have labels, else images.
bool becomes_set(const Input& input, const std::string& suffix) {
  if (suffix == ".libsvm") return true;
  const bool holds_sets = suffix == ".npz" || suffix == ".csv";
  return input.is_table && holds_sets && !input.image.labels.empty();
}

// The axis as the options correct it, and the metadata with or without the mark that there is none.
void correct_axis(Input& input, const AxisOptions& options) {
  SpectrumImage& image = input.image;
  input.energy = corrected_axis(input.energy, image.energy.size, options);
  if (input.energy) image.energy = *input.energy;
  Json metadata = Json::parse(image.metadata);
  Json& own = metadata["Whiteline"];
  if (!own.is_object()) own = Json::object();
  own.erase("energy_axis");
  if (!input.energy) own["energy_axis"] = "channels";
  if (own.empty()) metadata.erase("Whiteline");
  image.metadata = metadata.dump();
}

// Says whether it did: where memory holds the image, it does not.
bool convert_by_tiles(const ConvertOptions& options, Console& console, RunRecord& record) {
  if (changes_spectra(options)) return false;
  const std::uint64_t memory =
      Context("cpu", {.memory_limit = options.common.memory}).memory_limit();
  const auto reader = open_large_image(options.input, options.output, memory, copies_to_convert,
                                       console.progress());
  if (!reader) return false;
  add_large_input(record, "data", *reader, console.progress());
  Input input;
  input.image = reader->description();
  input.image.order = SpectrumImage::Order::pixel_major;
  input.energy = known_axis(input.image.energy, input.image.metadata);
  correct_axis(input, options.axis);
  record["spectra"] = input.image.pixels();
  record["channels"] = input.image.energy.size;
  std::vector<float> counts;
  const auto floats = [&](const SpectrumTile& tile) -> std::span<const float> {
    const auto channels = std::size_t(tile.spectra.cols);
    counts.resize(std::size_t(tile.spectra.rows) * channels);
    for (std::int64_t row = 0; row < tile.spectra.rows; ++row)
      to_floats(tile.spectra, row,
                std::span(counts).subspan(std::size_t(row) * channels, channels));
    return counts;
  };
  write_by_tiles(options.output, input.image, *reader, memory, floats, options.common.force,
                 console.progress());
  return true;
}

void convert_spectra(const ConvertOptions& options, Console& console, RunRecord& record) {
  if (convert_by_tiles(options, console, record)) return;
  record.add_input("data", options.input, console.progress());
  const std::string suffix = options.output.extension().string();
  const Overwrite overwrite = overwrite_if(options.common.force);
  Input input = read_input(options.input);
  throw_if_interrupted();
  correct_axis(input, options.axis);
  if (!changes_spectra(options) && !becomes_set(input, suffix)) {
    record["spectra"] = input.image.pixels();
    record["channels"] = input.image.energy.size;
    return write_spectrum_image(options.output, input.image, overwrite, console.progress());
  }
  Dataset set = as_set(std::move(input));
  if (suffix == ".libsvm") set = labelled_rows(std::move(set), console);
  if (options.share < 1.0) {
    const Split split = stratified_split(set.labels, options.share, options.common.seed);
    set = set.subset(options.rest ? split.second : split.first);
  }
  if (options.channels > 0) widen(set, options.channels);
  if (!options.prepare.empty()) prepare(set, options, record);
  write_dataset(options.output, set, overwrite);
  record["spectra"] = set.rows;
  record["channels"] = set.channels;
  if (suffix != ".libsvm") return;
  std::vector<std::int32_t> positions(set.class_names.size());
  std::iota(positions.begin(), positions.end(), 0);
  tell_labels(set.class_names, std::move(positions), console, record);
}

void run_convert(const ConvertOptions& options, const Json& given) {
  if (options.rest && options.share == 1.0)
    throw UsageError("--rest: there is no rest without --share");
  check_outputs({options.output, record_of(options.output)}, options.common.force);
  Console console(options.common.output);
  RunRecord record("convert", given, options.common);
  if (looks_like_model(options.input)) {
    if (changes_spectra(options))
      throw UsageError("--prepare, --channels, --share and --rest are for spectra; IN is a model");
    convert_model(options.input, options.output, overwrite_if(options.common.force), console,
                  record);
  } else {
    convert_spectra(options, console, record);
  }
  finish_file(options.output, record, console, options.common);
}

}  // namespace

void add_convert(CommandLine& command) {
  Verb verb = command.verb("convert", "Turn a file of spectra, or a model, into another format");
  auto options = std::make_shared<ConvertOptions>();
  verb.option("in IN", options->input, "any file that `whiteline info` understands").required();
  verb.option("out OUT", options->output,
              "spectra: .npz, .hspy, .ndata, .csv, .msa, .libsvm\n(LIBSVM's text); "
              "models: .safetensors, .model (LIBSVM's text), .onnx (networks)")
      .required();
  verb.option("--prepare MODEL", options->prepare,
              "prepare the spectra as this model does (cosine:\nalso divide by the L2 norm)");
  verb.option("--channels N", options->channels,
              "add channels of zeros up to this number:\nLIBSVM's text leaves out trailing "
              "zeros")
      .positive();
  verb.option("--share F", options->share,
              "only this share of each class, drawn by --seed:\nthe spectra that train takes "
              "with --train-fraction")
      .between(0.0, 1.0);
  verb.flag("--rest", options->rest, "the others instead");
  add_axis_options(verb, options->axis);
  add_common_options(verb, options->common);
  verb.footer(
      "Also writes OUT.run.json.\n"
      "  whiteline convert scan.dm4 scan.hspy\n"
      "  whiteline convert scan.h5::/entry/data/counts scan.hspy --axis 460:0.25\n"
      "  whiteline convert fe.safetensors fe.model\n"
      "  whiteline convert net.safetensors net.onnx\n"
      "  whiteline convert w.npz w.libsvm --prepare fe.safetensors\n"
      "  svm-predict w.libsvm fe.model labels.txt");
  verb.run([options](const Json& given) { run_convert(*options, given); });
}

}  // namespace whiteline::cli
