// whiteline augment --gan: spectra of generative networks, one trained for each class.
#include <fmt/format.h>
#include <whiteline/gan_file.hpp>
#include <whiteline/version.hpp>

#include <algorithm>
#include <set>

#include "cli/augment_options.hpp"
#include "cli/class_counts.hpp"
#include "cli/gan_comparison.hpp"
#include "cli/gan_training.hpp"
#include "cli/generators.hpp"
#include "cli/interrupt.hpp"
#include "cli/results.hpp"
#include "cli/training.hpp"

namespace whiteline::cli {

namespace {

std::vector<std::int64_t> rows_of(const Dataset& set, std::int32_t label) {
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 0; row < set.rows; ++row)
    if (set.labels[std::size_t(row)] == label) rows.push_back(row);
  return rows;
}

class Generation {
 public:
  Generation(const AugmentOptions& options, const Json& given)
      : options_(options),
        console_(options.common.output),
        record_("augment", given, options.common) {
    check_output_folder(options.output, {"synthetic.npz", "report.md", "run.json"},
                        options.common.force);
  }

  void run() {
    const Context ctx = open_device(options_.common, console_, record_);
    read();
    StagedFolder folder(options_.output);
    std::string report = heading();
    Json classes = Json::array();
    for (const std::int32_t label : labels()) {
      const GanReport made = one_class(ctx, folder, label);
      report += report_markdown(made, label);
      classes.push_back(report_json(made));
      throw_if_interrupted();
    }
    record_["classes"] = classes;
    record_["rows"] = synthetic_.rows;
    const auto timed = record_.phase("write");
    write_text_file(folder.file("report.md"), report, Overwrite::refuse);
    synthetic_.metadata = to_line(Json{{"Whiteline", provenance()}});
    write_dataset(folder.file("synthetic.npz"), synthetic_, Overwrite::refuse);
    finish_folder(folder, record_, console_, options_.common);
    for (const std::int32_t label : labels())
      std::filesystem::remove(checkpoint_file(options_, label));
    console_.result(fmt::format("{} spectra ({}) in {}", synthetic_.rows,
                                class_text(class_counts(synthetic_.labels, synthetic_.class_names)),
                                options_.output.string()));
    console_.json(record_.to_json(console_));
  }

 private:
  void read() {
    const auto timed = record_.phase("read");
    hash_ = record_.add_input("spectra", options_.input, console_.progress());
    set_ = read_labelled_set(options_.input, options_.axis);
    held_out_ = hold_out(set_, options_.train_fraction, options_.common.seed);
    synthetic_.channels = set_.channels;
    synthetic_.class_names = set_.class_names;
    synthetic_.energy = set_.energy;
    std::vector<std::string> names;
    for (const std::int32_t label : labels()) {
      names.push_back(generator_file({}, label).string());
      for (const char* name : {"lines_{}.svg", "means_{}.svg", "map_{}.png", "history_{}.csv",
                               "cost_{}.svg", "metrics_{}.svg"})
        names.push_back(fmt::format(fmt::runtime(name), label));
    }
    check_output_folder(options_.output, names, options_.common.force);
  }

  std::set<std::int32_t> labels() const {
    std::set<std::int32_t> all(set_.labels.begin(), set_.labels.end());
    all.erase(no_label);
    return all;
  }

  std::string heading() const {
    const GanParams& p = options_.training;
    std::string text = fmt::format("# Generated spectra\n\nOut of {}, seed {}",
                                   options_.input.filename().string(), options_.common.seed);
    if (options_.generators.empty())
      text += fmt::format(", {} {}, {} generators", name(p.design), name(p.structure.architecture),
                          options_.last ? "last" : "best");
    return text +
           ".\n\nAll spectra are divided by their maxima. Distances are from one half of the "
           "measured spectra that no network was trained on (where some were left), of as many "
           "spectra as the row says; the other half shows what measured spectra have.\n\n";
  }

  // What files remember: nothing that differs from run to run.
  Json provenance() const {
    const GanParams& p = options_.training;
    Json json = {{"made_by", fmt::format("whiteline {} augment", version())},
                 {"synthetic", true},
                 {"seed", options_.common.seed},
                 {"count", options_.count},
                 {"noise", !options_.clean},
                 {"source", {{"sha256", hash_}}}};
    if (options_.generators.empty())
      json["training"] = {{"design", name(p.design)},
                          {"architecture", name(p.structure.architecture)},
                          {"activation", nn::name(p.structure.activation)},
                          {"noise", name(p.noise)},
                          {"epochs", p.epochs},
                          {"batch", p.batch},
                          {"train_fraction", options_.train_fraction},
                          {"generator", options_.last ? "last" : "best"}};
    return json;
  }

  Generator trained(const Context& ctx, const Dataset& mine, std::int32_t label,
                    GanReport& report) {
    const auto timed = record_.phase("train");
    GanRun run = train_class(ctx, options_, mine, label, console_);
    Generator generator;
    generator.network = run.generator;
    generator.weights = options_.last ? run.weights : run.best;
    generator.class_name = report.class_name;
    generator.energy = mine.energy;
    generator.scale = run.scale;
    Json made = provenance();
    made.erase("count");
    made["spectra"] = mine.rows;
    made["epochs"] = options_.last ? std::int64_t(run.epochs.size()) : run.best_epoch + 1;
    generator.provenance = to_line(made);
    report.run = std::move(run);
    return generator;
  }

  Generator kept(std::int32_t label) {
    const std::filesystem::path path = generator_file(options_.generators, label);
    record_.add_input("generator", path, console_.progress());
    return read_generator_of(path, set_, label);
  }

  GanReport one_class(const Context& ctx, StagedFolder& folder, std::int32_t label) {
    GanReport report;
    report.class_name = set_.class_names.at(std::size_t(label));
    const Dataset mine = set_.subset(rows_of(set_, label));
    report.trained_on = mine.rows;
    report.energy = mine.energy;
    const Generator generator =
        options_.generators.empty() ? trained(ctx, mine, label, report) : kept(label);
    std::vector<float> spectra;
    {
      const auto timed = record_.phase("generate");
      GenerateParams params;
      params.noise = !options_.clean;
      params.seed = options_.common.seed;
      params.model = std::uint32_t(label);
      params.progress = console_.progress();
      spectra = generate(ctx, generator, options_.count, params);
    }
    compare(ctx, mine, label, spectra, report);
    write(folder, generator, label, report);
    synthetic_.rows += options_.count;
    synthetic_.counts.insert(synthetic_.counts.end(), spectra.begin(), spectra.end());
    synthetic_.labels.insert(synthetic_.labels.end(), std::size_t(options_.count), label);
    TruthTable& number = synthetic_.truth["generated"];
    for (std::int64_t i = 0; i < options_.count; ++i) number.values.push_back(double(i));
    return report;
  }

  void compare(const Context& ctx, const Dataset& mine, std::int32_t label,
               const std::vector<float>& spectra, GanReport& report) {
    const auto timed = record_.phase("compare");
    const Dataset held_out =
        held_out_.rows > 0 ? held_out_.subset(rows_of(held_out_, label)) : Dataset{};
    report.generated = unit_spectra({spectra.data(), options_.count, set_.channels});
    compare_spectra(ctx, mine, held_out, options_.common.seed, report);
    for (const std::string& warning : faults(report)) console_.warn(warning);
  }

  void write(StagedFolder& folder, const Generator& generator, std::int32_t label,
             const GanReport& report) {
    const auto timed = record_.phase("write");
    const auto text = [&](const char* what, const char* suffix, const std::string& content) {
      write_text_file(folder.file(fmt::format("{}_{}.{}", what, label, suffix)), content,
                      Overwrite::refuse);
    };
    text("lines", "svg", svg(lines_chart(report)));
    text("means", "svg", svg(means_chart(report)));
    write_png(folder.file(fmt::format("map_{}.png", label)), spectra_map(report));
    if (!report.run) return;
    write_generator(folder.file(generator_file({}, label).string()), generator);
    text("history", "csv", history_csv(report.run->epochs));
    text("cost", "svg", svg(cost_chart(report)));
    text("metrics", "svg", svg(metrics_chart(report)));
  }

  const AugmentOptions& options_;
  Console console_;
  RunRecord record_;
  std::string hash_;
  Dataset set_, held_out_, synthetic_;
};

}  // namespace

void run_generation(const AugmentOptions& options, const Json& given) {
  Generation(options, given).run();
}

}  // namespace whiteline::cli
