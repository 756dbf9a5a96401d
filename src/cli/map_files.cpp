#include "cli/map_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace whiteline::cli {

namespace fs = std::filesystem;

namespace {

constexpr const char* kind = "maps of whiteline classify";
constexpr std::uint64_t longest_journal = std::uint64_t(1) << 28;

struct Journal {
  std::string first_line;
  std::int64_t done = 0;   // as its last whole line says; -1: there is none
  std::uint64_t size = 0;  // bytes of whole lines
};

Journal read_journal(const NumberFile& file) {
  const std::uint64_t size = file.size();
  if (size > longest_journal)
    throw ReadError(
        fmt::format("cannot read {} (it is no journal) remove it", file.path().string()));
  std::string text(std::size_t(size), '\0');
  file.read(0, std::as_writable_bytes(std::span(text)));
  Journal journal{"", -1, 0};
  for (std::size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    const std::string_view line = std::string_view(text).substr(begin, end - begin);
    if (begin == 0) {
      journal.first_line = line;
    } else {
      std::int64_t done = 0;
      const auto parsed = std::from_chars(line.data(), line.data() + line.size(), done);
      if (parsed.ec != std::errc() || parsed.ptr != line.data() + line.size() ||
          done < journal.done)
        throw ReadError(fmt::format("cannot read {} (line `{}` is no number of pixels) remove it",
                                    file.path().string(), line.substr(0, 40)));
      journal.done = done;
    }
    journal.size = end + 1;
  }
  return journal;
}

// The names of what differs, at any depth.
void add_differences(const Json& a, const Json& b, std::string& names) {
  for (const auto& [key, value] : a.items()) {
    const Json other = b.is_object() ? b.value(key, Json()) : Json();
    if (value == other) continue;
    if (value.is_object() && other.is_object())
      add_differences(value, other, names);
    else
      names += (names.empty() ? "" : ", ") + key;
  }
}

}  // namespace

Json MapRun::to_json() const {
  return {{"kind", kind},
          {"begin", begin},
          {"end", end},
          {"height", height},
          {"width", width},
          {"scale_y", scale_y},
          {"scale_x", scale_x},
          {"scale_units", scale_units},
          {"title", title},
          {"class_names", class_names},
          {"probabilities", probabilities},
          {"truth", truth},
          {"vacuum", vacuum ? Json(*vacuum) : Json()},
          {"unknown", unknown},
          {"model_sha256", model_sha256},
          {"origin", origin}};
}

MapRun map_run(const Json& json) {
  try {
    MapRun run;
    if (json.at("kind") != kind) throw InvalidArgument("it is about something else");
    run.begin = json.at("begin").get<std::int64_t>();
    run.end = json.at("end").get<std::int64_t>();
    run.height = json.at("height").get<std::int64_t>();
    run.width = json.at("width").get<std::int64_t>();
    run.scale_y = json.at("scale_y").get<double>();
    run.scale_x = json.at("scale_x").get<double>();
    run.scale_units = json.at("scale_units").get<std::string>();
    run.title = json.at("title").get<std::string>();
    run.class_names = json.at("class_names").get<std::vector<std::string>>();
    run.probabilities = json.at("probabilities").get<bool>();
    run.truth = json.at("truth").get<bool>();
    if (!json.at("vacuum").is_null()) run.vacuum = json.at("vacuum").get<double>();
    run.unknown = json.at("unknown").get<double>();
    run.model_sha256 = json.at("model_sha256").get<std::string>();
    run.origin = json.at("origin");
    constexpr std::int64_t most = std::int64_t(1) << 31;  // rows, or columns
    require(run.height > 0 && run.width > 0 && run.height < most && run.width < most &&
                run.begin >= 0 && run.begin <= run.end && run.end <= run.height * run.width,
            "its pixels are not inside the image");
    return run;
  } catch (const Json::exception& error) {
    throw InvalidArgument(error.what());
  }
}

MapFiles::MapFiles(fs::path folder, NumberFile journal, NumberFile::Use use, MapRun run)
    : folder_(std::move(folder)),
      run_(std::move(run)),
      done_(run_.begin),
      journal_(std::move(journal)),
      labels_(folder_ / "labels.i32", use) {
  if (run_.probabilities) probabilities_.emplace(folder_ / "probabilities.f32", use);
  if (run_.vacuum) sums_.emplace(folder_ / "sums.f64", use);
  if (run_.truth) truth_.emplace(folder_ / "truth.i32", use);
}

MapFiles MapFiles::begin(const fs::path& folder, const MapRun& run, bool afresh) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem)
    throw Error(fmt::format("cannot write {} ({}) check the folder it lies in", folder.string(),
                            problem.message()));
  NumberFile file(folder / "journal", NumberFile::Use::write);
  if (!file.lock())
    throw Error(
        fmt::format("cannot write {} (another whiteline is at work there) wait for it, or "
                    "choose another -o",
                    folder.string()));
  const std::string line = to_line(run.to_json());
  if (afresh) file.truncate(0);
  const Journal journal = read_journal(file);
  if (!journal.first_line.empty() && journal.first_line != line) {
    std::string names;
    add_differences(parse_json(line), parse_json(journal.first_line), names);
    throw Error(
        fmt::format("cannot continue {} (it is left from a run with another {}) finish that "
                    "run, remove the folder, or begin anew with --force",
                    folder.string(), names.empty() ? "journal" : names));
  }
  const bool fresh = journal.first_line.empty();
  if (!fresh && journal.done > run.end)
    throw ReadError(
        fmt::format("cannot continue {} (its journal says more than there is) begin "
                    "anew with --force",
                    folder.string()));
  MapFiles maps(folder, std::move(file), NumberFile::Use::write, run);
  try {
    maps.reserve();
  } catch (const Error&) {
    if (fresh) fs::remove_all(folder, problem);
    throw;
  }
  maps.journal_size_ = journal.size;
  if (fresh) {
    maps.journal_.write(0, line + "\n");
    maps.journal_size_ = line.size() + 1;
  }
  maps.journal_.truncate(maps.journal_size_);  // a line that was cut short
  maps.done_ = std::max(journal.done, run.begin);
  return maps;
}

// Disk space that does not suffice is found before the work.
void MapFiles::reserve() {
  const auto pixels = std::uint64_t(run_.end - run_.begin);
  labels_.reserve(pixels * sizeof(std::int32_t));
  if (probabilities_) probabilities_->reserve(pixels * run_.class_names.size() * sizeof(float));
  if (sums_) sums_->reserve(pixels * sizeof(double));
  if (truth_) truth_->reserve(pixels * sizeof(std::int32_t));
}

MapFiles MapFiles::open(const fs::path& folder) {
  NumberFile file(folder / "journal", NumberFile::Use::read);
  const Journal journal = read_journal(file);
  try {
    MapFiles maps(folder, std::move(file), NumberFile::Use::read,
                  map_run(parse_json(journal.first_line)));
    maps.done_ = std::max(journal.done, maps.run_.begin);
    if (maps.done_ == maps.run_.end) return maps;
  } catch (const InvalidArgument& error) {
    throw ReadError(
        fmt::format("cannot read {} ({}) name a folder that `whiteline classify "
                    "--shard` wrote",
                    folder.string(), error.what()));
  }
  throw ReadError(
      fmt::format("cannot read {} (its run is not finished) run it again first", folder.string()));
}

void MapFiles::append(const MapPiece& piece) {
  const auto at = std::uint64_t(piece.first - run_.begin);
  labels_.write_numbers<std::int32_t>(at, piece.labels);
  if (probabilities_)
    probabilities_->write_numbers<float>(at * run_.class_names.size(), piece.probabilities);
  if (sums_) sums_->write_numbers<double>(at, piece.sums);
  if (truth_) truth_->write_numbers<std::int32_t>(at, piece.truth);
  labels_.sync();
  for (auto* column : {&probabilities_, &sums_, &truth_})
    if (*column) (*column)->sync();
  done_ = piece.first + std::int64_t(piece.labels.size());
  const std::string line = fmt::format("{}\n", done_);
  journal_.write(journal_size_, line);
  journal_.sync();
  journal_size_ += line.size();
}

void MapFiles::read(std::int64_t first, std::int64_t count, MapPiece& piece) const {
  const auto at = std::uint64_t(first - run_.begin);
  const auto pixels = std::size_t(count), classes = run_.class_names.size();
  piece.first = first;
  piece.labels.resize(pixels);
  labels_.read_numbers<std::int32_t>(at, piece.labels);
  piece.probabilities.resize(probabilities_ ? pixels * classes : 0);
  if (probabilities_) probabilities_->read_numbers<float>(at * classes, piece.probabilities);
  piece.sums.resize(sums_ ? pixels : 0);
  if (sums_) sums_->read_numbers<double>(at, piece.sums);
  piece.truth.resize(truth_ ? pixels : 0);
  if (truth_) truth_->read_numbers<std::int32_t>(at, piece.truth);
}

}  // namespace whiteline::cli
