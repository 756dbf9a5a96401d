// The spectra that `whiteline label` looks at, tile by tile: memory holds none but those asked for.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "cli/chosen_spectra.hpp"
#include "cli/console.hpp"

namespace whiteline::cli {

class LabelImage {
 public:
  // Opens the file, with the axis as the options correct it. `tile_bytes`: memory for tiles.
  LabelImage(const std::filesystem::path& path, const AxisOptions& axis, std::uint64_t tile_bytes,
             Progress progress);

  const SpectrumReader& reader() const { return reader_; }
  const SpectrumImage& description() const { return reader_.description(); }
  const std::optional<EnergyAxis>& energy() const { return energy_; }
  std::int64_t pixels() const { return description().pixels(); }
  std::int64_t channels() const { return description().energy.size; }
  std::uint64_t tile_bytes() const { return tile_bytes_; }

  // As rows_with_signal(). Throws InvalidArgument for NaN or infinity where vacuum is masked.
  std::vector<std::int64_t> rows_with_signal(const VacuumChoice& vacuum) const;

  // Calls work(pixels, their counts as float32 without gaps) for some of `rows` (ascending) at a
  // time, until it saw all in order; none where a tile has none. `stage` is what progress hears.
  using Work = std::function<void(std::span<const std::int64_t>, std::span<const float>)>;
  void for_rows(std::span<const std::int64_t> rows, std::string_view stage, const Work& work) const;

  // These rows, prepared: one spectrum each. On the host.
  std::vector<float> prepared(const Context& ctx, const Pipeline& pipeline,
                              std::span<const std::int64_t> rows) const;

 private:
  SpectrumReader reader_;
  std::optional<EnergyAxis> energy_;
  std::uint64_t tile_bytes_;
  Progress progress_;
};

// Spectra (rows x image channels) by the pipeline.
Matrix prepare_counts(const Context& ctx, const Pipeline& pipeline,
                      const std::optional<EnergyAxis>& energy, std::span<const float> counts);

}  // namespace whiteline::cli
