// Principal components of spectra: what they have in common, and what is noise.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <whiteline/preprocess.hpp>
#include <whiteline/progress.hpp>

namespace whiteline {

struct PcaParams {
  std::int64_t components = 10;  // to compute, 1 .. the smaller number of spectra and channels
  enum class Method {
    // Eigenvectors of the channels x channels covariance: all variances. Grows with channels^2.
    covariance,
    // Subspace iteration from random directions (N. Halko, P. G. Martinsson and J. A. Tropp, SIAM
    // Review 53 (2011) 217): only the leading components, for thousands of channels.
    randomised,
  } method = Method::covariance;
  // What is subtracted from each spectrum before: nothing, as HyperSpy does by default, or the
  // mean.
  enum class Centre { none, mean } centre = Centre::mean;
  // poisson: spectra and channels are divided by the roots of their sums, so that Poisson noise is
  // alike everywhere (M. R. Keenan and P. G. Kotula, Surf. Interface Anal. 36 (2004) 203). For raw
  // counts: no spectrum's and no channel's sum may be negative.
  enum class Weighting { none, poisson } weighting = Weighting::none;
  // Of `randomised`: directions beyond those asked for, iterations, seed of the first directions.
  std::int64_t oversampling = 10;
  int iterations = 8;
  std::uint64_t seed = 1;
  Progress progress;  // stage "pca"; can cancel
};
WHITELINE_EXPORT std::string_view name(PcaParams::Method method);

// Spectrum r is (centre + sum of scores[r, k] * loadings[k, :]) / weights / row_weights[r], up to
// what components beyond those here hold.
struct Pca {
  std::int64_t rows = 0, channels = 0, components = 0;
  // Descending: squared singular values of the weighted, centred spectra over their number; all of
  // them (covariance) or of the leading components.
  std::vector<double> variance;
  double total_variance = 0.0;
  std::vector<float> weights, centre;  // one a channel; weights above 0
  std::vector<double> row_weights;     // one a spectrum; 0: it holds nothing. Empty: 1
  std::vector<float> loadings;         // components x channels, orthonormal rows
  std::vector<float> scores;           // rows x components

  double explained(std::int64_t component) const {  // the share of the variance, 0 .. 1
    return total_variance > 0.0 ? variance[static_cast<std::size_t>(component)] / total_variance
                                : 0.0;
  }
};

// Throws InvalidArgument for spectra that hold NaN or infinity, parameters out of range, and sums
// that Poisson weighting cannot use. Each loading's largest element is positive.
WHITELINE_EXPORT Pca pca(const Context& ctx, const HostView& spectra, const PcaParams& params = {});

// The spectra (rows x channels) by their leading components, 1 .. found.components.
WHITELINE_EXPORT std::vector<float> reconstruct(const Context& ctx, const Pca& found,
                                                std::int64_t components);

// The step that does so with other spectra. Throws InvalidArgument for Poisson weights with a
// centre: what is subtracted would depend on each spectrum's weight.
WHITELINE_EXPORT PcaFilter pca_filter(const Pca& found, std::int64_t components);

}  // namespace whiteline
