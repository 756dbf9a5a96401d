// A layout as a list of calls of the device's verbs, for batches of one size.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "algorithms/nn/device_parameters.hpp"
#include "algorithms/nn/layout.hpp"
#include "core/ops/ops.hpp"

namespace whiteline::nn {

// What a program works with; all of it outlives the program.
struct Surroundings {
  core::DeviceSpan<float> arena;
  core::DeviceSpan<double> saved;
  core::DeviceSpan<const core::TrainingState> state;  // one
  core::Descent descent;
  std::uint64_t seed = 1;  // of dropout, noises and translations
  std::uint32_t model = 0;
  std::uint32_t first_layer = 0;                  // of draws: node n is layer first_layer + n
  std::optional<formulas::Purpose> purpose = {};  // of noises and translations, instead of theirs
};

class WHITELINE_EXPORT Program {
 public:
  Program() = default;
  Program(const Network& network, const Layout& layout, DeviceParameters& parameters,
          const Surroundings& around);

  std::int64_t rows() const { return rows_; }
  MatrixView input() const { return input_; }                      // rows x channels
  ConstMatrixView logits() const { return logits_; }               // rows x outputs
  MatrixView logits_gradient() const { return logits_gradient_; }  // no data in inference

  void forward(core::NetworkOps& ops) const {
    for (const Call& call : forward_) call(ops);
  }
  // From logits_gradient().
  void backward(core::NetworkOps& ops) const {
    for (const Call& call : backward_) call(ops);
  }
  // Use::adversarial: from logits_gradient()'s rows of generated spectra to input_gradient(), the
  // gradient of these. Parameters stay. backward() can follow, from other gradients.
  void backward_to_input(core::NetworkOps& ops) const {
    for (const Call& call : backward_to_input_) call(ops);
  }
  ConstMatrixView input_gradient() const { return input_gradient_; }

 private:
  friend class ProgramMaker;
  using Call = std::function<void(core::NetworkOps&)>;

  std::int64_t rows_ = 0;
  MatrixView input_, logits_gradient_;
  ConstMatrixView logits_, input_gradient_;
  std::vector<Call> forward_, backward_, backward_to_input_;
};

}  // namespace whiteline::nn
