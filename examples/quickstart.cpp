#include <cstdio>
#include <whiteline/whiteline.hpp>

namespace wl = whiteline;

int main() {
  const wl::Context ctx("auto");  // a GPU if there is one, else the CPU
  const wl::Dataset set = wl::synth_dataset(wl::SynthSet::w);  // or wl::read_dataset("mine.npz")
  const wl::Pipeline prepare({wl::Background{.low = 485, .high = 515}}, set.energy, set.channels);
  const wl::PreparedSpectra x = prepare.apply(ctx, set.spectra(), set.energy);
  wl::SvmFit fit = wl::svm_train(ctx, {.kernel = wl::cosine(), .C = 10}, x.spectra, set.labels);
  fit.model.pipeline = prepare;  // replayed on every image
  const wl::SpectrumImage cube = wl::synth_cube();  // or wl::read_spectrum_image("cube.dm4")
  const auto map = wl::svm_classify(ctx, fit.model, cube.spectra(), cube.energy);
  std::printf("%.3f of the pixels are right\n", wl::accuracy(cube.labels, map.labels));
}
