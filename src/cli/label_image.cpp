#include "cli/label_image.hpp"

#include <whiteline/signal.hpp>

#include <algorithm>

#include "cli/interrupt.hpp"

namespace whiteline::cli {

LabelImage::LabelImage(const std::filesystem::path& path, const AxisOptions& axis,
                       std::uint64_t tile_bytes, Progress progress)
    : reader_(open_spectra(path, progress)),
      tile_bytes_(tile_bytes),
      progress_(std::move(progress)) {
  const SpectrumImage& image = reader_.description();
  energy_ = corrected_axis(known_axis(image.energy, image.metadata), image.energy.size, axis);
}

std::vector<std::int64_t> LabelImage::rows_with_signal(const VacuumChoice& vacuum) const {
  std::vector<double> sums(std::size_t(pixels()), 0.0);
  double level = 0.0;
  if (!reader_.is_table() && vacuum.masked) {
    const TileRun run{0, pixels(), reader_.tile_pixels(tile_bytes_), true};
    for_each_tile(reader_, run, [&](const SpectrumTile& tile) {
      std::copy(tile.sums.begin(), tile.sums.end(), sums.begin() + tile.first);
      report(progress_, "vacuum", std::uint64_t(tile.first + tile.spectra.rows),
             std::uint64_t(pixels()));
    });
    level = signal_level([&](const SumVisitor& visit) { visit(sums); }, pixels(), vacuum.threshold);
  }
  std::vector<std::int64_t> rows;
  for (std::size_t row = 0; row < sums.size(); ++row)
    if (sums[row] >= level) rows.push_back(std::int64_t(row));
  return rows;
}

void LabelImage::for_rows(std::span<const std::int64_t> rows, std::string_view stage,
                          const Work& work) const {
  const auto width = std::size_t(channels());
  std::vector<float> counts;
  std::size_t done = 0;
  for_each_tile(reader_, {0, pixels(), reader_.tile_pixels(tile_bytes_)},
                [&](const SpectrumTile& tile) {
                  report(progress_, stage, done, rows.size());
                  const std::int64_t end = tile.first + tile.spectra.rows;
                  const std::size_t begin = done;
                  while (done < rows.size() && rows[done] < end) ++done;
                  const auto part = rows.subspan(begin, done - begin);
                  if (part.empty()) return;
                  counts.resize(part.size() * width);
                  for (std::size_t i = 0; i < part.size(); ++i)
                    to_floats(tile.spectra, part[i] - tile.first,
                              std::span(counts).subspan(i * width, width));
                  work(part, counts);
                });
}

std::vector<float> LabelImage::prepared(const Context& ctx, const Pipeline& pipeline,
                                        std::span<const std::int64_t> rows) const {
  std::vector<float> all(rows.size() * std::size_t(pipeline.output_channels()));
  std::size_t filled = 0;
  for_rows(rows, "prepare", [&](std::span<const std::int64_t> part, std::span<const float> counts) {
    const Matrix spectra = prepare_counts(ctx, pipeline, energy_, counts);
    const auto numbers = part.size() * std::size_t(spectra.cols());
    spectra.copy_to(std::span(all).subspan(filled, numbers));
    filled += numbers;
  });
  return all;
}

Matrix prepare_counts(const Context& ctx, const Pipeline& pipeline,
                      const std::optional<EnergyAxis>& energy, std::span<const float> counts) {
  const std::int64_t channels = pipeline.input_channels();
  Matrix spectra =
      pipeline.apply(ctx, HostView(counts.data(), std::ssize(counts) / channels, channels), energy)
          .spectra;
  ctx.synchronize();
  return spectra;
}

}  // namespace whiteline::cli
