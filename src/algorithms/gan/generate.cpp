#include <whiteline/gan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "algorithms/nn/workspace.hpp"
#include "core/to_host.hpp"

namespace whiteline {

namespace {

// A generator on a device, for chunks of so many spectra.
class SpectraMaker {
 public:
  SpectraMaker(const Context& ctx, const Generator& generator, const GenerateParams& params)
      : ops_(nn::network_ops(ctx)),
        params_(params),
        parameters_(ctx, generator.network, formulas::DescentRule::sgd),
        clock_(nn::new_state(ctx)),
        layout_(make_layout(generator.network, params.batch,
                            params.noise ? nn::Use::generation : nn::Use::inference)),
        workspace_(ctx, {&layout_}),
        zeros_(Matrix::from_host(
            ctx,
            {std::vector<float>(std::size_t(params.batch * generator.network.channels())).data(),
             params.batch, generator.network.channels()})),
        spectra_(ctx, params.batch, generator.network.outputs()),
        counting_(ctx, params.batch) {
    parameters_.write(generator.weights);
    std::vector<std::int32_t> numbers(std::size_t(params.batch));
    std::iota(numbers.begin(), numbers.end(), 0);
    counting_.write(0, numbers);
    nn::Surroundings around = workspace_.surroundings(clock_, {}, params.seed, params.model);
    around.purpose = formulas::Purpose::generation;
    program_ = nn::Program(generator.network, layout_, parameters_, around);
  }

  // Those of chunk 0, 1, ...
  std::vector<float> next() {
    constexpr std::uint32_t latent_layer = 0xffff;
    core::Perturb draw{core::Perturbation::gaussian_noise, 1.0f, 1.0f, params_.seed};
    draw.purpose = formulas::Purpose::generation;
    draw.layer = latent_layer;
    draw.model = params_.model;
    draw.state = std::as_const(clock_).span();
    ops_.perturb_forward({zeros_.view()}, draw, {program_.input()});
    program_.forward(ops_);
    ops_.end_step(clock_.span());
    ops_.gather_batch(program_.logits(), {}, std::as_const(counting_).span(), spectra_.view(), {});
    return core::to_host(spectra_);
  }

 private:
  core::NetworkOps& ops_;
  const GenerateParams& params_;
  nn::DeviceParameters parameters_;
  core::Buffer<core::TrainingState> clock_;
  nn::Layout layout_;
  nn::Workspace workspace_;
  Matrix zeros_, spectra_;
  core::Buffer<std::int32_t> counting_;
  nn::Program program_;
};

}  // namespace

void check(const Generator& generator) {
  check_weights(generator.network, generator.weights);
  require(generator.network.output() == nn::Output::spectrum,
          "cannot use the generator (its network tells classes) take one that makes spectra");
  require(!generator.energy || generator.energy->size == generator.network.outputs(),
          "cannot use the generator (its energy axis has another number of channels) correct it");
  require(generator.scale > 0.0 && std::isfinite(generator.scale),
          "cannot use the generator (its scale is not above 0) correct it");
  for (const auto& table : generator.weights.values)
    for (const float weight : table)
      require(std::isfinite(weight),
              "cannot use the generator (a weight is not finite) train it again");
}

std::vector<float> generate(const Context& ctx, const Generator& generator, std::int64_t count,
                            const GenerateParams& params) {
  check(generator);
  if (count < 0 || params.batch < 1)
    throw InvalidArgument(
        fmt::format("cannot generate {} spectra in batches of {} (there is no such number) choose "
                    "0 or more, and 1 or more",
                    count, params.batch));
  std::vector<float> out;
  if (count == 0) return out;
  const std::int64_t channels = generator.network.outputs();
  out.reserve(std::size_t(count * channels));
  SpectraMaker maker(ctx, generator, params);
  for (std::int64_t made = 0; made < count; made += params.batch) {
    report(params.progress, "generate", std::uint64_t(made), std::uint64_t(count));
    const std::vector<float> chunk = maker.next();
    const std::int64_t wanted = std::min(params.batch, count - made);
    for (std::int64_t i = 0; i < wanted * channels; ++i)
      out.push_back(float(generator.scale) * chunk[std::size_t(i)]);
  }
  return out;
}

}  // namespace whiteline
