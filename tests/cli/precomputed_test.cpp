// Kernels of the user's own, through files.
#include <whiteline/io.hpp>

#include <sstream>

#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class PrecomputedKernel : public Workshop {
 protected:
  void SetUp() override {
    make_set();
    set_ = read_dataset(at("w.npz"));
    std::vector<std::int64_t> all(std::size_t(set_.rows));
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = std::int64_t(i);
    write_kernel("kernel.npz", all);
    run({"train", "kernel.npz", "--kernel", "precomputed", "-o", "model.safetensors", "--quiet"});
  }

  // K(i, j) of the dot products of all spectra with these.
  void write_kernel(const std::string& name, const std::vector<std::int64_t>& columns) const {
    Dataset kernel = set_;
    kernel.energy.reset();
    kernel.channels = std::int64_t(columns.size());
    kernel.counts.clear();
    const auto channels = std::size_t(set_.channels);
    for (std::size_t i = 0; i < std::size_t(set_.rows); ++i)
      for (const std::int64_t j : columns) {
        double sum = 0.0;
        for (std::size_t e = 0; e < channels; ++e)
          sum += double(set_.counts[i * channels + e]) *
                 double(set_.counts[std::size_t(j) * channels + e]);
        kernel.counts.push_back(float(sum / 1e6));
      }
    write_dataset(at(name), kernel);
  }
  CommandResult classify(const std::string& input, const std::string& output,
                         const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"classify", input,  "--model",  "model.safetensors",
                                          "-o",       output, "--device", "cpu"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return try_to_run(arguments);
  }
  // "row,true label,label" of each line.
  std::vector<std::string> labels_in(const std::string& name) const {
    std::vector<std::string> lines;
    std::istringstream text(read_text(at(name)));
    for (std::string line; std::getline(text, line);) {
      std::size_t end = 0;
      for (int column = 0; column < 3; ++column) end = line.find(',', end + 1);
      lines.push_back(line.substr(0, end));
    }
    return lines;
  }
  std::vector<std::int64_t> support_rows() {
    const CommandResult info = run({"info", "model.safetensors", "--json"});
    return nlohmann::json::parse(info.out)["files"][0]["support_rows"]
        .get<std::vector<std::int64_t>>();
  }

  Dataset set_;
};

TEST_F(PrecomputedKernel, ColumnsOfTheSupportVectorsAreEnough) {
  const std::vector<std::int64_t> rows = support_rows();
  ASSERT_GT(rows.size(), 0u);
  ASSERT_LT(rows.size(), std::size_t(set_.rows));
  write_kernel("short.npz", rows);
  ASSERT_EQ(classify("kernel.npz", "all").exit_code, 0);
  const CommandResult few = classify("short.npz", "few", {"--support-columns"});
  ASSERT_EQ(few.exit_code, 0) << few.err;
  EXPECT_EQ(labels_in("few/labels.csv"), labels_in("all/labels.csv"));
  EXPECT_GT(json_of(at("few/run.json"))["accuracy"], 0.9);
}

TEST_F(PrecomputedKernel, OtherColumnsAreAnError) {
  write_kernel("short.npz", support_rows());
  const CommandResult unasked = classify("short.npz", "few");
  EXPECT_EQ(unasked.exit_code, 1);
  const CommandResult whole = classify("kernel.npz", "all", {"--support-columns"});
  EXPECT_EQ(whole.exit_code, 1);
  EXPECT_NE(whole.err.find("support vectors"), std::string::npos) << whole.err;
}

TEST_F(PrecomputedKernel, OtherModelsHaveNoSuchColumns) {
  make_model();
  const CommandResult result = try_to_run({"classify", "w.npz", "--model", "fe.safetensors", "-o",
                                           "maps", "--support-columns", "--device", "cpu"});
  EXPECT_NE(result.exit_code, 0);
  EXPECT_NE(result.err.find("no precomputed kernel"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace whiteline::test
