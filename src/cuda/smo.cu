#include "smo.cuh"

#include <algorithm>

#include "cuda/cuda_backend.hpp"
#include "cuda/tables.cuh"
#include "smo_gradient.cuh"
#include "smo_missing.cuh"
#include "smo_search.cuh"

namespace whiteline::cuda {

namespace {

using formulas::BinaryProblem;
using formulas::SmoState;

constexpr int rebuild_threads = 256;

class CudaSmo final : public core::SmoOps {
 public:
  explicit CudaSmo(CudaQueue& queue) : queue_(queue) {}

  void start(core::DeviceSpan<const BinaryProblem> problems, core::DeviceSpan<double> alpha,
             core::DeviceSpan<double> gradient, core::DeviceSpan<SmoState> states) override {
    launch(queue_, {unsigned(problems.size), kernels::start_threads}, kernels::start_problems,
           problems.data, alpha.data, gradient.data, states.data);
  }

  void advance(const core::KernelRows& kernel, core::DeviceSpan<const BinaryProblem> problems,
               core::DeviceSpan<const double> upper, core::DeviceSpan<double> alpha,
               core::DeviceSpan<double> gradient, core::DeviceSpan<SmoState> states,
               formulas::SmoLimits limits) override {
    // More blocks than fit: those that take longest begin first.
    const bool in_order = problems.size > queue_.multiprocessors();
    const Scratch<int> order(queue_, in_order ? problems.size : 0);
    if (in_order)
      launch(queue_, {blocks_for(problems.size, kernels::order_threads), kernels::order_threads},
             kernels::order_problems, problems.data, states.data, int(problems.size), order.data());
    const kernels::SolverJob job{kernel.rows.data, kernel.diagonal.data, problems.data, upper.data,
                                 alpha.data,       gradient.data,        states.data,   limits,
                                 order.data()};
    // The problems' sizes are on the device; hardly one has more rows than the matrix.
    const Solver solver = solver_for(std::min(alpha.size, kernel.diagonal.size));
    launch(queue_, {unsigned(problems.size), solver.threads}, solver.kernel, job);
  }

  void missing_rows(const core::KernelRows& kernel, core::DeviceSpan<const BinaryProblem> problems,
                    core::DeviceSpan<const double> upper, core::DeviceSpan<const double> alpha,
                    core::DeviceSpan<const double> gradient,
                    core::DeviceSpan<const SmoState> states, std::int32_t count,
                    core::DeviceSpan<std::int32_t> out) override {
    const kernels::MissingJob job{kernel.rows.data, problems.data, upper.data, alpha.data,
                                  gradient.data,    states.data,   count,      out.data};
    launch(queue_, {unsigned(problems.size), kernels::missing_threads}, kernels::missing_rows, job);
  }

  void rebuild(const core::KernelRows& kernel, std::int64_t begin, std::int64_t end,
               core::DeviceSpan<const BinaryProblem> problems, core::DeviceSpan<const double> alpha,
               core::DeviceSpan<double> gradient, core::DeviceSpan<SmoState> states) override {
    const Scratch<kernels::SupportRow> support(queue_, alpha.size);
    const Scratch<int> counts(queue_, problems.size);
    const kernels::RebuildJob job{kernel.rows.data, begin,          end,
                                  problems.data,    problems.size,  alpha.data,
                                  gradient.data,    support.data(), counts.data()};
    launch(queue_, {unsigned(problems.size), kernels::list_threads}, kernels::list_support, job,
           end == kernel.diagonal.size, states.data);
    const std::int64_t rows =
        std::min(alpha.size, 2 * kernel.diagonal.size);  // of a problem, at most
    launch(queue_, {{blocks_for(rows, rebuild_threads), grid_rows(problems.size)}, rebuild_threads},
           kernels::rebuild_gradients, job);
  }

  void grow(double growth, core::DeviceSpan<const BinaryProblem> problems,
            core::DeviceSpan<double> upper, core::DeviceSpan<double> alpha,
            core::DeviceSpan<double> gradient, core::DeviceSpan<SmoState> states) override {
    launch(queue_, {unsigned(problems.size), kernels::grow_threads}, kernels::grow_problems, growth,
           problems.data, upper.data, alpha.data, gradient.data, states.data);
  }

  void summarize(core::DeviceSpan<const BinaryProblem> problems,
                 core::DeviceSpan<const double> upper, core::DeviceSpan<const double> alpha,
                 core::DeviceSpan<const double> gradient,
                 core::DeviceSpan<formulas::BinarySummary> summaries) override {
    launch(queue_, row_lane_grid(problems.size, kernels::summary_threads),
           kernels::summarize_problems, problems.data, problems.size, upper.data, alpha.data,
           gradient.data, summaries.data);
  }

  void decide_rows(const core::KernelRows& kernel, core::DeviceSpan<const BinaryProblem> problems,
                   core::DeviceSpan<const double> alpha, core::DeviceSpan<const double> gradient,
                   core::DeviceSpan<const std::int32_t> rows,
                   core::DeviceSpan<const formulas::HeldOutRows> held,
                   core::DeviceSpan<double> decisions) override {
    const kernels::DecideJob job{kernel.rows.data, problems.data, problems.size, alpha.data,
                                 gradient.data,    rows.data,     held.data,     decisions.data};
    const std::int64_t most = std::min(rows.size, decisions.size);  // of a problem
    constexpr int per_block = kernels::decide_threads / formulas::sum_lanes;
    launch(queue_,
           {{blocks_for(most, per_block), grid_rows(problems.size)}, kernels::decide_threads},
           kernels::decide_held_out, job);
  }

 private:
  static unsigned grid_rows(std::int64_t problems) {
    return unsigned(std::min(problems, most_grid_y));
  }

  struct Solver {
    unsigned threads;
    void (*kernel)(kernels::SolverJob);
  };
  template <int per_thread, int threads>
  static Solver solver() {
    static_assert(threads <= kernels::most_solver_warps * kernels::warp_threads);
    return {threads, kernels::advance<per_thread, threads>};
  }
  // The smallest block whose registers hold `rows` rows; other problems are solved too, slower.
  static Solver solver_for(std::int64_t rows) {
    if (rows <= 4 * 32) return solver<4, 32>();
    if (rows <= 4 * 128) return solver<4, 128>();
    if (rows <= 8 * 256) return solver<8, 256>();
    if (rows <= 8 * 512) return solver<8, 512>();
    return solver<16, 512>();
  }

  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<core::SmoOps> make_smo(CudaQueue& queue) {
  return std::make_unique<CudaSmo>(queue);
}

}  // namespace whiteline::cuda
