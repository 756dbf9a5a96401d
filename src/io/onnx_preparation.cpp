#include <algorithm>

#include "io/onnx_network.hpp"

namespace whiteline::io {

namespace {

using Dims = OnnxGraph::Dims;
using Step = PreparationStep;

constexpr std::int64_t channels_axis = 1;

// Steps on spectra of `channels` on `axis`.
class OnnxSteps {
 public:
  OnnxSteps(OnnxGraph& graph, std::string spectra) : graph_(graph), x_(std::move(spectra)) {}

  void run(const Step& step, const std::optional<EnergyAxis>& axis, std::int64_t channels) {
    axis_ = axis;
    channels_ = channels;
    if (const auto* crop = std::get_if<Crop>(&step))
      x_ = cut(axis_->channels(crop->low, crop->high));
    if (const auto* rebin = std::get_if<Rebin>(&step)) x_ = sums(rebin->channels);
    if (const auto* normalise = std::get_if<Normalise>(&step)) x_ = normalised(*normalise);
  }
  const std::string& spectra() const { return x_; }

 private:
  std::string cut(ChannelRange range) {
    if (range.begin == 0 && range.end == channels_) return x_;
    return graph_.add("Slice", {x_, graph_.numbers({range.begin}), graph_.numbers({range.end}),
                                graph_.numbers({channels_axis})});
  }

  std::string sums(std::int64_t group) {
    const std::int64_t groups = channels_ / group;
    const std::string whole = cut({0, groups * group});
    const std::string apart = graph_.add("Reshape", {whole, graph_.numbers({0, groups, group})});
    return graph_.add("ReduceSum", {apart, graph_.numbers({2})}, {{"keepdims", std::int64_t(0)}});
  }

  std::string norm(const Normalise& normalise) {
    const std::vector<OnnxAttribute> axes = {{"axes", Dims{channels_axis}}};
    switch (normalise.kind) {
      case Normalise::Kind::max:
        return graph_.add("ReduceMax", {x_}, axes);
      case Normalise::Kind::l2:
        return graph_.add("ReduceL2", {x_}, axes);
      case Normalise::Kind::l1:
        return graph_.add("ReduceL1", {x_}, axes);
      default:
        break;
    }
    const bool windowed = normalise.low != 0.0 || normalise.high != 0.0;
    const std::string window = windowed ? cut(axis_->channels(normalise.low, normalise.high)) : x_;
    const std::string sum = graph_.add("ReduceSum", {window, graph_.numbers({channels_axis})});
    return graph_.add("Mul", {sum, graph_.number(float(axis_->dispersion))});
  }

  std::string normalised(const Normalise& normalise) {
    if (normalise.kind == Normalise::Kind::none) return x_;
    const std::string divisor = norm(normalise), zero = graph_.number(0.0f);
    const std::string positive = graph_.add("Greater", {divisor, zero});
    return graph_.add("Where", {positive, graph_.add("Div", {x_, divisor}), zero});
  }

  OnnxGraph& graph_;
  std::string x_;
  std::optional<EnergyAxis> axis_;
  std::int64_t channels_ = 0;
};

}  // namespace

bool preparation_has_operators(const Pipeline& pipeline) {
  return std::all_of(pipeline.steps().begin(), pipeline.steps().end(), [](const Step& step) {
    return std::holds_alternative<Crop>(step) || std::holds_alternative<Rebin>(step) ||
           std::holds_alternative<Normalise>(step);
  });
}

std::string add_preparation(OnnxGraph& graph, const Pipeline& pipeline,
                            const std::string& spectra) {
  OnnxSteps steps(graph, spectra);
  Pipeline before({}, pipeline.input(), pipeline.input_channels());
  std::vector<Step> done;
  for (const Step& step : pipeline.steps()) {
    steps.run(step, before.output(), before.output_channels());
    done.push_back(step);
    before = Pipeline(done, pipeline.input(), pipeline.input_channels());
  }
  return steps.spectra();
}

}  // namespace whiteline::io
