// What a user's program does: generate spectra, train, classify.
#include <cstdio>
#include <whiteline/whiteline.hpp>

int main() {
  namespace wl = whiteline;
  const wl::Context ctx("cpu");
  const wl::Dataset set = wl::synth_dataset(wl::SynthSet::l, {.scale = 0.02});
  const auto x = wl::Matrix::from_host(ctx, set.spectra());
  const wl::SvmFit fit = wl::svm_train(ctx, {.kernel = wl::cosine(), .C = 1000}, x, set.labels);
  const wl::SvmPrediction result = wl::svm_predict(ctx, fit.model, x);
  const double share = wl::accuracy(set.labels, result.labels);
  std::printf("whiteline %s, %lld spectra, training accuracy %.3f\n", wl::version(),
              static_cast<long long>(set.rows), share);
  return fit.report.converged && share > 0.9 ? 0 : 1;
}
