// whiteline_spectra_timing TASK FOLDER [--repeats N] [--clock wall|processor]: one task of
// spectra.py with this library. FOLDER/data.npy is an image (y, x, E); the result goes to
// FOLDER/ours_TASK.f32 (or .f64), raw numbers; seconds of each repetition as one line of JSON.
#include <fmt/format.h>
#include <whiteline/whiteline.hpp>

#include <fstream>
#include <span>

#include "timing.hpp"

namespace {

using namespace whiteline;
using peers::Options;

struct Job {
  const Context& ctx;
  const Options& options;
  std::string folder;
  SpectrumImage image;

  double number(std::string_view name) const { return peers::number(options, name, 0.0); }
  std::vector<double> times(const std::function<void()>& run) const {
    return peers::times(ctx, options, run);
  }
};

template <class T>
void write_numbers(const Job& job, const std::string& name, const std::vector<T>& numbers) {
  std::ofstream file(job.folder + "/ours_" + name, std::ios::binary);
  const auto bytes = std::as_bytes(std::span(numbers));
  file.write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
  require(bool(file), "cannot write the result (the folder or disk) make room");
}

std::vector<double> read_shifts(const Job& job) {
  std::vector<double> shifts(std::size_t(job.image.pixels()));
  std::ifstream file(job.folder + "/shifts.f64", std::ios::binary);
  file.read(reinterpret_cast<char*>(shifts.data()),
            std::streamsize(shifts.size() * sizeof(double)));
  require(bool(file), "cannot read shifts.f64 (there are too few) run spectra.py");
  return shifts;
}

std::vector<double> background(const Job& job) {
  const Pipeline pipeline(
      {Background{Background::Method::two_area_closed, job.number("low"), job.number("high")}},
      job.image.energy, job.image.energy.size);
  std::vector<float> counts;
  const std::vector<double> seconds = job.times([&] {
    const PreparedSpectra prepared = pipeline.apply(job.ctx, job.image.spectra(), job.image.energy);
    counts.resize(job.image.counts.size());
    prepared.spectra.copy_to(counts);
  });
  write_numbers(job, "background.f32", counts);
  return seconds;
}

std::vector<double> components(const Job& job) {
  PcaParams params;
  params.components = 10;
  params.centre = PcaParams::Centre::none;
  params.weighting = PcaParams::Weighting::poisson;
  if (peers::text(job.options, "method", "") == "randomised")
    params.method = PcaParams::Method::randomised;
  Pca found;
  const std::vector<double> seconds =
      job.times([&] { found = pca(job.ctx, job.image.spectra(), params); });
  std::vector<double> factors;  // in counts
  for (std::size_t i = 0; i < found.loadings.size(); ++i)
    factors.push_back(double(found.loadings[i]) /
                      double(found.weights[i % std::size_t(found.channels)]));
  write_numbers(job, "pca.f64", factors);
  write_numbers(job, "variance.f64", found.variance);
  return seconds;
}

// Onto the first spectrum.
std::vector<double> align(const Job& job) {
  AlignParams params{AlignParams::Method::cross_correlation, job.number("low"), job.number("high")};
  params.max_shift = job.number("max_shift");
  params.reference.assign(job.image.counts.begin(),
                          job.image.counts.begin() + job.image.energy.size);
  std::vector<double> shifts;
  const std::vector<double> seconds = job.times([&] {
    shifts = find_shifts(job.ctx, job.image.spectra(), job.image.energy, params);
    shift_spectra(job.ctx, job.image, shifts, ShiftedEnds::crop);
  });
  write_numbers(job, "align.f64", shifts);
  return seconds;
}

std::vector<double> shift(const Job& job) {
  const std::vector<double> shifts = read_shifts(job);
  SpectrumImage moved;
  const std::vector<double> seconds =
      job.times([&] { moved = shift_spectra(job.ctx, job.image, shifts, ShiftedEnds::crop); });
  write_numbers(job, "shift.f32", moved.counts);
  return seconds;
}

std::vector<double> rebin(const Job& job) {
  SpectrumImage binned;
  const std::vector<double> seconds = job.times([&] {
    binned = whiteline::rebin(job.ctx, job.image, {2, 2, 2});
  });
  write_numbers(job, "rebin.f32", binned.counts);
  return seconds;
}

std::vector<double> run(const std::string& task, const Job& job) {
  if (task == "background") return background(job);
  if (task == "pca") return components(job);
  if (task == "align") return align(job);
  if (task == "shift") return shift(job);
  if (task == "rebin") return rebin(job);
  throw InvalidArgument(fmt::format(
      "cannot time `{}` (no such task) use background, pca, align, shift or rebin", task));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    require(argc >= 3 && argc % 2 == 1, "cannot time this (usage: TASK FOLDER [--option value])");
    const Options options = peers::options_of(argc, argv, 3);
    const Context ctx(peers::text(options, "device", "cpu"),
                      {.threads = int(peers::number(options, "threads", 1))});
    Job job{ctx, options, argv[2], read_spectrum_image(std::string(argv[2]) + "/data.npy")};
    job.image.energy.offset = job.number("offset");
    job.image.energy.dispersion = job.number("dispersion");
    fmt::print("{{\"seconds\":[{:.6g}]}}\n", fmt::join(run(argv[1], job), ","));
    return 0;
  } catch (const Error& error) {
    fmt::print(stderr, "whiteline_spectra_timing: {}\n", error.what());
    return 1;
  }
}
