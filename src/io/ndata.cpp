#include <fmt/format.h>

#include "io/atomic_file.hpp"
#include "io/axes.hpp"
#include "io/byte_writers.hpp"
#include "io/nion.hpp"
#include "io/npz.hpp"
#include "io/zip.hpp"

namespace whiteline::io {

namespace {

constexpr std::string_view array_name = "data.npy", description_name = "metadata.json";
constexpr int description_version = 1;  // of an exported data item

Json calibration(double offset, double scale, std::string_view units) {
  return {{"offset", offset}, {"scale", scale}, {"units", units}};
}

Json description_of(const SpectrumImage& image, const Json& metadata,
                    const std::vector<std::uint64_t>& shape) {
  const bool is_channels = text_or(metadata, "Whiteline/energy_axis", "") == "channels";
  Json calibrations = Json::array();
  if (shape.size() == 3) {
    calibrations.push_back(calibration(0.0, image.scale_y, image.scale_units));
    calibrations.push_back(calibration(0.0, image.scale_x, image.scale_units));
  }
  calibrations.push_back(
      calibration(image.energy.offset, image.energy.dispersion, is_channels ? "" : "eV"));
  const Acquisition facts = acquisition(metadata);
  Json said = {{"whiteline", metadata}};
  if (facts.beam_energy > 0.0) said["instrument"]["high_tension"] = 1e3 * facts.beam_energy;
  if (facts.convergence_angle > 0.0)
    said["instrument"]["convergence_angle"] = 1e-3 * facts.convergence_angle;
  if (facts.collection_angle > 0.0)
    said["instrument"]["collection_angle"] = 1e-3 * facts.collection_angle;
  if (facts.signal_type == "EELS") said["hardware_source"]["signal_type"] = "EELS";
  return {{"version", description_version},
          {"title", image.title},
          {"is_sequence", false},
          {"collection_dimension_count", shape.size() - 1},
          {"datum_dimension_count", 1},
          {"spatial_calibrations", calibrations},
          {"intensity_calibration", calibration(0.0, 1.0, "counts")},
          {"metadata", said}};
}

}  // namespace

bool is_ndata(const ZipReader& archive) {
  return archive.find(array_name) && archive.find(description_name);
}

FileContents read_ndata(InputFile& input) {
  const Cursor file = input.cursor();
  const ZipReader archive(file);
  if (!is_ndata(archive))
    file.fail_at(0, "it lacks data.npy or metadata.json: it is no data item of Nion Swift");
  const ZipContents text = archive.extract(*archive.find(description_name));
  const ZipContents packed = archive.extract(*archive.find(array_name));
  const std::string inside = fmt::format("{}:{}", input.path(), array_name);
  const Cursor member(inside, packed.bytes);
  const NpyArray array = parse_npy(member);
  SpectrumImage image = nion_image(file, as_text(text.bytes), array.shape, input.stem());
  image.counts = floats(array, member);
  return {"ndata", {std::move(image)}, std::nullopt};
}

std::vector<StoredImage> locate_ndata(InputFile& input) {
  const Cursor file = input.cursor();
  const ZipReader archive(file);
  const auto array = NpzReader(input).locate("data");
  if (!array || array->fortran_order) return {};  // for read_ndata
  const ZipContents text = archive.extract(*archive.find(description_name));
  StoredImage found{nion_image(file, as_text(text.bytes), array->shape, input.stem()), {}};
  const std::int64_t channels = found.image.energy.size;
  found.counts = {
      array->element, array->order, array->offset, 1, channels, found.image.width * channels};
  return {std::move(found)};
}

void write_ndata(AtomicFile& file, const SpectrumImage& image, const WriteBytes& counts) {
  require(image.labels.empty() && image.truth.empty(),
          "cannot write an .ndata file (it has no place for labels and truth tables) use .npz or "
          ".hspy");
  std::vector<std::uint64_t> shape;
  if (image.pixels() > 1) shape = {std::uint64_t(image.height), std::uint64_t(image.width)};
  shape.push_back(std::uint64_t(image.energy.size));
  ZipWriter zip(file);
  const Json description = description_of(image, parse_json(image.metadata), shape);
  zip.add(std::string(description_name), description.dump(), {}, ZipWriter::Packing::stored);
  zip.add(std::string(array_name), npy_header("<f4", shape),
          std::uint64_t(image.pixels() * image.energy.size) * sizeof(float), counts,
          ZipWriter::Packing::stored);
  zip.finish();
}

}  // namespace whiteline::io
