#include <whiteline/io.hpp>

#include <algorithm>

#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class AugmentCommand : public Workshop {};

TEST_F(AugmentCommand, WritesTheSetItsCopiesAndTheRunRecord) {
  run({"synth", "mn", "--scale", "0.005", "-o", "mn.npz", "--quiet"});
  const Dataset set = read_dataset(at("mn.npz"));
  const CommandResult result = run({"augment", "mn.npz", "--copies", "2", "--shift", "1.5",
                                    "--electrons", "0.5", "--seed", "3", "-o", "more.npz"});
  const Dataset more = read_dataset(at("more.npz"));
  ASSERT_EQ(more.rows, 3 * set.rows);
  EXPECT_EQ(more.class_names, set.class_names);
  EXPECT_TRUE(std::equal(set.counts.begin(), set.counts.end(), more.counts.begin()));
  const auto& shifts = more.truth.at("augmented_shift").values;
  EXPECT_TRUE(std::all_of(shifts.begin() + set.rows, shifts.end(),
                          [](double ev) { return ev != 0.0 && std::abs(ev) <= 1.5; }));
  const auto record = json_of(at("more.npz.run.json"));
  EXPECT_EQ(record["verb"], "augment");
  EXPECT_EQ(record["seed"], 3);
  EXPECT_EQ(record["originals"], set.rows);
  EXPECT_EQ(record["rows"], more.rows);
  EXPECT_NE(result.out.find(std::to_string(more.rows) + " spectra"), std::string::npos);
}

TEST_F(AugmentCommand, FillsEachClassUp) {
  run({"synth", "w", "--scale", "0.005", "-o", "w.npz", "--quiet"});
  run({"augment", "w.npz", "--per-class", "40", "--shift", "1", "-o", "even.npz"});
  const Dataset even = read_dataset(at("even.npz"));
  ASSERT_EQ(even.rows, 80);
  EXPECT_EQ(std::count(even.labels.begin(), even.labels.end(), 0), 40);
}

TEST_F(AugmentCommand, SaysWhatItCannotDo) {
  run({"synth", "wl", "--scale", "0.005", "-o", "wl.npz", "--quiet"});
  const CommandResult shifted = try_to_run({"augment", "wl.npz", "--shift", "1", "-o", "more.npz"});
  EXPECT_NE(shifted.exit_code, 0);
  EXPECT_NE(shifted.err.find("energy axis is unknown"), std::string::npos) << shifted.err;
  EXPECT_EQ(try_to_run({"augment", "wl.npz", "--copies", "-1", "-o", "more.npz"}).exit_code, 2);
  EXPECT_EQ(try_to_run({"augment", "wl.npz", "-o", "more.png"}).exit_code, 1);
  EXPECT_EQ(files(), (std::vector<std::string>{"wl.npz", "wl.npz.run.json"}));
}

}  // namespace
}  // namespace whiteline::test
