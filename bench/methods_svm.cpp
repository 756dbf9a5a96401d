// Support vector machines as a user meets them: a fit, its calibration, and spectra classified a
// second. Generated white lines of five classes stand in for measured ones.
#include <fmt/format.h>
#include <whiteline/preprocess.hpp>
#include <whiteline/svm.hpp>
#include <whiteline/synth.hpp>

#include "support.hpp"

namespace whiteline::bench {
namespace {

// The papers' set WL, hard: 7187 x 700 at scale 1, each spectrum divided by its maximum.
Dataset white_lines(double scale) {
  Dataset set = synth_dataset(SynthSet::wl, {.difficulty = Difficulty::hard, .scale = scale});
  const Context cpu("cpu");
  const Pipeline pipeline({Normalise{Normalise::Kind::max}}, std::nullopt, set.channels);
  pipeline.apply(cpu, set.spectra(), std::nullopt).spectra.copy_to(set.counts);
  return set;
}

struct Method {
  const char* name;
  SvmParams params;
};

void add_fits(const Context& ctx, const Method& method, double scale) {
  const auto with_set = [=, &ctx](auto run) {
    return [=, &ctx](benchmark::State& state) {
      const Dataset set = white_lines(scale);
      const Matrix x = Matrix::from_host(ctx, set.spectra());
      state.SetLabel(fmt::format("{} x {}", set.rows, set.channels));
      run(state, set, x);
    };
  };
  const std::string size = fmt::format("wl*{}", scale);
  add(fmt::format("svm_train_{}", method.name), ctx, size,
      with_set([=, &ctx](benchmark::State& state, const Dataset& set, const Matrix& x) {
        SvmFit fit;
        time(state, ctx, [&] { fit = svm_train(ctx, method.params, x, set.labels); });
        double steps = 0.0;
        for (const BinaryReport& b : fit.report.problems) steps += double(b.iterations);
        state.counters["steps"] = steps;
        state.counters["support_vectors"] = double(fit.model.support_vector_count());
      }));
  add(fmt::format("svm_calibrate_{}", method.name), ctx, size,
      with_set([=, &ctx](benchmark::State& state, const Dataset& set, const Matrix& x) {
        const SvmModel model = svm_train(ctx, method.params, x, set.labels).model;
        time(state, ctx, [&] { svm_calibrate(ctx, model, method.params, {}, x, set.labels); });
      }));
}

void add_predictions(const Context& ctx, const Method& method) {
  for (const bool probability : {false, true})
    add(fmt::format("svm_classify_{}{}", method.name, probability ? "_probability" : ""), ctx,
        "wl*1", [=, &ctx](benchmark::State& state) {
          const Dataset set = white_lines(1.0);
          const Matrix x = Matrix::from_host(ctx, set.spectra());
          SvmModel model = svm_train(ctx, method.params, x, set.labels).model;
          if (probability) model = svm_calibrate(ctx, model, method.params, {}, x, set.labels);
          time(state, ctx, [&] {
            svm_classify(ctx, model, set.spectra(), std::nullopt, {.probability = probability});
          });
          count_spectra(state, double(set.rows));
          state.counters["support_vectors"] = double(model.support_vector_count());
        });
}

const Cases cases([](const Context& ctx) {
  for (const Method& method : {Method{"linear", {.kernel = linear(), .C = 1}},
                               Method{"rbf", {.kernel = rbf(0.01), .C = 10}},
                               Method{"sigmoid", {.kernel = sigmoid(0.001, 0.1), .C = 1000}},
                               Method{"cosine", {.kernel = cosine(), .C = 10}}}) {
    for (const double scale : {0.15, 1.0}) add_fits(ctx, method, scale);
    add_predictions(ctx, method);
  }
});

}  // namespace
}  // namespace whiteline::bench
