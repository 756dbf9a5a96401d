// A trained network on a device, ready to answer tile after tile.
#pragma once

#include <whiteline/nn/network.hpp>

#include <cstdint>
#include <memory>

#include "algorithms/nn/workspace.hpp"

namespace whiteline::nn {

class Inference {
 public:
  // Throws InvalidArgument where weights and network do not belong together. `ctx` and `network`
  // must outlive this.
  Inference(const Context& ctx, const Network& network, const Weights& weights);

  std::int64_t rows_at_once() const { return rows_at_once_; }

  // Writes logits (x.rows x outputs) and probabilities (x.rows x classes) of at most rows_at_once()
  // rows; a table without data is not wanted.
  void run(ConstMatrixView x, MatrixView logits, MatrixView probabilities);

 private:
  struct Sized {
    Sized(const Context& ctx, const Network& network, DeviceParameters& parameters,
          const core::Buffer<core::TrainingState>& state, std::int64_t rows);

    Layout layout;
    Workspace workspace;
    Program program;
    core::Buffer<std::int32_t> order;  // 0, 1, ...
  };
  const Sized& sized(std::int64_t rows);

  const Context& ctx_;
  const Network& network_;
  core::NetworkOps& ops_;
  std::int64_t rows_at_once_;
  DeviceParameters parameters_;
  core::Buffer<core::TrainingState> state_;
  std::unique_ptr<Sized> whole_, part_;  // of rows_at_once_ rows; of another number
};

}  // namespace whiteline::nn
