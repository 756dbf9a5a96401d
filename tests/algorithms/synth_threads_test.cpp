// Generated sets and cubes have the same bits for any number of threads.
#include <gtest/gtest.h>
#include <whiteline/synth.hpp>

namespace whiteline {
namespace {

TEST(SynthThreads, DoNotChangeASet) {
  for (const char* name : {"w", "l", "k", "wl", "mf", "mn"}) {
    const SynthSet set = synth_set(name);
    SynthParams params{.difficulty = Difficulty::hard, .scale = 0.03, .seed = 4, .spike_rate = 0.5};
    params.threads = 1;
    const Dataset one = synth_dataset(set, params);
    for (const int threads : {2, 4}) {
      params.threads = threads;
      const Dataset other = synth_dataset(set, params);
      EXPECT_EQ(other.counts, one.counts) << name;
      for (const auto& [table_name, table] : one.truth)
        EXPECT_EQ(other.truth.at(table_name).values, table.values) << name << ' ' << table_name;
    }
  }
}

TEST(SynthThreads, DoNotChangeACube) {
  SynthCubeParams params{.height = 20, .width = 17, .seed = 8, .spike_rate = 0.1, .threads = 1};
  const SpectrumImage one = synth_cube(params);
  for (const int threads : {2, 4}) {
    params.threads = threads;
    EXPECT_EQ(synth_cube(params).counts, one.counts);
  }
  params.seed = 9;
  EXPECT_NE(synth_cube(params).counts, one.counts);
}

}  // namespace
}  // namespace whiteline
