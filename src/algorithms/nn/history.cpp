#include <fmt/format.h>
#include <whiteline/nn/training.hpp>

#include <cmath>

namespace whiteline::nn {

namespace {

std::string number(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? fmt::format("{:.9g}", *value) : std::string();
}

template <class Value>
ChartSeries series(std::span<const Epoch> epochs, const char* name, Value&& value) {
  ChartSeries line;
  line.name = name;
  for (std::size_t e = 0; e < epochs.size(); ++e) {
    const std::optional<double> y = value(epochs[e]);
    if (!y) continue;
    line.x.push_back(double(e + 1));
    line.y.push_back(*y);
  }
  return line;
}

template <class Training, class Validation>
LineChart chart(std::span<const Epoch> epochs, const char* what, Training&& training,
                Validation&& validation) {
  LineChart chart;
  chart.x.label = "epoch";
  chart.y.label = what;
  chart.series.push_back(series(epochs, "training", training));
  ChartSeries judged = series(epochs, "validation", validation);
  if (!judged.x.empty()) chart.series.push_back(std::move(judged));
  return chart;
}

}  // namespace

std::string history_csv(std::span<const Epoch> epochs) {
  std::string text = "epoch,loss,accuracy,validation_loss,validation_accuracy\n";
  for (std::size_t e = 0; e < epochs.size(); ++e)
    text +=
        fmt::format("{},{},{},{},{}\n", e + 1, number(epochs[e].loss), number(epochs[e].accuracy),
                    number(epochs[e].validation_loss), number(epochs[e].validation_accuracy));
  return text;
}

LineChart loss_chart(std::span<const Epoch> epochs) {
  return chart(
      epochs, "loss", [](const Epoch& e) { return std::optional(e.loss); },
      [](const Epoch& e) { return e.validation_loss; });
}

LineChart accuracy_chart(std::span<const Epoch> epochs) {
  return chart(
      epochs, "accuracy", [](const Epoch& e) { return std::optional(e.accuracy); },
      [](const Epoch& e) { return e.validation_accuracy; });
}

}  // namespace whiteline::nn
