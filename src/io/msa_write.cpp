#include <iterator>

#include "io/atomic_file.hpp"
#include "io/axes.hpp"
#include "io/msa.hpp"

namespace whiteline::io {

namespace {

// One line of text, as the format wants it.
std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\r' || c == '\n') c = ' ';
  return text;
}

}  // namespace

void write_msa(AtomicFile& file, const SpectrumImage& image) {
  require(image.pixels() == 1 && image.labels.empty() && image.truth.empty(),
          "cannot write an .msa file (it holds one spectrum without labels) use .npz or .hspy");
  const Acquisition facts = acquisition(parse_json(image.metadata));
  std::string text;
  const auto field = [&](std::string_view key, const auto& value) {
    fmt::format_to(std::back_inserter(text), "#{:<12}: {}\r\n", key, value);
  };
  field("FORMAT", "EMSA/MAS Spectral Data File");
  field("VERSION", "1.0");
  field("TITLE", one_line(image.title));
  field("DATE", "");
  field("TIME", "");
  field("OWNER", "");
  field("NPOINTS", image.energy.size);
  field("NCOLUMNS", 1);
  field("XUNITS", "eV");
  field("YUNITS", "Counts");
  field("DATATYPE", "XY");
  field("XPERCHAN", image.energy.dispersion);
  field("OFFSET", image.energy.offset);
  field("SIGNALTYPE", "ELS");
  if (facts.beam_energy > 0.0) field("BEAMKV", facts.beam_energy);
  if (facts.convergence_angle > 0.0) field("CONVANGLE", facts.convergence_angle);
  if (facts.collection_angle > 0.0) field("COLLANGLE", facts.collection_angle);
  field("SPECTRUM", "Spectral Data Starts Here");
  for (std::int64_t i = 0; i < image.energy.size; ++i)
    fmt::format_to(std::back_inserter(text), "{:.10g}, {}\r\n", image.energy.energy(i),
                   image.counts[std::size_t(i)]);
  field("ENDOFDATA", "End Of Data and File");
  file.write(text);
}

}  // namespace whiteline::io
