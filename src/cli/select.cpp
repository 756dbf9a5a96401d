// whiteline select: kernels and their parameters, chosen by cross-validation.
#include <fmt/format.h>
#include <whiteline/io.hpp>
#include <whiteline/version.hpp>

#include <algorithm>
#include <optional>

#include "cli/interrupt.hpp"
#include "cli/results.hpp"
#include "cli/select_options.hpp"
#include "cli/selection.hpp"
#include "cli/training.hpp"

namespace whiteline::cli {

namespace {

std::vector<std::string> result_names(const SelectOptions& options) {
  std::vector<std::string> names = {"run.json", "cells.csv"};
  if (options.learning_curve)
    names.insert(names.end(), {"learning_curve.csv", "learning_curve.svg"});
  for (const KernelType type : options.grid.kernels)
    for (const Normalise::Kind kind : options.grid.normalise)
      names.push_back(fmt::format("heat_{}_{}.svg", name(type), name(kind)));
  return names;
}

class SelectRun {
 public:
  SelectRun(const SelectOptions& options, const Json& given)
      : options_(options),
        console_(options.common.output),
        record_("select", given, options.common) {
    if (!options.output.empty())
      check_output_folder(options.output, result_names(options), options.common.force);
    if (!options.model.empty()) check_outputs({options.model}, options.common.force);
    svm_.class_weight =
        options.class_weight == "balanced" ? ClassWeight::balanced : ClassWeight::none;
    svm_.tolerance = options.tolerance;
  }

  void run() {
    const Context ctx = open_device(options_.common, console_, record_);
    read();
    prepare(ctx);
    search(ctx);
    if (options_.learning_curve) draw_learning_curve(ctx);
    if (search_.fit) finish_model(ctx);
    if (!options_.output.empty()) write();
    if (!options_.model.empty()) console_.result("wrote " + options_.model.string());
    console_.json(record_.to_json(console_));
  }

 private:
  void read() {
    {
      const auto timed = record_.phase("read");
      set_ = read_labelled_set(options_.data, options_.axis);
    }
    hash_ = record_.add_input("data", options_.data, console_.progress());
    held_out_ = hold_out(set_, options_.train_fraction, options_.common.seed);
  }

  Pipeline pipeline(Normalise::Kind normalise) const {
    auto steps = steps_before_normalising(options_.preparation, set_.energy);
    if (normalise != Normalise::Kind::none) steps.push_back(Normalise{normalise});
    return Pipeline(std::move(steps), set_.energy, set_.channels);
  }

  void prepare(const Context& ctx) {
    const auto timed = record_.phase("prepare");
    spectra_ = pipeline(Normalise::Kind::none).apply(ctx, set_.spectra(), set_.energy).spectra;
    ctx.synchronize();
    throw_if_interrupted();
  }

  void search(const Context& ctx) {
    SvmSearchParams params;
    params.points = grid(options_.grid);
    params.folds = options_.folds;
    params.folds.seed = options_.common.seed;
    params.score = search_score(options_.score);
    params.refit = !options_.model.empty();
    params.progress = console_.progress();
    std::optional<SearchJournal> journal;
    if (!options_.journal.empty()) {
      std::vector<float> host(std::size_t(spectra_.rows() * spectra_.cols()));
      spectra_.copy_to(host);
      journal.emplace(
          options_.journal,
          search_key(params, svm_, {host.data(), spectra_.rows(), spectra_.cols()}, set_.labels));
      params.known = journal->cells();
      params.on_cell = [&](const SvmCell& cell) { journal->append(cell); };
    }
    {
      const auto timed = record_.phase("search");
      search_ = svm_search(ctx, params, svm_, spectra_, set_.labels);
    }
    tell(ctx);
  }

  void tell(const Context& ctx) {
    const SvmCell& best = search_.cells[search_.best];
    console_.note(best_cells(search_, std::size_t(options_.best)));
    console_.result(fmt::format("{} spectra x {} channels, {} cells x {} folds on {}: {:.2f} s",
                                set_.rows, spectra_.cols(), search_.cells.size(),
                                best.scores.size(), ctx.device().name, search_.seconds));
    console_.result(fmt::format("best {} {:.4f} +- {:.4f}: {}", options_.score, best.mean,
                                best.deviation, describe(best.point)));
    const auto unfinished =
        std::count_if(search_.cells.begin(), search_.cells.end(),
                      [](const SvmCell& cell) { return cell.status != SolveStatus::converged; });
    if (unfinished > 0)
      console_.warn(
          fmt::format("{} of {} cells did not converge (see their status) lower C, "
                      "normalise the spectra or raise --tolerance",
                      unfinished, search_.cells.size()));
    Json cells = Json::array();
    for (const SvmCell& cell : search_.cells) cells.push_back(to_json(cell));
    record_["spectra"] = {{"train", set_.rows}, {"channels", spectra_.cols()}};
    record_["energy"] = to_json(set_.energy);
    record_["classes"] = set_.class_names;
    record_["score"] = options_.score;
    record_["best"] = to_json(best);
    record_["cells"] = cells;
  }

  SvmParams best_params() {
    SvmParams params = svm_;
    params.kernel = search_.cells[search_.best].point.kernel;
    params.C = search_.cells[search_.best].point.C;
    params.progress = console_.progress();
    return params;
  }

  // The spectra as the best point normalises them, with the kernel values computed so far.
  const SvmData& best_data(const Context& ctx) {
    if (!best_data_) {
      best_spectra_ = pipeline(search_.cells[search_.best].point.normalise)
                          .apply(ctx, set_.spectra(), set_.energy)
                          .spectra;
      best_data_.emplace(ctx, *best_spectra_, set_.labels);
    }
    return *best_data_;
  }

  void draw_learning_curve(const Context& ctx) {
    const auto timed = record_.phase("learning curve");
    LearningCurveParams params;
    params.fractions = options_.fractions;
    params.folds = options_.folds;
    params.folds.seed = options_.common.seed;
    params.score = search_score(options_.score);
    params.seed = options_.common.seed;
    params.progress = console_.progress();
    curve_ = svm_learning_curve(ctx, params, best_params(), best_data(ctx));
    Json points = Json::array();
    for (const LearningCurvePoint& point : curve_) points.push_back(to_json(point));
    record_["learning_curve"] = points;
  }

  // What a model remembers of its making: nothing that differs from run to run.
  Json provenance(const Context& ctx) const {
    Json best = to_json(search_.cells[search_.best]);
    best.erase("seconds");
    return {{"made_by", fmt::format("whiteline {} select", version())},
            {"device", ctx.device().name},
            {"seed", options_.common.seed},
            {"trained_on", set_.rows},
            {"train_fraction", options_.train_fraction},
            {"class_weight", options_.class_weight},
            {"tolerance", options_.tolerance},
            {"calibration", options_.calibrate},
            {"search",
             {{"cells", search_.cells.size()},
              {"folds", options_.folds.folds},
              {"shuffle", options_.folds.shuffle},
              {"score", options_.score},
              {"best", best}}},
            {"source", {{"sha256", hash_}}}};
  }

  void finish_model(const Context& ctx) {
    SvmModel model = std::move(search_.fit->model);
    if (options_.calibrate == "platt") {
      const auto timed = record_.phase("calibrate");
      model =
          svm_calibrate(ctx, model, best_params(), {.seed = options_.common.seed}, best_data(ctx));
    }
    model.pipeline = pipeline(search_.cells[search_.best].point.normalise);
    name_classes(model, set_);
    Json origin = provenance(ctx);
    score_held_out(ctx, Classifier(model), held_out_, console_, record_, origin);
    model.provenance = to_line(origin);
    throw_if_interrupted();
    write_model(options_.model, model, overwrite_if(options_.common.force));
    record_.add_output(options_.model.filename().string(), options_.model);
  }

  void write() {
    StagedFolder folder(options_.output);
    const auto text = [&](const std::string& name, const std::string& content) {
      write_text_file(folder.file(name), content, Overwrite::refuse);
    };
    {
      const auto timed = record_.phase("write");
      text("cells.csv", cells_csv(search_));
      for (const auto& [name, map] : heat_maps(search_, options_.score)) text(name, svg(map));
      if (!curve_.empty()) {
        text("learning_curve.csv", curve_csv(curve_));
        text("learning_curve.svg", svg(curve_chart(curve_, options_.score)));
      }
    }
    finish_folder(folder, record_, console_, options_.common);
    console_.result("wrote " + options_.output.string());
  }

  const SelectOptions& options_;
  Console console_;
  RunRecord record_;
  SvmParams svm_;
  Dataset set_, held_out_;
  std::string hash_;
  Matrix spectra_;  // before normalisation
  std::optional<Matrix> best_spectra_;
  std::optional<SvmData> best_data_;
  SvmSearch search_;
  std::vector<LearningCurvePoint> curve_;
};

}  // namespace

void run_select(const SelectOptions& options, const Json& given) {
  SelectRun(options, given).run();
}

}  // namespace whiteline::cli
