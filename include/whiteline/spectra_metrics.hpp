// How alike two sets of spectra are, generated ones and real ones say, and how alike real ones are.
#pragma once

#include <cstdint>
#include <vector>

#include <whiteline/matrix.hpp>
#include <whiteline/progress.hpp>

namespace whiteline {

// Rows are spectra; computed in float64. All throw InvalidArgument for no rows or channels, another
// number of channels, or a count that is not finite.

// Frechet distance of normal distributions with the sets' means and covariances (divisor rows - 1):
// |mx - my|^2 + tr Sx + tr Sy - 2 tr (Sx Sy)^(1/2), exact also for singular covariances: the last
// trace is the sum of the singular values of the product of the centred sets. At least two rows
// each. M. Heusel et al., NIPS 2017 (there of features of a network). Sets of few spectra are far
// from each other even if they are of one kind: see real_pairs().
WHITELINE_EXPORT double frechet_distance(const HostView& x, const HostView& y);
// The same on the `components` leading principal components of x; components <= rows, channels.
WHITELINE_EXPORT double frechet_distance(const HostView& x, const HostView& y,
                                         std::int64_t components);

// Mean over all pairs of a row of x and one of y: of Pearson's correlation; of 1 - cosine. A
// correlation with a row without variance, a cosine with one of zeros, is 0.
WHITELINE_EXPORT double mean_correlation(const HostView& x, const HostView& y);
WHITELINE_EXPORT double mean_cosine_distance(const HostView& x, const HostView& y);

// Kullback-Leibler divergence sum P ln(P / Q) of the mean spectra of x (P) and y (Q), counts below
// 1e-12 raised to that, each divided by its sum.
WHITELINE_EXPORT double mean_spectrum_divergence(const HostView& x, const HostView& y);

// Mean over channels of mean / standard deviation across spectra (divisor rows; 0 where that is 0).
WHITELINE_EXPORT double signal_to_noise(const HostView& x);

// Mean squared distance of two different rows: 0 for a generator that has collapsed. Two rows.
WHITELINE_EXPORT double mean_pair_distance(const HostView& x);

// What the metrics are between real spectra.
struct RealPairsParams {
  std::int64_t size = 32;  // spectra of a sample; 2 <= size <= rows / 2
  std::int64_t pairs = 200;
  std::uint64_t seed = 1;
  Progress progress = {};  // stage "real pairs"
};
// One number a pair of disjoint samples. Pair p takes the first 2 size rows in the order of their
// Philox words (step p, layer 0, purpose 11).
struct RealPairs {
  std::vector<double> frechet, correlation, cosine;
};
WHITELINE_EXPORT RealPairs real_pairs(const HostView& x, const RealPairsParams& params = {});

// Between the two values around it, linearly. 0 <= share <= 1; values not empty.
WHITELINE_EXPORT double quantile(std::vector<double> values, double share);

}  // namespace whiteline
