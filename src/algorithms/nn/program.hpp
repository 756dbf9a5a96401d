// A layout as a list of calls of the device's verbs, for batches of one size.
#pragma once

#include <functional>
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
  std::uint64_t seed = 1;  // of dropout
  std::uint32_t model = 0;
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

 private:
  friend class ProgramMaker;
  using Call = std::function<void(core::NetworkOps&)>;

  std::int64_t rows_ = 0;
  MatrixView input_, logits_gradient_;
  ConstMatrixView logits_;
  std::vector<Call> forward_, backward_;
};

}  // namespace whiteline::nn
