// A whole preparation, from counts on the host: the background before Fe L, 600 to 800 eV, maximum
// norm, of a 128 x 128 spectrum image as DigitalMicrograph stores it, and pixel by pixel.
#include <fmt/format.h>
#include <whiteline/preprocess.hpp>

#include <vector>

#include "core/backend.hpp"
#include "core/ops/ops.hpp"
#include "support.hpp"

namespace whiteline::bench {
namespace {

const EnergyAxis axis{460.0, 0.25, 1360};

void add_pipeline(const Context& ctx, bool energy_major) {
  constexpr std::int64_t pixels = 128 * 128;
  add(energy_major ? "prepare_energy_major" : "prepare_pixel_major", ctx,
      fmt::format("{}x{}", pixels, axis.size), [=, &ctx](benchmark::State& state) {
        std::vector<float> counts(static_cast<std::size_t>(pixels * axis.size));
        for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = float(i * 2654435761u % 97u);
        const HostView view = energy_major ? HostView(counts.data(), pixels, axis.size, 1, pixels)
                                           : HostView(counts.data(), pixels, axis.size);
        const Pipeline pipeline({Background{Background::Method::log_least_squares, 665.0, 695.0},
                                 Crop{600.0, 800.0}, Normalise{Normalise::Kind::max}},
                                axis, axis.size);
        time(state, ctx, [&] { pipeline.apply(ctx, view, axis); });
        count_spectra(state, double(pixels));
      });
}

const Cases preparation([](const Context& ctx) {
  if (!ctx.queue().ops().preprocess || !ctx.queue().ops().reduce) return;
  add_pipeline(ctx, false);
  add_pipeline(ctx, true);
});

}  // namespace
}  // namespace whiteline::bench
