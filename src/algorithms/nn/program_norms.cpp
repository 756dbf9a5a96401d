// Norms, and branches that are averages over single channels.
#include "algorithms/nn/program_maker.hpp"

namespace whiteline::nn {

namespace {

core::NormKind on_device(NormKind kind) {
  return kind == NormKind::layer ? core::NormKind::layer : core::NormKind::batch;
}

}  // namespace

core::Norm ProgramMaker::norm_of(std::int32_t n, const Norm& norm) const {
  core::Norm out;
  out.kind = on_device(norm.kind);
  out.after = nn::on_device(norm.activation);
  const std::int32_t before = input_of(n);
  if (plan(before).norm_behind == n) {
    const Layer& layer = node(before).layer;
    const auto* dense = std::get_if<Dense>(&layer);
    out.before = nn::on_device(dense ? dense->activation : std::get_if<Conv1D>(&layer)->activation);
  }
  out.gamma = parameter(n, ParameterRole::gamma).values;
  out.beta = parameter(n, ParameterRole::beta).values;
  out.saved = saved(n);
  return out;
}
void ProgramMaker::forward(std::int32_t n, const Norm& norm) {
  forward_call([x = x(n).values, norm = norm_of(n, norm), pass = pass(),
                moving = parameters_.moving(n), state = around_.state, y = output(n).values](
                   core::NetworkOps& ops) { ops.norm_forward(x, norm, pass, moving, state, y); });
}
void ProgramMaker::backward(std::int32_t n, const Norm& norm) {
  core::NormParameters all{trained(n, ParameterRole::gamma), trained(n, ParameterRole::beta), {}};
  const std::int32_t before = input_of(n);
  if (plan(before).norm_behind == n) all.bias = trained(before, ParameterRole::bias);
  backward_call([x = x(n).values, y = output(n).values, norm = norm_of(n, norm), all,
                 descent = descent(), dy = gradient(n).values,
                 dz = gives(n) ? dx(n).values : gradient(n).values](core::NetworkOps& ops) {
    ops.norm_backward(x, y, norm, all, descent, dy, dz);
  });
}

void ProgramMaker::forward(std::int32_t n, const GlobalAverage&) {
  if (plan(n).branch_dense < 0) return pool_forward(n, all_positions(n));
  forward_call([x = output(0).values, branch = branch_of(n), pass = pass(),
                moving = parameters_.moving(plan(n).branch_norm), state = around_.state,
                y = output(n).values](core::NetworkOps& ops) {
    ops.pointwise_forward(x, branch, pass, moving, state, y);
  });
}
void ProgramMaker::backward(std::int32_t n, const GlobalAverage&) {
  if (plan(n).branch_dense < 0) return pool_backward(n, all_positions(n));
  const std::int32_t dense = plan(n).branch_dense, norm = plan(n).branch_norm;
  const core::PointwiseParameters all{
      trained(dense, ParameterRole::weights), trained(dense, ParameterRole::bias),
      trained(norm, ParameterRole::gamma), trained(norm, ParameterRole::beta)};
  backward_call([x = output(0).values, branch = branch_of(n), all, descent = descent(),
                 dy = gradient(n).values](core::NetworkOps& ops) {
    ops.pointwise_backward(x, branch, all, descent, dy);
  });
}

core::PointwiseBranch ProgramMaker::branch_of(std::int32_t n) const {
  const std::int32_t dense = plan(n).branch_dense, norm = plan(n).branch_norm;
  core::PointwiseBranch branch;
  branch.activation = nn::on_device(std::get<Dense>(node(dense).layer).activation);
  branch.normalised = norm >= 0;
  branch.weights = parameter(dense, ParameterRole::weights).values;
  branch.bias = parameter(dense, ParameterRole::bias).values;
  branch.gamma = parameter(norm, ParameterRole::gamma).values;
  branch.beta = parameter(norm, ParameterRole::beta).values;
  branch.saved = saved(n);
  branch.sums = map(plan(n).branch_sums, node(n).shape).values;
  return branch;
}

}  // namespace whiteline::nn
