// The GPU's results against the CPU's, bit for bit: every operation whose contract fixes the order
// of its sums, which is all but BlasOps (cuBLAS chooses its own order) and NetworkOps (of these,
// network_devices_test.cpp).
#include <whiteline/matrix.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "core/ops/ops.hpp"
#include "formulas/calibration.hpp"
#include "layout_cases.hpp"
#include "support/backends.hpp"
#include "support/framed.hpp"

namespace whiteline {
namespace {

using core::Buffer;
using core::DeviceSpan;
using formulas::KernelConstants;
using formulas::KernelFunction;
using test::at;
using test::Framed;
using test::Table;

// What an operation wrote, word by word.
class Words {
 public:
  template <class T>
  void add(const std::vector<T>& values) {
    static_assert(sizeof(T) % sizeof(std::uint32_t) == 0);
    const std::size_t before = words_.size();
    words_.resize(before + values.size() * sizeof(T) / sizeof(std::uint32_t));
    if (!values.empty())
      std::memcpy(words_.data() + before, values.data(), values.size() * sizeof(T));
  }
  template <class T>
  void add(const Buffer<T>& buffer) {
    add(buffer.to_host());
  }
  void add(const Framed& framed) { add(framed.take().values); }

  const std::vector<std::uint32_t>& get() const { return words_; }

 private:
  std::vector<std::uint32_t> words_;
};

Table random_table(std::int64_t rows, std::int64_t cols, unsigned seed) {
  std::mt19937 random(seed);
  Table table(rows, cols);
  for (float& value : table.values) value = float(random() % 20011) / 1009.0f - 7.0f;
  return table;
}

std::vector<double> random_numbers(std::int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<double> values(at(count));
  for (double& value : values) value = double(random() % 20011) / 10007.0 - 1.0;
  return values;
}

class BitwiseTest : public test::BackendTest {
 protected:
  // `run(ctx)` returns the Words of one device.
  template <class Run>
  void expect_same(const std::string& what, const Run& run) {
    const Words want = run(cpu_), got = run(ctx());
    ASSERT_EQ(got.get().size(), want.get().size()) << what;
    const auto [mine, theirs] =
        std::mismatch(got.get().begin(), got.get().end(), want.get().begin());
    EXPECT_TRUE(mine == got.get().end()) << what << ": word " << mine - got.get().begin() << " of "
                                         << got.get().size() << " differs";
  }

 private:
  const Context cpu_{"cpu", {.threads = 2}};
};
INSTANTIATE_TEST_SUITE_P(Backends, BitwiseTest, ::testing::Values("emu", "cuda"),
                         test::backend_name);

const std::vector<std::int64_t> sizes = {1, 31, 32, 33, 257};

std::string shape(std::int64_t rows, std::int64_t cols) {
  return std::to_string(rows) + " x " + std::to_string(cols);
}

TEST_P(BitwiseTest, Reductions) {
  using core::ReduceOps;
  for (const std::int64_t rows : {1, 33, 257, 600})
    for (const std::int64_t cols : sizes) {
      Table table = random_table(rows, cols, 1);
      if (rows > 3) table(3, cols / 2) = std::nanf("");
      const Table finite = random_table(rows, cols, 2);
      expect_same(shape(rows, cols), [&](const Context& ctx) {
        ReduceOps& ops = *ctx.queue().ops().reduce;
        Framed with_nan(ctx, table), x(ctx, finite);
        Buffer<std::int32_t> found(ctx, rows);
        Buffer<double> means(ctx, cols), moments(ctx, 2);
        ops.first_non_finite(with_nan.view(), found.span());
        ops.column_means(x.view(), means.span());
        ops.moments(x.view(), 0.3, moments.span());
        Words words;
        words.add(found);
        words.add(means);
        words.add(moments);
        for (const auto what : {ReduceOps::RowValue::sum, ReduceOps::RowValue::sum_of_magnitudes,
                                ReduceOps::RowValue::sum_of_squares, ReduceOps::RowValue::max}) {
          Buffer<double> values(ctx, rows);
          ops.rows(what, x.view(), values.span());
          words.add(values);
        }
        return words;
      });
    }
}

// Words of the verbs that fit curves, repair and move spectra.
void add_curves(const Context& ctx, Framed& in, std::int64_t rows, std::int64_t cols,
                Words& words) {
  core::PreprocessOps& ops = *ctx.queue().ops().preprocess;
  const Buffer<double> projections(ctx, random_numbers(3 * (cols / 2), 5)),
      curves(ctx, random_numbers(3 * cols, 6)), factors(ctx, random_numbers(rows, 7));
  Buffer<double> coefficients(ctx, 3 * rows);
  Framed out(ctx, Table(rows, cols - 2)), whole(ctx, Table(rows, cols));
  ops.subtract_curves(in.view(), {1, 1 + cols / 2, 3, projections.span(), curves.span(), 3}, 2,
                      out.view(), coefficients.span());
  words.add(out);
  words.add(coefficients);
  ops.standardise(in.view(), factors.span(), curves.span().part(0, cols), {}, whole.view());
  words.add(whole);
}
void add_moved(const Context& ctx, Framed& in, std::int64_t rows, std::int64_t cols, Words& words) {
  core::PreprocessOps& ops = *ctx.queue().ops().preprocess;
  Buffer<std::int32_t> spikes(ctx, rows);
  Buffer<double> places(ctx, rows);
  Framed whole(ctx, Table(rows, cols)), binned(ctx, Table(rows / 3, cols / 2)),
      counts(ctx, Table(rows, 2 * cols));
  ops.remove_spikes(in.view(), {3, 2.0}, whole.view(), spikes.span());
  words.add(whole);
  words.add(spikes);
  for (const auto refine : {core::PeakRule::Refine::parabola, core::PeakRule::Refine::centroid}) {
    ops.peaks(in.view(), {refine, 1, cols - 1, 4}, places.span());
    words.add(places);
    ops.shift_rows(in.view(), places.span(), whole.view());
    words.add(whole);
  }
  ops.rebin(in.view(), {rows, 1, 3, 1, 2}, binned.view());
  words.add(binned);
  ops.resample_counts(in.view(), {400.0, 0.25}, counts.view(), {399.9, 0.13});
  words.add(counts);
}

TEST_P(BitwiseTest, Preparation) {
  for (const std::int64_t cols : {31, 257, 700}) {
    const std::int64_t rows = 33;
    Table counts = random_table(rows, cols, 3);
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t c = 0; c < cols; ++c)
        counts(r, c) += 40.0f - 20.0f * float(c) / float(cols);
    const std::vector<double> norms = random_numbers(rows, 4);
    expect_same(shape(rows, cols), [&](const Context& ctx) {
      core::PreprocessOps& ops = *ctx.queue().ops().preprocess;
      Framed in(ctx, counts);
      Words words;
      for (const auto curve :
           {core::BackgroundCurve::power_law, core::BackgroundCurve::exponential})
        for (const auto method :
             {core::BackgroundMethod::two_area, core::BackgroundMethod::log_least_squares,
              core::BackgroundMethod::two_area_closed, core::BackgroundMethod::likelihood}) {
          Framed out(ctx, Table(rows, cols - 2));
          Buffer<double> parameters(ctx, 2 * rows);
          ops.subtract_background(in.view(),
                                  {{400.0, 0.25}, 3, 3 + cols / 2, method, curve, cols / 4}, 2,
                                  out.view(), parameters.span());
          words.add(out);
          words.add(parameters);
        }
      add_curves(ctx, in, rows, cols, words);
      add_moved(ctx, in, rows, cols, words);
      const Buffer<double> values(ctx, norms);
      for (const core::RowDivisor divisor : {core::RowDivisor{}, core::RowDivisor{true, 0.7}}) {
        Framed out(ctx, Table(rows, cols));
        ops.divide_rows(in.view(), values.span(), divisor, out.view());
        words.add(out);
      }
      Framed out(ctx, Table(rows, 2 * cols));
      ops.resample(in.view(), {400.0, 0.25}, out.view(), {399.9, 0.13});
      words.add(out);
      return words;
    });
  }
}

// Prepared rows of a table, between sentinels (so not 16-byte aligned) or in a matrix of its own.
class Rows {
 public:
  Rows(const Context& ctx, const Table& x, bool framed)
      : framed_(ctx, framed ? x : Table(0, 0)),
        own_(Matrix::from_host(ctx, HostView(x.values.data(), x.rows, x.cols))),
        view_(framed ? framed_.view() : own_.view()),
        squared_norm_(ctx, x.rows),
        mean_dot_(ctx, x.rows) {
    const Matrix source = Matrix::from_host(ctx, HostView(x.values.data(), x.rows, x.cols));
    const std::vector<float> mean(at(x.cols), 3.0f);
    const Buffer<float> centre(ctx, mean);
    ctx.queue().ops().kernel_matrix->prepare(source.view(), {}, false, centre.span(), view_,
                                             squared_norm_.span(), mean_dot_.span());
  }
  core::PreparedRows get() const { return {view_, squared_norm_.span(), mean_dot_.span()}; }

 private:
  Framed framed_;
  Matrix own_;
  MatrixView view_;
  Buffer<float> squared_norm_, mean_dot_;
};

KernelConstants constants(KernelFunction function) { return {function, 0.002f, 0.25f, 3, 9.0f}; }

const std::vector<KernelFunction> functions = {KernelFunction::linear, KernelFunction::polynomial,
                                               KernelFunction::rbf, KernelFunction::sigmoid};

TEST_P(BitwiseTest, PreparedRows) {
  const Table x = random_table(33, 257, 5);
  const std::vector<std::int32_t> order = {32, -1, 0, 7, 7, -1, 1};
  for (const bool normalise : {false, true})
    for (const bool centred : {false, true})
      expect_same("prepare", [&](const Context& ctx) {
        Framed in(ctx, x), out(ctx, Table(std::int64_t(order.size()), x.cols));
        const Buffer<std::int32_t> rows(ctx, order);
        const Buffer<float> mean(ctx, centred ? x.row(5) : std::vector<float>());
        Buffer<float> squared_norm(ctx, out.view().rows), mean_dot(ctx, out.view().rows);
        ctx.queue().ops().kernel_matrix->prepare(in.view(), rows.span(), normalise, mean.span(),
                                                 out.view(), squared_norm.span(), mean_dot.span());
        Words words;
        words.add(out);
        words.add(squared_norm);
        words.add(mean_dot);
        return words;
      });
}

// Tiles of every size, whole and cut off, aligned or not; none, one and more dot blocks.
TEST_P(BitwiseTest, KernelMatrices) {
  const auto run = [](const Context& ctx, const Table& x, const Table& z, KernelFunction function,
                      bool framed) {
    core::KernelMatrixOps& ops = *ctx.queue().ops().kernel_matrix;
    const Rows left(ctx, x, framed), right(ctx, z, framed);
    Framed whole(ctx, Table(x.rows, z.rows));
    Matrix symmetric(ctx, x.rows, x.rows);
    ops.kernel(constants(function), left.get(), right.get(), whole.view());
    ops.kernel_symmetric(constants(function), left.get(), symmetric.view());
    std::vector<float> square(at(x.rows * x.rows));
    symmetric.copy_to(square);
    Words words;
    words.add(whole);
    words.add(square);
    return words;
  };
  for (const std::int64_t rows : sizes)
    for (const std::int64_t channels : {0, 1, 31, 257}) {
      const Table x = random_table(rows, channels, 6), z = random_table(70, channels, 7);
      const KernelFunction function = functions[at((rows + channels) % 4)];
      expect_same(shape(rows, channels),
                  [&](const Context& ctx) { return run(ctx, x, z, function, channels % 2 != 0); });
    }
  const Table x = random_table(257, 523, 8), z = random_table(129, 523, 9);
  for (const KernelFunction function : {KernelFunction::linear, KernelFunction::rbf})
    expect_same("dot blocks", [&](const Context& ctx) {
      return run(ctx, x, z, function, function == KernelFunction::linear);
    });
}

// A symmetric matrix like that of rbf, without exp.
std::vector<float> smo_kernel(std::int64_t rows) {
  const std::vector<double> points = random_numbers(rows, 10);
  std::vector<float> kernel(at(rows * rows));
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < rows; ++j) {
      const double distance = points[at(i)] - points[at(j)];
      kernel[at(i * rows + j)] = float(1.0 / (1.0 + 4.0 * distance * distance));
    }
  return kernel;
}

Words solve(const Context& ctx, const Matrix& kernel,
            const std::vector<formulas::BinaryProblem>& problems, std::int64_t steps) {
  core::SmoOps& ops = *ctx.queue().ops().smo;
  const formulas::BinaryProblem& last = problems.back();
  std::vector<double> bounds = random_numbers(last.offset + last.rows(), 11);
  for (double& bound : bounds) bound = bound < -0.8 ? 0.0 : 2.0 + bound;
  const std::vector<float> ones(at(kernel.rows()), 1.0f);
  const Buffer<float> diagonal(ctx, ones);
  std::vector<const float*> addresses;
  for (std::int64_t r = 0; r < kernel.rows(); ++r)
    addresses.push_back(kernel.view().data + r * kernel.view().stride);
  const Buffer<const float*> rows(ctx, addresses);
  const Buffer<double> upper(ctx, bounds);
  const Buffer<formulas::BinaryProblem> on_device(ctx, problems);
  Buffer<double> alpha(ctx, upper.size()), gradient(ctx, upper.size());
  Buffer<formulas::SmoState> states(ctx, on_device.size());
  Words words;
  ops.start(on_device.span(), alpha.span(), gradient.span(), states.span());
  for (const std::int64_t some : {std::int64_t{1}, steps}) {
    ops.advance({rows.span(), diagonal.span()}, on_device.span(), upper.span(), alpha.span(),
                gradient.span(), states.span(), {1e-3, some, 10000});
    words.add(alpha);
    words.add(gradient);
  }
  std::vector<formulas::SmoState> seen = states.to_host();
  for (formulas::SmoState& state : seen) {
    words.add(std::vector<double>{state.gap, double(state.iterations), double(state.status)});
    state.status = formulas::SmoStatus::rebuild;
  }
  states = Buffer<formulas::SmoState>(ctx, seen);
  ops.rebuild({rows.span(), diagonal.span()}, 0, kernel.rows(), on_device.span(),
              std::as_const(alpha).span(), gradient.span(), states.span());
  words.add(gradient);
  return words;
}

TEST_P(BitwiseTest, NearestRows) {
  for (const std::int64_t rows : {2, 33, 300})
    for (const std::int64_t channels : {1, 31, 257}) {
      Table x = random_table(rows, channels, 24);
      for (std::int64_t c = 0; c < channels; ++c) x(1, c) = x(0, c);
      const std::int64_t k = std::min<std::int64_t>(rows - 1, 12);
      expect_same(shape(rows, channels), [&](const Context& ctx) {
        core::NeighborOps& ops = *ctx.queue().ops().neighbors;
        const Rows prepared(ctx, x, false);
        const core::NearestJob job{.left = prepared.get(),
                                   .right = prepared.get(),
                                   .k = k,
                                   .products = NearProducts::float32};
        const std::int64_t most = core::most_candidates(k, job.others());
        Buffer<std::int32_t> near(ctx, rows * most), counts(ctx, rows);
        Buffer<std::uint64_t> ranked(ctx, rows * k);
        ranked.fill(0);
        const auto pass = ops.nearest(job);
        pass->advance(0, rows / 2);
        pass->advance(rows / 2, rows);
        pass->finish(near.span(), counts.span());
        ops.rank(prepared.get().rows, prepared.get().rows, near.span(), counts.span(), most, k,
                 ranked.span());
        Framed in(ctx, x), centred(ctx, Table(rows, channels));
        ops.centre_rows(in.view(), centred.view());
        Words words;
        words.add(counts.to_host());
        words.add(ranked.to_host());
        words.add(centred.take().values);
        return words;
      });
    }
}

TEST_P(BitwiseTest, Layouts) {
  for (const bool implicit : {false, true})
    for (const std::int64_t rows : {1, 33, 140})
      for (const std::int64_t dims : {1, 2, 8}) {
        const test::Edges edges = test::random_edges(rows, 6 * rows, 25);
        const Table start = test::random_positions(rows, dims, 26);
        const auto params = test::params_of({.epochs = 3, .seed = 27, .implicit = implicit});
        const std::vector<std::uint32_t> keys(at(rows), 77);
        expect_same(shape(rows, dims), [&](const Context& ctx) {
          core::LayoutOps& ops = *ctx.queue().ops().layout;
          Words words;
          words.add(test::laid_out(ctx, ops, edges, params, start, 3).values);
          words.add(test::laid_out_among(ctx, ops, edges, start, keys, params, start, 3).values);
          return words;
        });
      }
}

// Rows enough for each solver of src/cuda/smo.cu.
TEST_P(BitwiseTest, SmoSteps) {
  for (const std::int64_t rows : {48, 272, 1040, 2064}) {
    const std::vector<float> kernel = smo_kernel(rows);
    const std::int64_t half = rows / 32 * 16;
    const std::vector<formulas::BinaryProblem> problems = {
        {0, half, half, rows - half, 0}, {16, 16, 0, 16, rows}, {0, half, half, 16, rows + 32}};
    expect_same(std::to_string(rows) + " rows", [&](const Context& ctx) {
      const Matrix on_device = Matrix::from_host(ctx, HostView(kernel.data(), rows, rows));
      return solve(ctx, on_device, problems, rows < 100 ? 1000 : 40);
    });
  }
}

// The second problem has more rows than fit into registers: its classes share rows.
TEST_P(BitwiseTest, SmoStepsOfManyRows) {
  const std::int64_t rows = 4112;
  const std::vector<float> kernel = smo_kernel(rows);
  const std::vector<formulas::BinaryProblem> problems = {{0, 2064, 2064, 2048, 0},
                                                         {0, rows, 0, rows, rows}};
  expect_same("many rows", [&](const Context& ctx) {
    const Matrix on_device = Matrix::from_host(ctx, HostView(kernel.data(), rows, rows));
    return solve(ctx, on_device, problems, 20);
  });
}

TEST_P(BitwiseTest, Decisions) {
  const auto run = [](const Context& ctx, const Table& x, const Table& support, std::int64_t pairs,
                      KernelFunction function) {
    const Rows right(ctx, support, false);
    const Buffer<double> weights(ctx, random_numbers(pairs * support.rows, 12)),
        rho(ctx, random_numbers(pairs, 13));
    const Buffer<float> mean(ctx, random_table(1, x.cols, 23).values);
    Framed on_device(ctx, x), out(ctx, Table(x.rows, pairs));
    ctx.queue()
        .ops()
        .svm_predict
        ->kernel_decisions(
            {constants(function), right.get(), mean.span(), weights.span(), rho.span()})
        ->decide(on_device.view(), out.view());
    Words words;
    words.add(out);
    return words;
  };
  for (const std::int64_t rows : {1, 33, 257})
    for (const std::int64_t support : {0, 1, 31, 100})
      for (const std::int64_t pairs : {1, 10}) {
        Table x = random_table(rows, 33, 14);
        const Table s = random_table(support, 33, 15);
        if (rows > 1) x(1, 5) = std::nanf("");
        expect_same(shape(rows, support), [&](const Context& ctx) {
          return run(ctx, x, s, pairs, functions[at((rows + support) % 4)]);
        });
      }
  // So many tiles that the largest ones are taken.
  const Table x = random_table(129, 2, 16), s = random_table(33000, 2, 17);
  expect_same("large tiles",
              [&](const Context& ctx) { return run(ctx, x, s, 1, KernelFunction::rbf); });
}

TEST_P(BitwiseTest, PrimalDecisions) {
  for (const std::int64_t rows : {1, 31, 33})
    for (const std::int64_t pairs : {1, 3, 10, 15})
      for (const bool cosine : {false, true}) {
        Table x = random_table(rows, 257, 18);
        const Table w = random_table(pairs, 257, 19);
        for (std::int64_t c = 0; c < x.cols; ++c) x(0, c) = 0.0f;
        if (rows > 2) x(2, 256) = std::numeric_limits<float>::infinity();
        expect_same(shape(rows, pairs), [&](const Context& ctx) {
          Framed on_device(ctx, x), weights(ctx, w), out(ctx, Table(rows, pairs));
          const Buffer<double> rho(ctx, random_numbers(pairs, 20));
          ctx.queue()
              .ops()
              .svm_predict->primal_decisions({weights.view(), rho.span(), cosine})
              ->decide(on_device.view(), out.view());
          Words words;
          words.add(out);
          return words;
        });
      }
}

TEST_P(BitwiseTest, VotesAndProbabilities) {
  for (const std::int32_t classes : {2, 3, 5, 8, 9, 20})
    for (const std::int64_t rows : {1, 33, 257}) {
      const std::int64_t pairs = std::int64_t(classes) * (classes - 1) / 2;
      Table f = random_table(rows, pairs, 21);
      if (rows > 2) f(2, pairs / 2) = std::nanf("");
      std::vector<double> platt = random_numbers(2 * pairs, 22);
      for (std::int64_t p = 0; p < pairs; ++p) platt[at(2 * p)] = -1.0 - platt[at(2 * p)];
      expect_same(shape(rows, classes), [&](const Context& ctx) {
        Framed decisions(ctx, f), probabilities(ctx, Table(rows, classes));
        const Buffer<double> sigmoids(ctx, platt);
        Buffer<std::int32_t> labels(ctx, rows);
        ctx.queue().ops().svm_predict->vote_and_couple(decisions.view(), classes,
                                                       {sigmoids.span(), {}, {}}, labels.span(),
                                                       probabilities.view());
        Words words;
        words.add(labels);
        words.add(probabilities);
        Framed values(ctx, Table(rows, classes));
        ctx.queue().ops().svm_predict->one_vs_rest(decisions.view(), values.view());
        words.add(values);
        return words;
      });
    }
}

}  // namespace
}  // namespace whiteline
