#include "cli/finished_maps.hpp"

#include <fmt/format.h>
#include <whiteline/signal.hpp>

#include <algorithm>

namespace whiteline::cli {

namespace {

constexpr std::int64_t piece_pixels = 1 << 16;

// What must be the same in all parts.
Json shared(const MapRun& run) {
  Json json = run.to_json();
  json.erase("begin");
  json.erase("end");
  if (json["origin"].contains("input")) json["origin"]["input"].erase("modified_ns");
  return json;
}

void check_parts(const std::vector<const MapFiles*>& parts) {
  if (parts.empty()) throw InvalidArgument("cannot join no parts (there is nothing) name some");
  const MapRun& first = parts.front()->run();
  std::int64_t next = 0;
  for (const MapFiles* part : parts) {
    const MapRun& run = part->run();
    if (shared(run) != shared(first))
      throw InvalidArgument(
          fmt::format("cannot join {} and {} (they are of different images, models or options) "
                      "classify all parts alike",
                      parts.front()->folder().string(), part->folder().string()));
    if (run.begin != next)
      throw InvalidArgument(fmt::format(
          "cannot join the parts (pixels {} to {} are in {}) name each part of the image once",
          std::min(next, run.begin), std::max(next, run.begin) - 1,
          run.begin > next ? "none of them" : "two of them"));
    next = run.end;
  }
  if (next != first.height * first.width)
    throw InvalidArgument(
        fmt::format("cannot join the parts (pixels {} to {} are in none of them) name each part of "
                    "the image once",
                    next, first.height * first.width - 1));
}

}  // namespace

FinishedMaps::FinishedMaps(std::vector<const MapFiles*> parts) : parts_(std::move(parts)) {
  std::stable_sort(parts_.begin(), parts_.end(), [](const MapFiles* a, const MapFiles* b) {
    return a->run().begin < b->run().begin;
  });
  check_parts(parts_);
  rules_.class_names = run().class_names;
  rules_.unknown_below = run().unknown;
  if (run().vacuum)
    rules_.signal_level = signal_level([this](const SumVisitor& visit) { visit_sums(visit); },
                                       pixels(), *run().vacuum);
}

void FinishedMaps::read_raw(std::int64_t first, std::int64_t count, MapPiece& piece) const {
  const auto holds = [&](const MapFiles* part) {
    return part->run().begin <= first && first + count <= part->run().end;
  };
  const auto found = std::find_if(parts_.begin(), parts_.end(), holds);
  if (found != parts_.end()) return (*found)->read(first, count, piece);
  piece = {};
  piece.first = first;
  for (const MapFiles* part : parts_) {  // across a border
    const std::int64_t begin = std::max(first, part->run().begin);
    const std::int64_t end = std::min(first + count, part->run().end);
    if (begin >= end) continue;
    MapPiece some;
    part->read(begin, end - begin, some);
    const auto join = [](auto& to, const auto& from) {
      to.insert(to.end(), from.begin(), from.end());
    };
    join(piece.labels, some.labels);
    join(piece.probabilities, some.probabilities);
    join(piece.sums, some.sums);
    join(piece.truth, some.truth);
  }
}

void FinishedMaps::read(std::int64_t first, std::int64_t count, MapPiece& piece,
                        LabelCounts& counts) const {
  read_raw(first, count, piece);
  settle(rules_, piece, counts);
}

LabelCounts FinishedMaps::for_each_piece(const std::function<void(MapPiece&)>& visit,
                                         const Progress& progress) const {
  LabelCounts counts;
  MapPiece piece;
  for (std::int64_t first = 0; first < pixels(); first += piece_pixels) {
    read(first, std::min(piece_pixels, pixels() - first), piece, counts);
    visit(piece);
    report(progress, "maps", std::uint64_t(first) + piece.labels.size(), std::uint64_t(pixels()));
  }
  return counts;
}

void FinishedMaps::visit_sums(const SumVisitor& visit) const {
  MapPiece piece;
  for (std::int64_t first = 0; first < pixels(); first += piece_pixels) {
    read_raw(first, std::min(piece_pixels, pixels() - first), piece);
    visit(piece.sums);
  }
}

}  // namespace whiteline::cli
