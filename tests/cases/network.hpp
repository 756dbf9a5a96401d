// Layers of the papers' networks that are tested and timed, batches of 32.
#pragma once

#include <cstdint>
#include <vector>

namespace whiteline::test::cases {

struct Dense {
  std::int64_t rows, inputs, units;
};
inline const std::vector<Dense> timed_dense = {{32, 700, 890}, {32, 890, 890}, {32, 1780, 5}};

// Stride 1; `same` padding, or none.
struct Conv1d {
  std::int64_t samples, positions, features, filters, width;
  bool same;
};
inline const std::vector<Conv1d> timed_conv1d = {
    {32, 700, 1, 11, 4, false}, {32, 348, 11, 11, 4, false}, {32, 175, 16, 16, 3, true},
    {32, 88, 32, 32, 3, true},  {32, 44, 64, 64, 3, true},   {32, 22, 128, 128, 3, true}};

// To twice the positions, `same` padding.
struct Conv1dTranspose {
  std::int64_t samples, positions, features, filters, width;
};
inline const std::vector<Conv1dTranspose> timed_conv1d_transpose = {{64, 175, 16, 16, 5},
                                                                    {64, 350, 16, 8, 5}};

// Real and generated minibatches of so many samples each.
struct Minibatch {
  std::int64_t samples, kernels, depth;
};
inline const std::vector<Minibatch> timed_minibatch = {{64, 100, 5}, {64, 150, 8}};

struct Pointwise {
  std::int64_t samples, channels, units;
};
inline const std::vector<Pointwise> timed_pointwise = {{32, 700, 648}};

}  // namespace whiteline::test::cases
