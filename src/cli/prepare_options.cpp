#include "cli/prepare_options.hpp"

#include <memory>

namespace whiteline::cli {

bool PrepareOptions::has_steps() const {
  return resample || steps.background || steps.window || normalise.kind != Normalise::Kind::none ||
         spikes > 0.0;
}

namespace {

void add_image_options(Verb& verb, PrepareOptions& options) {
  verb.heading("Repairing and moving, in this order");
  verb.option("--spikes THRESHOLD", options.spikes,
              "replace X-ray spikes so many robust deviations above the\n"
              "local median; 8 is cautious, 0 leaves them")
      .not_negative();
  verb.option("--rebin FACTORS", options.rebin, parse_rebin,
              "sum channels (2), or pixels and channels (Y:X:CHANNELS)");
  verb.option("--align CHOICE", options.align, parse_align,
              "peak:LOW:HIGH=EV puts the highest channel there at EV\n"
              "(without =EV at the mean of all), correlate:LOW:HIGH\n"
              "moves spectra onto their mean");
  verb.option("--max-shift EV", options.max_shift, "spectra that would move further stay")
      .positive();
  verb.flag("--crop-shifted", options.crop_shifted,
            "keep only channels that all moved spectra have");
  verb.option("--also-align FILE", options.also_align,
              "an image of the same pixels to move by the same shifts");
  verb.option("--also-output FILE", options.also_output, "where that goes");
  verb.option("--pca K", options.components,
              "keep K principal components of the spectra: less noise,\n"
              "but what is rare may go with it. 0: all")
      .between(0, 4096);
  verb.option("--pca-weighting KIND", options.pca_weighting,
              "poisson: components of counts whose noise is made alike;\n"
              "none: about the mean")
      .one_of({"none", "poisson"});
  verb.option("--pca-method METHOD", options.pca_method,
              "covariance: all variances; randomised: the leading ones")
      .one_of({"covariance", "randomised"});
}

void add_step_options(Verb& verb, PrepareOptions& options) {
  verb.heading("Then, in this order");
  verb.option("--resample OFFSET:DISPERSION:CHANNELS", options.resample, parse_new_axis,
              "bring spectra to this axis, linearly");
  verb.flag("--keep-counts", options.keep_counts, "resample so that sums stay");
  add_preparation_options(verb, "Preparation", options.steps);
  verb.flag("--zero-fill", options.zero_fill, "channels below the background's window become 0");
  verb.option("--normalise KIND", options.normalise, parse_normalise,
              "none, max, l2, l1, area or area:LOW:HIGH")
      .default_text("none");
  verb.option("--pipeline FILE", options.pipeline,
              "JSON with `steps` in place of --spikes and these options:\n"
              "a list of steps, or the pipeline of a model's metadata");
}

}  // namespace

void add_prepare(CommandLine& command) {
  Verb verb = command.verb("prepare", "Repair, align and prepare spectra, and look at the result");
  auto options = std::make_shared<PrepareOptions>();
  verb.option("in IN", options->input, "a spectrum image or a set of spectra").required();
  verb.option("-o,--output OUT", options->output, ".hspy or .npz; sets: .npz").required();
  add_image_options(verb, *options);
  add_step_options(verb, *options);
  add_axis_options(verb, options->axis);
  add_common_options(verb, options->common);
  verb.footer(
      "Also writes OUT.run.json, OUT.before_after.svg and, with --pca, OUT.scree.svg.\n"
      "  whiteline prepare cube.dm4 -o cube.hspy --spikes 8 --background powerlaw:665:695\n"
      "  whiteline prepare core.dm4 -o aligned.hspy --align correlate:520:560 --pca 8");
  verb.run([options](const Json& given) { run_prepare(*options, given); });
}

}  // namespace whiteline::cli
