#include "cli/classify_run.hpp"

#include <fmt/format.h>
#include <whiteline/version.hpp>

#include <algorithm>
#include <chrono>

#include "cli/interrupt.hpp"
#include "cli/large_image.hpp"
#include "cli/results.hpp"

namespace whiteline::cli {

namespace {

namespace fs = std::filesystem;

// Options that the maps depend on, as the run record calls them.
constexpr const char* options_of_maps[] = {
    "mask-vacuum",        "unknown",        "labels", "axis", "shift-energy", "calibrate-peak",
    "background-removed", "support-columns"};

fs::path unfinished_folder(const fs::path& folder) {
  const fs::path named = folder.filename().empty() ? folder.parent_path() : folder;  // "maps/"
  return named.string() + ".unfinished";
}

std::int64_t modified_ns(const fs::path& path) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             fs::last_write_time(file_of(path)).time_since_epoch())
      .count();
}

// Answers of one pixel, beside its spectrum: bytes of memory.
std::int64_t answer_bytes(const Classifier& model) {
  return std::int64_t(32 + 8 * model.classes().size());
}

std::int64_t tile_pixels(const Context& ctx, const SpectrumReader& reader,
                         const Classifier& model) {
  const auto answers = std::int64_t(ctx.memory_limit() / 8) / answer_bytes(model);
  return std::max<std::int64_t>(1, std::min(reader.tile_pixels(ctx.memory_limit() / 2), answers));
}

}  // namespace

ClassifyRun::ClassifyRun(const Context& ctx, const LoadedModel& model, const ClassifyJob& job,
                         const ClassifyOptions& options, const Json& given, Console& console)
    : ctx_(ctx),
      model_(model.model),
      model_path_(model.path),
      job_(job),
      options_(options),
      given_(given),
      console_(console),
      record_("classify", given, options.common) {
  record_.set_device(ctx);
}

Json ClassifyRun::run() {
  check_output_folder(job_.folder, {"run.json"}, options_.common.force);
  std::optional<SpectrumReader> reader;
  {
    const auto timed = record_.phase("read");
    reader = open_spectra(job_.input, console_.progress());
  }
  return reader->is_table() ? classify_table(std::move(*reader)) : classify_image(*reader);
}

void ClassifyRun::add_inputs(const SpectrumReader& reader) {
  model_sha256_ = record_.add_input("model", model_path_, console_.progress());
  add_large_input(record_, "spectra", reader, console_.progress());
}

MapRun ClassifyRun::describe_run(const SpectrumReader& reader, std::int64_t begin,
                                 std::int64_t end) const {
  const SpectrumImage& image = reader.description();
  MapRun run;
  run.begin = begin;
  run.end = end;
  run.height = image.height;
  run.width = image.width;
  run.scale_y = image.scale_y;
  run.scale_x = image.scale_x;
  run.scale_units = image.scale_units;
  run.title = image.title;
  run.class_names = model_.class_names();
  run.probabilities = model_.gives_probabilities();
  if (options_.vacuum.masked) run.vacuum = options_.vacuum.threshold;
  run.unknown = options_.unknown;
  run.model_sha256 = model_sha256_;
  const std::string device = ctx_.device().name;
  run.origin = {{"input",
                 {{"bytes", reader.file_bytes()},
                  {"fingerprint", reader.fingerprint()},
                  {"modified_ns", modified_ns(job_.input)}}},
                {"device", device.substr(0, device.find(':'))},
                {"build", build_id()}};
  for (const char* name : options_of_maps) run.origin[name] = given_.at(name);
  return run;
}

Json ClassifyRun::classify_image(const SpectrumReader& reader) {
  if (options_.decisions != "none")
    throw InvalidArgument(fmt::format(
        "cannot write decisions of {} (it is an image; only labels.csv of a table has columns for "
        "them) leave --decisions out",
        job_.input.string()));
  const std::int64_t pixels = reader.description().pixels();
  const bool sharded = options_.shard && options_.inputs.size() == 1;
  const Shard shard = sharded ? *options_.shard : Shard();
  check_output_folder(job_.folder,
                      sharded ? std::vector<std::string>{"journal"}
                              : map_names(model_.class_names(), model_.gives_probabilities()),
                      options_.common.force);
  add_inputs(reader);
  AxisInUse axis;
  {
    const auto timed = record_.phase("calibrate");
    axis = axis_in_use(ctx_, model_, reader, options_, console_);
  }
  MapRun run = describe_run(reader, shard.begin(pixels), shard.end(pixels));
  truth_ = truth_of(reader.description(), model_, job_.input.string(), console_);
  run.truth = !truth_.empty();
  const fs::path folder = unfinished_folder(job_.folder);
  std::optional<MapFiles> files = MapFiles::begin(folder, run, options_.common.force);
  try {
    decide(reader, axis, *files);
    const Json all = sharded ? leave_part(*files, axis) : finish(*files, axis);
    if (!sharded) fs::remove_all(folder);
    return all;
  } catch (const std::exception& error) {
    std::error_code ignored;
    if (files->done() == run.begin) fs::remove_all(folder, ignored);  // nothing to go on from
    if (!dynamic_cast<const Cancelled*>(&error) || files->done() == run.begin) throw;
    throw Cancelled(
        fmt::format("interrupted (as asked; {} of {} spectra are done) give the same "
                    "command again to go on",
                    files->done() - run.begin, run.end - run.begin));
  }
}

// Tile by tile, from where the files end.
void ClassifyRun::decide(const SpectrumReader& reader, const AxisInUse& axis, MapFiles& files) {
  const MapRun& run = files.run();
  const auto total = std::uint64_t(run.end - run.begin);
  if (files.done() > run.begin)
    console_.note(fmt::format("going on after {} of {} spectra, which an earlier run left in {}",
                              files.done() - run.begin, total, files.folder().string()));
  const auto timed = record_.phase("classify");
  const Stopwatch watch;
  const std::int64_t first = files.done();
  const Progress progress = console_.progress();
  SvmPredictParams params = predict_params(model_, options_);
  params.progress = [&](const ProgressEvent& event) {
    return progress({"classify", std::uint64_t(files.done() - run.begin) + event.done, total});
  };
  ReadyClassifier classifier(ctx_, model_, params);
  Decided decided;
  MapPiece piece;
  const TileRun tiles{first, run.end, tile_pixels(ctx_, reader, model_), run.vacuum.has_value()};
  for_each_tile(reader, tiles, [&](const SpectrumTile& tile) {
    classifier.classify(tile.spectra, axis.energy, decided);
    piece.first = tile.first;
    piece.labels = decided.labels;
    piece.probabilities = decided.probabilities;
    piece.sums = tile.sums;
    if (run.truth) {
      const auto known = truth_.begin() + tile.first;
      piece.truth.assign(known, known + tile.spectra.rows);
    }
    files.append(piece);
  });
  record_speed(reader, run.end - first, watch);
}

void ClassifyRun::record_speed(const SpectrumReader& reader, std::int64_t pixels,
                               const Stopwatch& watch) {
  if (pixels == 0) return;
  const double seconds = watch.seconds();
  const double bytes =
      double(pixels) * double(reader.description().energy.size) * double(size_of(reader.type()));
  record_["speed"] = {{"spectra", pixels},
                      {"seconds", seconds},
                      {"processor_seconds", watch.processor_seconds()},
                      {"spectra_per_second", double(pixels) / seconds},
                      {"bytes_per_second", bytes / seconds},
                      {"tile_pixels", tile_pixels(ctx_, reader, model_)}};
  console_.note(fmt::format("{} spectra in {:.1f} s: {:.0f} spectra/s, {:.0f} MB/s", pixels,
                            seconds, double(pixels) / seconds, bytes / seconds / 1e6));
}

Json ClassifyRun::finish(const MapFiles& files, const AxisInUse& axis) {
  StagedFolder folder(job_.folder);
  LabelCounts counts;
  {
    const auto timed = record_.phase("write");
    counts = write_maps(FinishedMaps({&files}), folder, console_);
  }
  warn_of_trouble(counts, job_.input.string(), console_);
  describe(counts, model_.class_names(), record_);
  describe(axis, record_);
  const Json all = finish_folder(folder, record_, console_, options_.common);
  report_done(fmt::format("{}: {} x {} spectra on {}{}{}", job_.input.string(), files.run().height,
                          files.run().width, ctx_.device().name, shift_text(axis),
                          counts_text(counts, model_.class_names(), false)),
              counts);
  return all;
}

// The files become the part.
Json ClassifyRun::leave_part(const MapFiles& files, const AxisInUse& axis) {
  const MapRun& run = files.run();
  record_["pixels"] = {run.begin, run.end};
  describe(axis, record_);
  const Json all = record_.to_json(console_);
  write_text_file(files.folder() / "run.json", to_text(all) + "\n", Overwrite::allow);
  move_folder(files.folder(), job_.folder, overwrite_if(options_.common.force));
  console_.result(fmt::format("{}: pixels {} to {} of {} on {}; whiteline merge joins the parts",
                              job_.input.string(), run.begin, run.end - 1, run.height * run.width,
                              ctx_.device().name));
  console_.result(fmt::format("wrote {}", job_.folder.string()));
  return all;
}

void ClassifyRun::report_done(const std::string& text, const LabelCounts& counts) {
  console_.result(text);
  if (counts.score) console_.result(summary(*counts.score));
  console_.result(fmt::format("wrote {}", job_.folder.string()));
}

}  // namespace whiteline::cli
