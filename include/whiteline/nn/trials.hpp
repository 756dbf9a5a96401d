// Networks as trials of a search (search.hpp).
#pragma once

#include <cstdint>
#include <span>

#include <whiteline/nn/architectures.hpp>
#include <whiteline/nn/training.hpp>
#include <whiteline/search.hpp>

namespace whiteline::nn {

// A classifier of the papers' spaces, and how it learns.
struct Choice {
  Structure structure;
  Optimizer optimizer;
};

// Of values of dense_search_space() or conv_search_space(), or of any space with a parameter
// `structure` (D0 .. D13, C0 .. C7) and some of the others of those two; what has no value stays as
// it is in Structure. Throws InvalidArgument for names that are none.
WHITELINE_EXPORT Choice choice_of(const SearchSpace& space, const SearchValues& values);

enum class JudgedEpoch { last, best };

struct TrialParams {
  std::int64_t epochs = 10, batch = 32;
  std::uint64_t seed = 1;                  // of the trainings; the model is that of the trial
  JudgedEpoch judged = JudgedEpoch::last;  // whose accuracy on the validation rows counts
  double max_flop = 0.0;   // trials of a larger training_flop are too costly; 0: none is
  double max_bytes = 0.0;  // the same of training_bytes
};

// Trains the choice of a trial on rows of x with their classes. Loss: 1 - accuracy of validation
// rows. A choice of which no network can be built is `invalid`. x, labels and space must outlive
// the function; it throws as train() does.
WHITELINE_EXPORT TrialFunction trial_function(const SearchSpace& space, const TrialParams& params,
                                              const Matrix& x, std::span<const std::int32_t> labels,
                                              TrainingRows rows);

}  // namespace whiteline::nn
