#include "algorithms/nn/program.hpp"

#include <utility>

#include "algorithms/nn/program_views.hpp"
#include "algorithms/nn/windows.hpp"

namespace whiteline::nn {

namespace {

// The public enumerators stand in the order of the formulas'.
core::Activation on_device(Activation activation) { return core::Activation(int(activation)); }
static_assert(int(Activation::leaky_relu) == int(core::Activation::leaky_relu));
static_assert(int(Activation::exponential) == int(core::Activation::exponential));

core::NormKind on_device(NormKind kind) {
  return kind == NormKind::layer ? core::NormKind::layer : core::NormKind::batch;
}

core::PoolWindow window_of(const Pool& pool, std::int64_t positions) {
  const core::Pooling kind =
      pool.kind == PoolKind::max ? core::Pooling::max : core::Pooling::average;
  return {kind, pool.size, pool.stride,
          windows(positions, pool.size, pool.stride, pool.padding).left};
}

// Averages of one position: a copy.
constexpr core::PoolWindow one_position{core::Pooling::average, 1, 1, 0};

}  // namespace

class ProgramMaker : private ProgramViews {
 public:
  ProgramMaker(Program& program, const Network& network, const Layout& layout,
               DeviceParameters& parameters, const Surroundings& around)
      : ProgramViews(network, layout, parameters, around), program_(program) {}

  void make() {
    const std::int32_t last = network_.last();
    program_.rows_ = layout_.rows;
    program_.input_ = output(0).values;
    program_.logits_ = output(last).values;
    if (plan(last).gradient.there()) program_.logits_gradient_ = gradient(last).values;
    for (std::int32_t n = 1; n <= last; ++n)
      if (!plan(n).absorbed && !plan(n).view)
        std::visit([&](const auto& layer) { forward(n, layer); }, node(n).layer);
    for (std::int32_t n = last; n > 0; --n) {
      if (!plan(n).gradient.there()) continue;
      for (const GradientSum& sum : plan(n).sums) add_up(n, sum);
      std::visit([&](const auto& layer) { backward(n, layer); }, node(n).layer);
    }
  }

 private:
  template <class Call>
  void forward_call(Call call) {
    program_.forward_.push_back(std::move(call));
  }
  template <class Call>
  void backward_call(Call call) {
    program_.backward_.push_back(std::move(call));
  }

  void add_up(std::int32_t n, const GradientSum& sum) {
    const Shape& shape = node(n).shape;
    backward_call([a = map(sum.a, shape), b = map(sum.b, shape),
                   out = map(sum.out, shape)](core::NetworkOps& ops) {
      ops.add(a.values, b.values, core::Activation::linear, out.values);
    });
  }
  void copy_forward(const core::ConstFeatureMap& from, const core::FeatureMap& to) {
    forward_call([=](core::NetworkOps& ops) { ops.pool_forward(from, one_position, to); });
  }
  void copy_backward(const core::FeatureMap& from, const core::FeatureMap& to, core::Into into) {
    backward_call([from = constant(from), to, into](core::NetworkOps& ops) {
      ops.pool_backward(from, one_position, from, to, into);
    });
  }

  void forward(std::int32_t, const Input&) {}
  void forward(std::int32_t, const Flatten&) {}
  void forward(std::int32_t, const Unflatten&) {}
  void backward(std::int32_t, const Input&) {}

  void forward(std::int32_t n, const Dense& dense) {
    forward_call([x = x(n).values, weights = parameter(n, ParameterRole::weights).values,
                  bias = parameter(n, ParameterRole::bias).values,
                  activation = on_device(dense.activation),
                  y = output(n).values](core::NetworkOps& ops) {
      ops.dense_forward(x, weights, bias, activation, y);
    });
  }
  void backward(std::int32_t n, const Dense& dense) {
    activation_backward(n, dense.activation);
    backward_call([x = x(n).values, dz = gradient(n).values,
                   weights = parameter(n, ParameterRole::weights), descent = around_.descent,
                   dx = dx(n).values, into = flow(n).into](core::NetworkOps& ops) {
      ops.dense_backward(x, dz, weights, descent, dx, into);
    });
  }

  core::Convolution convolution(std::int32_t n, const Conv1D& conv) const {
    const std::int64_t positions = node(input_of(n)).shape.positions;
    return {conv.width, conv.stride,
            windows(positions, conv.width, conv.stride, conv.padding).left};
  }
  void forward(std::int32_t n, const Conv1D& conv) {
    forward_call([x = x(n), shape = convolution(n, conv),
                  weights = parameter(n, ParameterRole::weights).values,
                  bias = parameter(n, ParameterRole::bias).values,
                  activation = on_device(conv.activation), y = output(n)](core::NetworkOps& ops) {
      ops.conv1d_forward(x, shape, weights, bias, activation, y);
    });
  }
  void backward(std::int32_t n, const Conv1D& conv) {
    activation_backward(n, conv.activation);
    backward_call([x = x(n), shape = convolution(n, conv), dz = constant(gradient(n)),
                   weights = parameter(n, ParameterRole::weights), descent = around_.descent,
                   dx = dx(n), into = flow(n).into](core::NetworkOps& ops) {
      ops.conv1d_backward(x, shape, dz, weights, descent, dx, into);
    });
  }

  // From the gradient of a layer's output to that before its activation, where it lies; not where a
  // norm behind the layer has done it.
  void activation_backward(std::int32_t n, Activation activation) {
    const core::Parameter bias = parameter(n, ParameterRole::bias);
    if (plan(n).norm_behind >= 0 || (activation == Activation::linear && !bias.values.data)) return;
    backward_call([y = output(n).values, activation = on_device(activation), bias,
                   descent = around_.descent, dz = gradient(n).values](core::NetworkOps& ops) {
      ops.activation_backward(y, activation, dz, bias, descent, dz);
    });
  }

  core::Norm norm_of(std::int32_t n, const Norm& norm) const {
    core::Norm out;
    out.kind = on_device(norm.kind);
    out.after = on_device(norm.activation);
    const std::int32_t before = input_of(n);
    if (plan(before).norm_behind == n) {
      const Layer& layer = node(before).layer;
      const auto* dense = std::get_if<Dense>(&layer);
      out.before = on_device(dense ? dense->activation : std::get_if<Conv1D>(&layer)->activation);
    }
    out.gamma = parameter(n, ParameterRole::gamma).values;
    out.beta = parameter(n, ParameterRole::beta).values;
    out.saved = saved(n);
    return out;
  }
  void forward(std::int32_t n, const Norm& norm) {
    forward_call([x = x(n).values, norm = norm_of(n, norm), pass = pass(),
                  moving = parameters_.moving(n), state = around_.state, y = output(n).values](
                     core::NetworkOps& ops) { ops.norm_forward(x, norm, pass, moving, state, y); });
  }
  void backward(std::int32_t n, const Norm& norm) {
    core::NormParameters all{
        parameter(n, ParameterRole::gamma), parameter(n, ParameterRole::beta), {}};
    const std::int32_t before = input_of(n);
    if (plan(before).norm_behind == n) all.bias = parameter(before, ParameterRole::bias);
    const bool wanted = flow(n).to.there();
    backward_call([x = x(n).values, y = output(n).values, norm = norm_of(n, norm), all,
                   descent = around_.descent, dy = gradient(n).values,
                   dz = wanted ? dx(n).values : gradient(n).values](core::NetworkOps& ops) {
      ops.norm_backward(x, y, norm, all, descent, dy, dz);
    });
  }

  void forward(std::int32_t n, const Pool& pool) {
    pool_forward(n, window_of(pool, node(input_of(n)).shape.positions));
  }
  void backward(std::int32_t n, const Pool& pool) {
    pool_backward(n, window_of(pool, node(input_of(n)).shape.positions));
  }
  void pool_forward(std::int32_t n, const core::PoolWindow& window) {
    forward_call([x = x(n), window, y = output(n)](core::NetworkOps& ops) {
      ops.pool_forward(x, window, y);
    });
  }
  void pool_backward(std::int32_t n, const core::PoolWindow& window) {
    if (!flow(n).to.there()) return;
    backward_call([x = x(n), window, dy = constant(gradient(n)), dx = dx(n), into = flow(n).into](
                      core::NetworkOps& ops) { ops.pool_backward(x, window, dy, dx, into); });
  }

  core::PoolWindow all_positions(std::int32_t n) const {
    const std::int64_t positions = node(input_of(n)).shape.positions;
    return {core::Pooling::average, positions, positions, 0};
  }
  void forward(std::int32_t n, const GlobalAverage&) {
    if (plan(n).branch_dense < 0) return pool_forward(n, all_positions(n));
    forward_call([x = output(0).values, branch = branch_of(n), pass = pass(),
                  moving = parameters_.moving(plan(n).branch_norm), state = around_.state,
                  y = output(n).values](core::NetworkOps& ops) {
      ops.pointwise_forward(x, branch, pass, moving, state, y);
    });
  }
  void backward(std::int32_t n, const GlobalAverage&) {
    if (plan(n).branch_dense < 0) return pool_backward(n, all_positions(n));
    const std::int32_t dense = plan(n).branch_dense, norm = plan(n).branch_norm;
    const core::PointwiseParameters all{
        parameter(dense, ParameterRole::weights), parameter(dense, ParameterRole::bias),
        parameter(norm, ParameterRole::gamma), parameter(norm, ParameterRole::beta)};
    backward_call([x = output(0).values, branch = branch_of(n), all, descent = around_.descent,
                   dy = gradient(n).values](core::NetworkOps& ops) {
      ops.pointwise_backward(x, branch, all, descent, dy);
    });
  }
  core::PointwiseBranch branch_of(std::int32_t n) const {
    const std::int32_t dense = plan(n).branch_dense, norm = plan(n).branch_norm;
    core::PointwiseBranch branch;
    branch.activation = on_device(std::get<Dense>(node(dense).layer).activation);
    branch.normalised = norm >= 0;
    branch.weights = parameter(dense, ParameterRole::weights).values;
    branch.bias = parameter(dense, ParameterRole::bias).values;
    branch.gamma = parameter(norm, ParameterRole::gamma).values;
    branch.beta = parameter(norm, ParameterRole::beta).values;
    branch.saved = saved(n);
    branch.sums = map(plan(n).branch_sums, node(n).shape).values;
    return branch;
  }

  void backward(std::int32_t n, const Flatten&) { reshape_backward(n); }
  void backward(std::int32_t n, const Unflatten&) { reshape_backward(n); }
  void reshape_backward(std::int32_t n) {
    if (!flow(n).to.there() || flow(n).in_place) return;
    const core::FeatureMap dy = gradient(n);
    copy_backward(dy.positions == 1 ? dy : as_vectors(dy), as_vectors(dx(n)), flow(n).into);
  }

  void forward(std::int32_t n, const Concat&) {
    std::int64_t first = 0;
    for (std::size_t slot = 0; slot < node(n).inputs.size(); ++slot) {
      const std::int64_t count = x(n, slot).features();
      if (plan(n).copied[slot]) copy_forward(x(n, slot), some(output(n), first, count));
      first += count;
    }
  }
  void backward(std::int32_t n, const Concat&) {
    std::int64_t first = 0;
    for (std::size_t slot = 0; slot < node(n).inputs.size(); ++slot) {
      const std::int64_t count = x(n, slot).features();
      if (flow(n, slot).to.there() && !flow(n, slot).in_place)
        copy_backward(some(gradient(n), first, count), dx(n, slot), flow(n, slot).into);
      first += count;
    }
  }

  void forward(std::int32_t n, const Add& add) {
    forward_call([a = x(n, 0).values, b = x(n, 1).values, activation = on_device(add.activation),
                  y = output(n).values](core::NetworkOps& ops) { ops.add(a, b, activation, y); });
  }
  void backward(std::int32_t n, const Add& add) {
    activation_backward(n, add.activation);
    for (std::size_t slot = 0; slot < 2; ++slot)
      if (flow(n, slot).to.there() && !flow(n, slot).in_place)
        copy_backward(gradient(n), dx(n, slot), flow(n, slot).into);
  }

  core::Perturb perturb_of(std::int32_t n, const Dropout& dropout) const {
    core::Perturb perturb;
    perturb.kind = dropout.kind == DropoutKind::binary ? core::Perturbation::dropout
                                                       : core::Perturbation::gaussian_dropout;
    perturb.amount = float(dropout.rate);
    perturb.seed = around_.seed;
    perturb.layer = std::uint32_t(n);
    perturb.model = around_.model;
    perturb.state = around_.state;
    return perturb;
  }
  void forward(std::int32_t n, const Dropout& dropout) {
    forward_call([x = x(n), perturb = perturb_of(n, dropout),
                  y = output(n)](core::NetworkOps& ops) { ops.perturb_forward(x, perturb, y); });
  }
  void backward(std::int32_t n, const Dropout& dropout) {
    if (!flow(n).to.there()) return;
    backward_call([dy = constant(gradient(n)), perturb = perturb_of(n, dropout),
                   dx = dx(n)](core::NetworkOps& ops) { ops.perturb_backward(dy, perturb, dx); });
  }

  Program& program_;
};

Program::Program(const Network& network, const Layout& layout, DeviceParameters& parameters,
                 const Surroundings& around) {
  ProgramMaker(*this, network, layout, parameters, around).make();
}

}  // namespace whiteline::nn
