#include "smo.cuh"

#include <algorithm>

#include "cuda/cuda_backend.hpp"
#include "cuda/tables.cuh"
#include "smo_gradient.cuh"

namespace whiteline::cuda {

namespace {

using formulas::BinaryProblem;
using formulas::SmoState;

constexpr unsigned most_grid_y = 65535;
constexpr int rebuild_threads = 256;

class CudaSmo final : public core::SmoOps {
 public:
  explicit CudaSmo(CudaQueue& queue) : queue_(queue) {}

  void start(core::DeviceSpan<const BinaryProblem> problems, core::DeviceSpan<double> alpha,
             core::DeviceSpan<double> gradient, core::DeviceSpan<SmoState> states) override {
    launch(queue_, {unsigned(problems.size), kernels::start_threads}, kernels::start_problems,
           problems.data, alpha.data, gradient.data, states.data);
  }

  void advance(ConstMatrixView kernel, core::DeviceSpan<const float> diagonal,
               core::DeviceSpan<const BinaryProblem> problems, core::DeviceSpan<const double> upper,
               core::DeviceSpan<double> alpha, core::DeviceSpan<double> gradient,
               core::DeviceSpan<SmoState> states, formulas::SmoLimits limits) override {
    const kernels::SolverJob job{table(kernel), diagonal.data, problems.data, upper.data,
                                 alpha.data,    gradient.data, states.data,   limits};
    // The problems' sizes are on the device; hardly one has more rows than the matrix.
    const Solver solver = solver_for(std::min(alpha.size, kernel.rows));
    launch(queue_, {unsigned(problems.size), solver.threads}, solver.kernel, job);
  }

  void rebuild_gradient(ConstMatrixView kernel, core::DeviceSpan<const BinaryProblem> problems,
                        core::DeviceSpan<const double> alpha, core::DeviceSpan<double> gradient,
                        core::DeviceSpan<SmoState> states) override {
    const Scratch<int> support(queue_, alpha.size), counts(queue_, problems.size);
    launch(queue_, {unsigned(problems.size), kernels::list_threads}, kernels::list_support,
           problems.data, alpha.data, states.data, support.data(), counts.data());
    const std::int64_t rows = std::min(alpha.size, 2 * kernel.rows);  // of a problem, at most
    const auto columns = unsigned(std::min<std::int64_t>(problems.size, most_grid_y));
    launch(queue_, {{blocks_for(rows, rebuild_threads), columns}, rebuild_threads},
           kernels::rebuild_gradients, table(kernel), problems.data, problems.size, alpha.data,
           support.data(), counts.data(), gradient.data);
  }

 private:
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
