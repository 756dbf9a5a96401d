#include <whiteline/model_selection.hpp>

#include <cmath>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "io/json_lines.hpp"
#include "io/sha256.hpp"

namespace whiteline {

namespace {

using Json = nlohmann::ordered_json;

Json to_json(const SvmCell& cell, const std::string& key) {
  const Kernel& kernel = cell.point.kernel;
  return {{"key", key},
          {"kernel", name(kernel.type)},
          {"C", cell.point.C},
          {"gamma", kernel.gamma},
          {"coef0", kernel.coef0},
          {"degree", kernel.degree},
          {"normalise", name(cell.point.normalise)},
          {"mean", cell.mean},
          {"deviation", cell.deviation},
          {"scores", cell.scores},
          {"support_vectors", cell.support_vectors},
          {"iterations", cell.iterations},
          {"seconds", cell.seconds},
          {"status", name(cell.status)}};
}

SolveStatus solve_status(const std::string& text) {
  for (const SolveStatus status :
       {SolveStatus::converged, SolveStatus::iteration_limit, SolveStatus::stalled})
    if (name(status) == text) return status;
  throw InvalidArgument("unknown status `" + text + "`");
}

// Throws nlohmann's or whiteline's errors for anything that is not a cell.
SvmCell from_json(const Json& json) {
  SvmCell cell;
  Kernel& kernel = cell.point.kernel;
  kernel.type = kernel_type(json.at("kernel").get<std::string>());
  kernel.gamma_rule = GammaRule::value;
  kernel.gamma = json.at("gamma").get<double>();
  kernel.coef0 = json.at("coef0").get<double>();
  kernel.degree = json.at("degree").get<int>();
  cell.point.C = json.at("C").get<double>();
  cell.point.normalise = normalise_kind(json.at("normalise").get<std::string>());
  cell.mean = json.at("mean").get<double>();
  cell.deviation = json.at("deviation").get<double>();
  cell.scores = json.at("scores").get<std::vector<double>>();
  cell.support_vectors = json.at("support_vectors").get<double>();
  cell.iterations = json.at("iterations").get<std::int64_t>();
  cell.seconds = json.at("seconds").get<double>();
  cell.status = solve_status(json.at("status").get<std::string>());
  return cell;
}

// The cell of a line, or what is wrong with it.
struct Line {
  std::string key, problem;
  SvmCell cell;
};
Line read_line(std::string_view text) {
  Line line;
  try {
    const Json json = Json::parse(text);
    line.key = json.at("key").get<std::string>();
    line.cell = from_json(json);
  } catch (const std::exception& error) {
    line.problem = error.what();
  }
  return line;
}

}  // namespace

SearchJournal::SearchJournal(std::filesystem::path file, std::string key) : key_(std::move(key)) {
  const auto take = [&](std::string_view text) {
    Line line = read_line(text);
    if (line.problem.empty() && line.key == key_) cells_.push_back(std::move(line.cell));
    return line.problem;
  };
  lines_ = std::make_shared<io::JsonLines>(
      std::move(file), io::JsonLines::Kind{"a cell of a search", "{\"key\":\""}, take);
}

void SearchJournal::append(const SvmCell& cell) { lines_->append(to_json(cell, key_).dump()); }

std::string search_key(const SvmSearchParams& search, const SvmParams& svm, const HostView& spectra,
                       std::span<const std::int32_t> labels,
                       std::span<const double> sample_weight) {
  io::Sha256 sum;
  Json settings = {{"search", 1},
                   {"rows", spectra.rows},
                   {"channels", spectra.cols},
                   {"type", int(spectra.type)},
                   {"folds", search.folds.folds},
                   {"shuffle", search.folds.shuffle},
                   {"seed", search.folds.shuffle ? search.folds.seed : 0},
                   {"fold_of_row", search.fold_of_row},
                   {"score", name(search.score)},
                   {"tolerance", svm.tolerance},
                   {"max_iterations", svm.max_iterations},
                   {"balanced", svm.class_weight == ClassWeight::balanced},
                   {"weighted", !sample_weight.empty()}};
  for (const auto& [label, weight] : svm.class_weights)
    settings["class_weights"][std::to_string(label)] = weight;
  sum.add(settings.dump());
  sum.add(std::as_bytes(labels));
  sum.add(std::as_bytes(sample_weight));
  const std::size_t size = size_of(spectra.type);
  const auto* data = static_cast<const std::byte*>(spectra.data);
  std::vector<std::byte> row(std::size_t(spectra.cols) * size);
  for (std::int64_t r = 0; r < spectra.rows; ++r) {
    for (std::int64_t c = 0; c < spectra.cols; ++c)
      std::memcpy(row.data() + std::size_t(c) * size,
                  data + (r * spectra.row_stride + c * spectra.col_stride) * std::int64_t(size),
                  size);
    sum.add(row);
  }
  return sum.hex();
}

}  // namespace whiteline
