// whiteline_svm_timing TASK DATA.npz [--kernel NAME] [--C N] [--gamma N] ...: one task of svm.py
// with this library, data in memory, as one line of JSON: seconds of each repetition, quality.
#include <fmt/format.h>
#include <whiteline/whiteline.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "timing.hpp"

namespace {

using namespace whiteline;

using peers::number;
using peers::Options;
using peers::text;

SvmParams svm_params(const Options& options) {
  SvmParams params;
  params.kernel.type = kernel_type(text(options, "kernel", "rbf"));
  params.kernel.gamma_rule = GammaRule::value;
  params.kernel.gamma = number(options, "gamma", 1.0);
  params.kernel.coef0 = number(options, "coef0", 0.0);
  params.C = number(options, "C", 1.0);
  params.tolerance = number(options, "tolerance", 1e-3);
  return params;
}

struct Answer {
  std::vector<double> seconds;
  double quality = 0.0;
  std::string more;  // further fields of the JSON object
};

struct Job {
  const Context& ctx;
  const Options& options;
  const Dataset& set;
  SvmParams params;
};

std::vector<double> times(const Job& job, const std::function<void()>& run) {
  return peers::times(job.ctx, job.options, run);
}

double objective(const SvmReport& report) {
  double sum = 0.0;
  for (const BinaryReport& pair : report.problems) sum += pair.objective;
  return sum;
}

// Numbers on the host to a model, as scikit-learn's fit.
Answer fit(const Job& job) {
  SvmFit made;
  Answer answer;
  answer.seconds = times(job, [&] {
    made = svm_train(job.ctx, job.params, Matrix::from_host(job.ctx, job.set.spectra()),
                     job.set.labels);
  });
  answer.quality = objective(made.report);
  answer.more = fmt::format(R"(,"support_vectors":{},"rows_computed":{},"converged":{})",
                            made.model.support_vector_count(), made.report.rows_computed,
                            made.report.converged);
  return answer;
}

SvmModel calibrated(const Job& job, const Dataset& set) {
  const Matrix x = Matrix::from_host(job.ctx, set.spectra());
  const SvmData data(job.ctx, x, set.labels);
  return svm_calibrate(job.ctx, svm_train(job.ctx, job.params, data).model, job.params, {}, data);
}

// Mean of the squared distance between probabilities and the truth.
double brier(const SvmModel& model, const SvmPrediction& found,
             const std::vector<std::int32_t>& labels) {
  const std::size_t classes = model.classes.size();
  double sum = 0.0;
  for (std::size_t row = 0; row < labels.size(); ++row)
    for (std::size_t c = 0; c < classes; ++c) {
      const double truth = model.classes[c] == labels[row] ? 1.0 : 0.0;
      const double miss = double(found.probability[row * classes + c]) - truth;
      sum += miss * miss;
    }
  return sum / double(labels.size());
}

// Times the fit with probabilities on all rows; quality: Brier score of the odd rows by the even.
Answer probability(const Job& job) {
  Answer answer;
  answer.seconds = times(job, [&] { calibrated(job, job.set); });
  std::vector<std::int64_t> rows[2];
  for (std::int64_t row = 0; row < job.set.rows; ++row) rows[row % 2].push_back(row);
  const Dataset odd = job.set.subset(rows[1]);
  const SvmModel model = calibrated(job, job.set.subset(rows[0]));
  answer.quality = brier(
      model,
      svm_predict(job.ctx, model, Matrix::from_host(job.ctx, odd.spectra()), {.probability = true}),
      odd.labels);
  return answer;
}

// Numbers on the host to labels, by a model that is ready, as scikit-learn's fitted estimator is.
Answer predict(const Job& job) {
  SvmPredictor predictor(
      job.ctx,
      svm_train(job.ctx, job.params, Matrix::from_host(job.ctx, job.set.spectra()), job.set.labels)
          .model);
  SvmPrediction found;
  Answer answer;
  answer.seconds =
      times(job, [&] { predictor.classify(job.set.spectra(), job.set.energy, found); });
  std::size_t right = 0;
  for (std::size_t row = 0; row < found.labels.size(); ++row)
    right += found.labels[row] == job.set.labels[row];
  answer.quality = double(right) / double(found.labels.size());
  answer.more = fmt::format(R"(,"support_vectors":{})", predictor.model().support_vector_count());
  return answer;
}

Answer matrix(const Job& job) {
  Matrix K;
  Answer answer;
  answer.seconds = times(job, [&] {
    K = kernel_matrix(job.ctx, job.params.kernel, Matrix::from_host(job.ctx, job.set.spectra()));
  });
  std::vector<float> host(std::size_t(K.rows() * K.cols()));
  K.copy_to(host);
  double sum = 0.0;
  for (const float value : host) sum += double(value);
  answer.quality = sum / double(host.size());
  return answer;
}

Answer run(const std::string& task, const Job& job) {
  if (task == "fit") return fit(job);
  if (task == "probability") return probability(job);
  if (task == "predict") return predict(job);
  if (task == "matrix") return matrix(job);
  throw InvalidArgument(
      fmt::format("cannot time `{}` (no such task) use fit, probability, predict or matrix", task));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    require(argc >= 3 && argc % 2 == 1, "cannot time this (usage: TASK DATA.npz [--option value])");
    const Options options = peers::options_of(argc, argv, 3);
    const Context ctx(text(options, "device", "cpu"),
                      {.threads = int(number(options, "threads", 1))});
    const Dataset set = read_dataset(argv[2]);
    const Answer answer = run(argv[1], {ctx, options, set, svm_params(options)});
    fmt::print("{{\"seconds\":[{:.6g}],\"quality\":{:.12g}{}}}\n", fmt::join(answer.seconds, ","),
               answer.quality, answer.more);
    return 0;
  } catch (const Error& error) {
    fmt::print(stderr, "whiteline_svm_timing: {}\n", error.what());
    return 1;
  }
}
