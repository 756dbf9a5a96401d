#include "algorithms/nn/program.hpp"

#include "algorithms/nn/program_maker.hpp"
#include "algorithms/nn/windows.hpp"

namespace whiteline::nn {

namespace {

core::PoolWindow window_of(const Pool& pool, std::int64_t positions) {
  const core::Pooling kind =
      pool.kind == PoolKind::max ? core::Pooling::max : core::Pooling::average;
  return {kind, pool.size, pool.stride,
          windows(positions, pool.size, pool.stride, pool.padding).left};
}

// Averages of one position: a copy, of as many positions as the output has.
constexpr core::PoolWindow one_position{core::Pooling::average, 1, 1, 0};

}  // namespace

void ProgramMaker::make() {
  const std::int32_t last = network_.last();
  program_.rows_ = layout_.rows;
  program_.input_ = output(0).values;
  program_.logits_ = output(last).values;
  if (plan(last).gradient.there()) program_.logits_gradient_ = gradient(last).values;
  for (std::int32_t n = 1; n <= last; ++n)
    if (!plan(n).absorbed && !plan(n).view)
      std::visit([&](const auto& layer) { forward(n, layer); }, node(n).layer);
  go_backward();
  if (layout_.use != Use::adversarial) return;
  backward_ = Backward::input;
  rows_ = {layout_.rows / 2, layout_.rows - layout_.rows / 2};
  program_.input_gradient_ = gradient(0).values;
  go_backward();
}

void ProgramMaker::go_backward() {
  const std::int32_t first = backward_ == Backward::input ? 0 : 1;
  for (std::int32_t n = network_.last(); n >= first; --n) {
    if (!plan(n).gradient.there()) continue;
    for (const GradientSum& sum : plan(n).sums) add_up(n, sum);
    std::visit([&](const auto& layer) { backward(n, layer); }, node(n).layer);
  }
}

core::Parameter ProgramMaker::trained(std::int32_t n, ParameterRole role) const {
  const core::Parameter all = parameter(n, role);
  if (backward_ == Backward::parameters) return all;
  // Of what stays the weights alone matter.
  return role == ParameterRole::weights ? core::Parameter{all.values, {}, {}, {}}
                                        : core::Parameter{};
}

core::Descent ProgramMaker::descent() const {
  core::Descent descent = around_.descent;
  if (backward_ == Backward::input) descent.rule = formulas::DescentRule::frozen;
  return descent;
}

void ProgramMaker::add_up(std::int32_t n, const GradientSum& sum) {
  const Shape& shape = node(n).shape;
  backward_call([a = map(sum.a, shape), b = map(sum.b, shape),
                 out = map(sum.out, shape)](core::NetworkOps& ops) {
    ops.add(a.values, b.values, core::Activation::linear, out.values);
  });
}

void ProgramMaker::copy_forward(const core::ConstFeatureMap& from, const core::FeatureMap& to) {
  forward_call([=](core::NetworkOps& ops) { ops.pool_forward(from, one_position, to); });
}

void ProgramMaker::copy_backward(const core::FeatureMap& from, const core::FeatureMap& to,
                                 core::Into into) {
  backward_call([from = constant(from), to, into](core::NetworkOps& ops) {
    ops.pool_backward(from, one_position, from, to, into);
  });
}

void ProgramMaker::pass_on(std::int32_t n) {
  if (writes(n)) copy_backward(gradient(n), dx(n), flow(n).into);
}

void ProgramMaker::activation_backward(std::int32_t n, Activation activation) {
  const core::Parameter bias = trained(n, ParameterRole::bias);
  if (plan(n).norm_behind >= 0 || (activation == Activation::linear && !bias.values.data)) return;
  backward_call([y = output(n).values, activation = on_device(activation), bias,
                 descent = descent(), dz = gradient(n).values](core::NetworkOps& ops) {
    ops.activation_backward(y, activation, dz, bias, descent, dz);
  });
}

void ProgramMaker::forward(std::int32_t n, const Dense& dense) {
  forward_call([x = x(n).values, weights = parameter(n, ParameterRole::weights).values,
                bias = parameter(n, ParameterRole::bias).values,
                activation = on_device(dense.activation), y = output(n).values](
                   core::NetworkOps& ops) { ops.dense_forward(x, weights, bias, activation, y); });
}
void ProgramMaker::backward(std::int32_t n, const Dense& dense) {
  activation_backward(n, dense.activation);
  backward_call([x = x(n).values, dz = gradient(n).values,
                 weights = trained(n, ParameterRole::weights), descent = descent(),
                 dx = dx(n).values, into = flow(n).into](core::NetworkOps& ops) {
    ops.dense_backward(x, dz, weights, descent, dx, into);
  });
}

void ProgramMaker::forward(std::int32_t n, const Pool& pool) {
  pool_forward(n, window_of(pool, node(input_of(n)).shape.positions));
}
void ProgramMaker::backward(std::int32_t n, const Pool& pool) {
  pool_backward(n, window_of(pool, node(input_of(n)).shape.positions));
}
void ProgramMaker::pool_forward(std::int32_t n, const core::PoolWindow& window) {
  forward_call(
      [x = x(n), window, y = output(n)](core::NetworkOps& ops) { ops.pool_forward(x, window, y); });
}
void ProgramMaker::pool_backward(std::int32_t n, const core::PoolWindow& window) {
  if (!gives(n)) return;
  backward_call([x = x(n), window, dy = constant(gradient(n)), dx = dx(n), into = flow(n).into](
                    core::NetworkOps& ops) { ops.pool_backward(x, window, dy, dx, into); });
}
void ProgramMaker::forward(std::int32_t n, const Crop&) { pool_forward(n, one_position); }
void ProgramMaker::backward(std::int32_t n, const Crop&) { pool_backward(n, one_position); }

core::PoolWindow ProgramMaker::all_positions(std::int32_t n) const {
  const std::int64_t positions = node(input_of(n)).shape.positions;
  return {core::Pooling::average, positions, positions, 0};
}

void ProgramMaker::reshape_backward(std::int32_t n) {
  if (!writes(n)) return;
  const core::FeatureMap dy = gradient(n);
  copy_backward(dy.positions == 1 ? dy : as_vectors(dy), as_vectors(dx(n)), flow(n).into);
}

void ProgramMaker::forward(std::int32_t n, const Concat&) {
  std::int64_t first = 0;
  for (std::size_t slot = 0; slot < node(n).inputs.size(); ++slot) {
    const std::int64_t count = x(n, slot).features();
    if (plan(n).copied[slot]) copy_forward(x(n, slot), some(output(n), first, count));
    first += count;
  }
}
void ProgramMaker::backward(std::int32_t n, const Concat&) {
  std::int64_t first = 0;
  for (std::size_t slot = 0; slot < node(n).inputs.size(); ++slot) {
    const std::int64_t count = x(n, slot).features();
    if (writes(n, slot))
      copy_backward(some(gradient(n), first, count), dx(n, slot), flow(n, slot).into);
    first += count;
  }
}

void ProgramMaker::forward(std::int32_t n, const Add& add) {
  forward_call([a = x(n, 0).values, b = x(n, 1).values, activation = on_device(add.activation),
                y = output(n).values](core::NetworkOps& ops) { ops.add(a, b, activation, y); });
}
void ProgramMaker::backward(std::int32_t n, const Add& add) {
  activation_backward(n, add.activation);
  for (std::size_t slot = 0; slot < 2; ++slot)
    if (writes(n, slot)) copy_backward(gradient(n), dx(n, slot), flow(n, slot).into);
}

Program::Program(const Network& network, const Layout& layout, DeviceParameters& parameters,
                 const Surroundings& around) {
  ProgramMaker(*this, network, layout, parameters, around).make();
}

}  // namespace whiteline::nn
