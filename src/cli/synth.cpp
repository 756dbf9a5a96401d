// whiteline synth: generated spectra with known truth.
#include <fmt/format.h>
#include <whiteline/io.hpp>
#include <whiteline/synth.hpp>

#include <memory>

#include "cli/class_counts.hpp"
#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "cli/options.hpp"
#include "cli/results.hpp"

namespace whiteline::cli {

namespace {

struct SynthOptions {
  CommonOptions common;
  std::string what;
  std::filesystem::path output;
  std::string difficulty = "hard";
  double scale = 1.0, spike_rate = 0.0;
  SynthCubeParams cube;
};

void write_cube(const SynthOptions& options, Console& console, RunRecord& record) {
  SynthCubeParams params = options.cube;
  params.difficulty = options.difficulty == "clean" ? Difficulty::clean : Difficulty::hard;
  params.seed = options.common.seed;
  params.spike_rate = options.spike_rate;
  params.threads = options.common.threads;
  params.progress = console.progress();
  SpectrumImage image;
  {
    const auto timed = record.phase("generate");
    image = synth_cube(params);
  }
  throw_if_interrupted();
  const auto timed = record.phase("write");
  write_spectrum_image(options.output, image, overwrite_if(options.common.force));
  const Json counts = class_counts(image.labels, image.class_names);
  record["height"] = image.height;
  record["width"] = image.width;
  record["energy"] = to_json(std::optional(image.energy));
  record["classes"] = counts;
  console.result(fmt::format("{} x {} pixels, {} ({} and vacuum)", image.height, image.width,
                             describe(image.energy), class_text(counts)));
}

void write_set(const SynthOptions& options, Console& console, RunRecord& record) {
  SynthParams params;
  params.difficulty = options.difficulty == "clean" ? Difficulty::clean : Difficulty::hard;
  params.scale = options.scale;
  params.seed = options.common.seed;
  params.spike_rate = options.spike_rate;
  params.threads = options.common.threads;
  params.progress = console.progress();
  Dataset set;
  {
    const auto timed = record.phase("generate");
    set = synth_dataset(synth_set(options.what), params);
  }
  throw_if_interrupted();
  const auto timed = record.phase("write");
  write_dataset(options.output, set, overwrite_if(options.common.force));
  const Json counts = class_counts(set.labels, set.class_names);
  record["rows"] = set.rows;
  record["channels"] = set.channels;
  record["energy"] = to_json(set.energy);
  record["classes"] = counts;
  console.result(
      fmt::format("{} spectra ({}), {}", set.rows, class_text(counts),
                  set.energy ? describe(*set.energy) : fmt::format("{} channels", set.channels)));
}

void run_synth(const SynthOptions& options, const Json& given) {
  if (options.common.device != "auto" && options.common.device != "cpu")
    throw DeviceUnavailable(
        fmt::format("cannot generate spectra on {} (the generator runs on the CPU) leave --device "
                    "out",
                    options.common.device));
  check_outputs({options.output, record_of(options.output)}, options.common.force);
  Console console(options.common.output);
  RunRecord record("synth", given, options.common);
  record.set_device(Context("cpu", {.threads = options.common.threads}));
  if (options.what == "cube")
    write_cube(options, console, record);
  else
    write_set(options, console, record);
  finish_file(options.output, record, console, options.common);
}

void add_cube_options(Verb& verb, SynthCubeParams& cube) {
  verb.heading("Cube");
  verb.option("--height N", cube.height, "pixels").between(1, 65536);
  verb.option("--width N", cube.width, "pixels").between(1, 65536);
  verb.option("--pixel NM", cube.pixel_nm, "edge of a pixel").positive();
  verb.option("--edge NM", cube.edge_nm, "edge of the cube").positive();
  verb.option("--shell NM", cube.shell_nm, "thickness of the Fe3O4 shell").not_negative();
  verb.option("--tilt-x DEGREES", cube.tilt_x_deg, "about the x axis");
  verb.option("--tilt-y DEGREES", cube.tilt_y_deg, "about the y axis");
  verb.option("--rotation DEGREES", cube.rotation_deg, "about the beam");
}

}  // namespace

void add_synth(CommandLine& command) {
  Verb verb = command.verb("synth", "Generate labelled spectra with known truth");
  auto options = std::make_shared<SynthOptions>();
  verb.option("set SET", options->what,
              "w     FeO and Fe3O4, O K and Fe L2,3, 460-800 eV\n"
              "l     Fe L2,3 of the same spectra\n"
              "k     O K of the same spectra\n"
              "wl    five classes: FeO, Fe3O4, Mn2+, Mn3+, Mn4+\n"
              "mf    magnetite cores and Mn-ferrite shells\n"
              "mn    Mn2+, Mn3+, Mn4+\n"
              "cube  a core/shell nanocube in vacuum, a spectrum image")
      .required()
      .one_of({"w", "l", "k", "wl", "mf", "mn", "cube"});
  verb.option("-o,--output FILE", options->output, ".npz; for the cube also .hspy").required();
  verb.option("--difficulty LEVEL", options->difficulty,
              "clean: high dose, pure phases;\nhard: low dose, mixed phases, wider shifts")
      .one_of({"clean", "hard"});
  verb.option("--scale FACTOR", options->scale, "times the number of spectra of each class (sets)")
      .positive();
  verb.option("--spike-rate RATE", options->spike_rate, "X-ray spikes a spectrum, on average")
      .not_negative();
  add_cube_options(verb, options->cube);
  add_common_options(verb, options->common);
  verb.footer(
      "Also writes FILE.run.json: options, versions, times, hash.\n"
      "  whiteline synth w --difficulty hard -o w.npz\n"
      "  whiteline synth cube --height 128 --width 128 --pixel 0.25 -o cube.npz");
  verb.run([options](const Json& given) { run_synth(*options, given); });
}

}  // namespace whiteline::cli
