// All instruction sets do the same operations: the same bits.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "cases/blas.hpp"
#include "cpu/decisions.hpp"
#include "cpu/gemm.hpp"
#include "cpu/vector_kernels.hpp"
#include "support/instruction_sets.hpp"

namespace whiteline {
namespace {

using cpu::Isa;
using formulas::KernelFunction;
using test::bits;
using test::expect_same_bits;
using test::isas;
using test::random_values;

TEST(Isa, ProductsHaveTheSameBits) {
  core::ThreadPool pool(2);
  for (const test::cases::Gemm& size : {test::cases::Gemm{1, 1, 1},
                                        {31, 33, 32},
                                        {17, 65, 257},
                                        {29, 50, 700},
                                        {33, 97, 0},
                                        {2, 40, 4500}}) {
    const std::int64_t m = size.m, n = size.n, k = size.k;
    for (const bool turned : {false, true}) {
      const auto a = random_values(m * k, 1), b = random_values(n * k, 2);
      const cpu::Factor right = turned ? cpu::Factor{b.data(), 1, n} : cpu::Factor{b.data(), k, 1};
      expect_same_bits("product", [&](Isa isa) {
        cpu::Multiplier multiplier(pool, isa);
        std::vector<float> out(std::size_t(m) * std::size_t(n), 0.25f);
        const cpu::Factor left = turned ? cpu::Factor{a.data(), 1, m} : cpu::Factor{a.data(), k, 1};
        multiplier.run({.rows = m, .columns = n, .depth = k, .left = left, .right = right},
                       [&](const cpu::Tile& tile) {
                         multiplier.kernels().scale_tile(tile, 0.7f, -1.5f, out.data(), n);
                       });
        return out;
      });
    }
  }
}

TEST(Isa, KernelValuesHaveTheSameBitsAsTheFormula) {
  core::ThreadPool pool(1);
  const std::int64_t n = 67, k = 300;
  const auto x = random_values(n * k, 3), norms = random_values(n, 4), dots = random_values(n, 5);
  for (const KernelFunction function : {KernelFunction::linear, KernelFunction::polynomial,
                                        KernelFunction::rbf, KernelFunction::sigmoid}) {
    const formulas::KernelConstants constants{function, 0.01f, 0.5f, 5, 0.125f};
    const auto matrix = [&](Isa isa, bool plain) {
      cpu::Multiplier multiplier(pool, isa);
      std::vector<float> out(std::size_t(n * n));
      const cpu::KernelSides sides{norms.data(), dots.data(), norms.data(), dots.data(), 0};
      multiplier.run({.rows = n,
                      .columns = n,
                      .depth = k,
                      .left = {x.data(), k, 1},
                      .right = {x.data(), k, 1}},
                     [&](const cpu::Tile& tile) {
                       if (plain)
                         multiplier.kernels().scale_tile(tile, 1.0f, 0.0f, out.data(), n);
                       else
                         multiplier.kernels().kernel_tile(tile, constants, sides, out.data(), n);
                     });
      return out;
    };
    expect_same_bits("kernel matrix", [&](Isa isa) { return matrix(isa, false); });
    const std::vector<float> products = matrix(cpu::isa(), true);
    std::vector<float> wanted;
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = 0; j < n; ++j)
        wanted.push_back(formulas::kernel_value(
            constants, products[std::size_t(i * n + j)], norms[std::size_t(i)],
            norms[std::size_t(j)], dots[std::size_t(i)], dots[std::size_t(j)], i == j));
    EXPECT_EQ(bits(matrix(cpu::isa(), false)), bits(wanted)) << int(function);
  }
}

TEST(Isa, SumsOverBlocksHaveTheSameBits) {
  constexpr std::int64_t width = 96;
  const auto kernel = random_values(7 * width, 8), wide = random_values(6 * 16, 9);
  const std::vector<double> coefficients(wide.begin(), wide.end());
  const std::vector<std::int64_t> columns = {80, 0, 16, 3, 64, 48};
  std::vector<const float*> rows;
  for (std::int64_t i = 0; i < 7; ++i) rows.push_back(kernel.data() + i * width);
  for (const std::int64_t blocks : {0, 1, 6})
    expect_same_bits(std::to_string(blocks) + " blocks", [&](Isa isa) {
      std::vector<double> sums(7);
      cpu::vector_kernels(isa).block_sums(rows.data(), 7, columns.data(), blocks,
                                          coefficients.data(), sums.data());
      std::vector<float> out(2 * sums.size());
      std::memcpy(out.data(), sums.data(), sums.size() * sizeof(double));
      return out;
    });
}

TEST(Isa, RowsHaveTheSameBits) {
  for (const std::int64_t n : {0, 1, 7, 15, 16, 17, 33, 257}) {
    const auto x = random_values(n, 6), mean = random_values(n, 7);
    expect_same_bits("row of " + std::to_string(n), [&](Isa isa) {
      const cpu::VectorKernels& kernels = cpu::vector_kernels(isa);
      std::vector<double> sums = {kernels.row_sum(cpu::RowSum::values, x.data(), n),
                                  kernels.row_sum(cpu::RowSum::magnitudes, x.data(), n),
                                  kernels.row_sum(cpu::RowSum::squares, x.data(), n),
                                  kernels.squared_differences(x.data(), n, 0.3)};
      std::vector<float> out(x.size());
      for (const float* centre : {static_cast<const float*>(nullptr), mean.data()}) {
        const cpu::PreparedNorms norms =
            kernels.prepare_row(x.data(), n, centre != nullptr, 1.7, centre, out.data());
        sums.push_back(norms.squared_norm);
        sums.push_back(norms.mean_dot);
      }
      std::vector<double> columns(x.size(), 0.1);
      kernels.add_row(x.data(), n, columns.data());
      sums.insert(sums.end(), columns.begin(), columns.end());
      std::vector<float> all(2 * sums.size());
      std::memcpy(all.data(), sums.data(), sums.size() * sizeof(double));
      all.insert(all.end(), out.begin(), out.end());
      if (n > 0) all.push_back(kernels.largest(x.data(), n));
      return all;
    });
  }
}

TEST(Isa, LinearDecisionsHaveTheSameBitsAsTheFormula) {
  for (const std::int64_t n : {1, 15, 16, 33, 700})
    for (const std::int64_t pairs : {1, 3, 10, 12, 15}) {
      const std::int64_t rows = 5;
      const auto x = random_values(rows * n, 9), w = random_values(pairs * n, 10);
      core::ThreadPool pool(2);
      std::vector<float> wanted;
      for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t p = 0; p < pairs; ++p)
          wanted.push_back(formulas::primal_decision(
              formulas::lane_dot(n, &x[std::size_t(i * n)], &w[std::size_t(p * n)]),
              formulas::lane_dot(n, &x[std::size_t(i * n)], &x[std::size_t(i * n)]), true, 0.25));
      const std::vector<double> rho(std::size_t(pairs), 0.25);
      for (const Isa isa : isas()) {
        const auto functions = cpu::make_primal_decisions(
            pool, {{w.data(), pairs, n, n}, {rho.data(), pairs}, true}, isa);
        std::vector<float> out(wanted.size());
        functions->decide({x.data(), rows, n, n}, {out.data(), rows, pairs, pairs});
        EXPECT_EQ(bits(out), bits(wanted))
            << n << " channels, " << pairs << " pairs, " << name(isa);
      }
    }
}

TEST(Isa, KernelDecisionsHaveTheSameBitsAsTheFormula) {
  core::ThreadPool pool(2);
  const std::int64_t rows = 31, support = 75, n = 300, pairs = 3;
  const auto x = random_values(rows * n, 11), s = random_values(support * n, 12);
  const auto weights = random_values(support * pairs, 13);
  const std::vector<double> coefficients(weights.begin(), weights.end()), rho = {0.5, 0.0, -2.0};
  const auto norms = [&](const std::vector<float>& table) {
    std::vector<float> out;
    for (std::size_t i = 0; i < table.size(); i += std::size_t(n))
      out.push_back(float(formulas::lane_sum(n, [&](std::int64_t c) {
        return double(table[i + std::size_t(c)]) * double(table[i + std::size_t(c)]);
      })));
    return out;
  };
  const std::vector<float> xq = norms(x), sq = norms(s), zeros(std::size_t(support), 0.0f);
  const formulas::KernelConstants rbf{KernelFunction::rbf, 0.002f, 0.0f, 1, 0.0f};
  std::vector<float> dots(std::size_t(rows * support)), wanted;
  cpu::Multiplier multiplier(pool);
  multiplier.run({.rows = rows,
                  .columns = support,
                  .depth = n,
                  .left = {x.data(), n, 1},
                  .right = {s.data(), n, 1}},
                 [&](const cpu::Tile& tile) {
                   multiplier.kernels().scale_tile(tile, 1.0f, 0.0f, dots.data(), support);
                 });
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t p = 0; p < pairs; ++p) {
      double total = 0.0;
      for (std::int64_t first = 0; first < support; first += formulas::weighed_block) {
        float sum = 0.0f;
        for (std::int64_t j = first; j < std::min(support, first + formulas::weighed_block); ++j)
          sum = formulas::multiply_add(
              weights[std::size_t(p * support + j)],
              formulas::kernel_value(rbf, dots[std::size_t(i * support + j)], xq[std::size_t(i)],
                                     sq[std::size_t(j)], 0.0f, 0.0f, false),
              sum);
        total += double(sum);
      }
      wanted.push_back(float(total - rho[std::size_t(p)]));
    }
  for (const Isa isa : isas()) {
    const auto functions = cpu::make_kernel_decisions(
        pool,
        {rbf,
         {{s.data(), support, n, n}, {sq.data(), support}, {zeros.data(), support}},
         {},
         {coefficients.data(), support * pairs},
         {rho.data(), pairs}},
        isa);
    std::vector<float> out(wanted.size());
    functions->decide({x.data(), rows, n, n}, {out.data(), rows, pairs, pairs});
    EXPECT_EQ(bits(out), bits(wanted)) << name(isa);
  }
}

TEST(Isa, TransposesBlocksOfAnySize) {
  for (const auto& [rows, columns] : {std::pair{1, 1}, {3, 17}, {16, 16}, {31, 33}, {32, 5}})
    for (const Isa isa : isas()) {
      const auto x = random_values(rows * 40, 8);
      std::vector<float> out(std::size_t(columns) * 50, -7.0f);
      cpu::vector_kernels(isa).transpose(x.data(), 40, rows, columns, out.data(), 50);
      for (int j = 0; j < columns; ++j)
        for (int i = 0; i < 50; ++i)
          ASSERT_EQ(out[std::size_t(j * 50 + i)], i < rows ? x[std::size_t(i * 40 + j)] : -7.0f);
    }
}

// Run by the test below, in a process of its own.
TEST(Isa, PrintsWhatItUses) { std::printf("isa=%s\n", std::string(name(cpu::isa())).c_str()); }

TEST(Isa, EnvironmentTakesALowerInstructionSetAndRefusesUnknownOnes) {
  const auto output = [](const std::string& wanted) {
    const std::string command = "WHITELINE_ISA=" + wanted + " /proc/" + std::to_string(getpid()) +
                                "/exe --gtest_filter=Isa.PrintsWhatItUses 2>&1";
    std::string text;
    FILE* pipe = popen(command.c_str(), "r");
    for (int c; pipe && (c = std::fgetc(pipe)) != EOF;) text.push_back(char(c));
    if (pipe) pclose(pipe);
    return text;
  };
  for (const Isa isa : isas())
    EXPECT_NE(output(std::string(name(isa))).find("isa=" + std::string(name(isa)) + "\n"),
              std::string::npos);
  const std::string refusal = output("mmx");
  EXPECT_NE(refusal.find("unknown WHITELINE_ISA=mmx"), std::string::npos) << refusal;
  EXPECT_EQ(refusal.find("isa="), std::string::npos) << refusal;
}

}  // namespace
}  // namespace whiteline
