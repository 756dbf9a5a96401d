#include "algorithms/nn/inference.hpp"

#include <algorithm>
#include <numeric>

namespace whiteline::nn {

namespace {

constexpr std::int64_t most_rows = 64;  // products are at full speed from about 32 on

std::vector<std::int32_t> counting(std::int64_t count) {
  std::vector<std::int32_t> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

// Rows whose tables fit into half of the memory that may be used.
std::int64_t rows_within_memory(const Context& ctx, const Network& network) {
  std::int64_t rows = most_rows;
  while (rows > 1 && 8.0 * double(make_layout(network, rows, Use::inference).floats) >
                         double(ctx.memory_limit()))
    rows /= 2;
  return rows;
}

}  // namespace

Inference::Sized::Sized(const Context& ctx, const Network& network, DeviceParameters& parameters,
                        const core::Buffer<core::TrainingState>& state, std::int64_t rows)
    : layout(make_layout(network, rows, Use::inference)),
      workspace(ctx, {&layout}),
      program(network, layout, parameters, workspace.surroundings(state, {}, 0, 0)),
      order(ctx, counting(rows)) {}

Inference::Inference(const Context& ctx, const Network& network, const Weights& weights)
    : ctx_(ctx),
      network_(network),
      ops_(network_ops(ctx)),
      rows_at_once_(rows_within_memory(ctx, network)),
      parameters_(ctx, network, formulas::DescentRule::sgd),
      state_(new_state(ctx)) {
  parameters_.write(weights);
}

const Inference::Sized& Inference::sized(std::int64_t rows) {
  std::unique_ptr<Sized>& kept = rows == rows_at_once_ ? whole_ : part_;
  if (!kept || kept->program.rows() != rows)
    kept = std::make_unique<Sized>(ctx_, network_, parameters_, state_, rows);
  return *kept;
}

void Inference::run(ConstMatrixView x, MatrixView logits, MatrixView probabilities) {
  const Sized& now = sized(x.rows);
  const core::DeviceSpan<const std::int32_t> order = now.order.span();
  ops_.gather_batch(x, {}, order, now.program.input(), {});
  now.program.forward(ops_);
  if (logits.data) ops_.gather_batch(now.program.logits(), {}, order, logits, {});
  if (probabilities.data)
    ops_.class_probabilities(loss_of(network_.output()), now.program.logits(), probabilities);
}

}  // namespace whiteline::nn
