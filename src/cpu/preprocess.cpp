#include "core/ops/preprocess.hpp"

#include <algorithm>
#include <vector>

#include "cpu/cpu_backend.hpp"
#include "cpu/isa.hpp"
#include "formulas/background.hpp"
#include "formulas/resample.hpp"
#include "formulas/sum.hpp"

namespace whiteline::cpu {

namespace {

constexpr std::int64_t rows_at_once = 16;  // of one thread

// formulas::lane_sum with the lanes innermost, so that they become vectors.
template <class Element>
[[gnu::always_inline]] inline double lane_sum(std::int64_t count, const Element& element) {
  double lane[formulas::sum_lanes] = {};
  std::int64_t i = 0;
  for (; i + formulas::sum_lanes <= count; i += formulas::sum_lanes)
    for (int l = 0; l < formulas::sum_lanes; ++l) lane[l] += element[i + l];
  for (int l = 0; i + l < count; ++l) lane[l] += element[i + l];
  return formulas::lane_total(lane);
}

// (u - mean) * log counts of a window.
struct Moments {
  const double* u;
  const double* logs;
  double mean;
  double operator[](std::int64_t i) const { return (u[i] - mean) * logs[i]; }
};

// to[j] = element(j) for j < size, by way of a small array: `to` may be what `element` reads, and
// the compiler need not prove that it is not.
template <class Element>
[[gnu::always_inline]] inline void write_columns(std::int64_t size, const Element& element,
                                                 float* to) {
  constexpr std::int64_t at_once = 64;
  float columns[at_once];
  std::int64_t j = 0;
  for (; j + at_once <= size; j += at_once) {
    for (std::int64_t i = 0; i < at_once; ++i) columns[i] = element[j + i];
    std::copy_n(columns, at_once, to + j);
  }
  for (; j < size; ++j) to[j] = element[j];
}

struct AboveBackground {
  formulas::PowerLaw law;
  const float* counts;
  const double* u;
  float operator[](std::int64_t j) const {
    return formulas::above_background(law, counts[j], u[j]);
  }
};

struct Scaled {
  const float* counts;
  double scale;
  float operator[](std::int64_t j) const { return formulas::scaled(counts[j], scale); }
};

// Each of the tasks below prepares rows [begin, end); inlined into a function for one instruction
// set, it takes that set.
struct SubtractPowerLaw {
  ConstMatrixView in;
  formulas::PowerLawWindow window;
  core::BackgroundMethod method;
  const double* u;  // of each channel of `in`
  std::int64_t first;
  MatrixView out;
  double* parameters;

  [[gnu::always_inline]] inline formulas::PowerLaw fit(const float* counts, double* logs) const {
    const float* inside = counts + window.begin;
    const std::int64_t size = window.end - window.begin, half = window.middle - window.begin;
    const formulas::PowerLaw areas = formulas::power_law_of_areas(
        window, lane_sum(half, inside), lane_sum(size - half, inside + half));
    if (method == core::BackgroundMethod::two_area || !areas.valid) return areas;
    for (std::int64_t i = 0; i < size; ++i)
      logs[i] = formulas::log_counts(areas, inside[i], u[window.begin + i]);
    const Moments moments{u + window.begin, logs, window.mean};
    return formulas::power_law_of_line(window, areas, lane_sum(size, logs),
                                       lane_sum(size, moments));
  }

  [[gnu::always_inline]] inline void rows(std::int64_t begin, std::int64_t end) const {
    std::vector<double> logs(static_cast<std::size_t>(window.end - window.begin));
    for (std::int64_t r = begin; r < end; ++r) {
      const float* counts = in.data + r * in.stride;
      const formulas::PowerLaw law = fit(counts, logs.data());
      parameters[2 * r] = formulas::power_law_amplitude(window, law);
      parameters[2 * r + 1] = law.exponent;
      const float* from = counts + first;
      float* to = out.data + r * out.stride;
      if (law.valid)
        write_columns(out.cols, AboveBackground{{law.level, law.exponent, true}, from, u + first},
                      to);
      else if (from != to)
        std::copy_n(from, out.cols, to);
    }
  }
};

struct DivideRows {
  ConstMatrixView in;
  const double* values;
  core::RowDivisor divisor;
  MatrixView out;

  [[gnu::always_inline]] inline void rows(std::int64_t begin, std::int64_t end) const {
    for (std::int64_t r = begin; r < end; ++r) {
      const double scale = formulas::row_scale(values[r], divisor.square_root, divisor.factor);
      const float* from = in.data + r * in.stride;
      float* to = out.data + r * out.stride;
      write_columns(in.cols, Scaled{from, scale}, to);
    }
  }
};

struct Resample {
  ConstMatrixView in;
  const formulas::ResamplePoint* points;  // of each channel of `out`
  MatrixView out;

  [[gnu::always_inline]] inline void rows(std::int64_t begin, std::int64_t end) const {
    for (std::int64_t r = begin; r < end; ++r) {
      const float* from = in.data + r * in.stride;
      float* to = out.data + r * out.stride;
      for (std::int64_t j = 0; j < out.cols; ++j)
        to[j] =
            formulas::interpolated(from[points[j].left], from[points[j].right], points[j].fraction);
    }
  }
};

template <class Task>
void rows_portable(const Task& task, std::int64_t begin, std::int64_t end) {
  task.rows(begin, end);
}
#if defined(__x86_64__)
template <class Task>
[[gnu::target("avx2,fma")]] void rows_avx2(const Task& task, std::int64_t begin, std::int64_t end) {
  task.rows(begin, end);
}
template <class Task>
[[gnu::target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq")]] void rows_avx512(const Task& task,
                                                                                std::int64_t begin,
                                                                                std::int64_t end) {
  task.rows(begin, end);
}
#endif

template <class Task>
void run(core::ThreadPool& pool, const Task& task) {
  auto rows = rows_portable<Task>;
#if defined(__x86_64__)
  if (isa() == Isa::avx2) rows = rows_avx2<Task>;
  if (isa() == Isa::avx512) rows = rows_avx512<Task>;
#endif
  core::parallel_for(pool, task.in.rows, rows_at_once,
                     [&](std::int64_t begin, std::int64_t end) { rows(task, begin, end); });
}

class CpuPreprocess final : public core::PreprocessOps {
 public:
  explicit CpuPreprocess(core::ThreadPool& pool) : pool_(pool) {}

  void subtract_power_law(ConstMatrixView in, const core::BackgroundWindow& window,
                          std::int64_t first, MatrixView out,
                          core::DeviceSpan<double> parameters) override {
    const auto law_window = formulas::power_law_window(window.axis.offset, window.axis.dispersion,
                                                       in.cols, window.begin, window.end);
    std::vector<double> u(static_cast<std::size_t>(in.cols));
    for (std::int64_t c = 0; c < in.cols; ++c) u[static_cast<std::size_t>(c)] = law_window.u(c);
    run(pool_,
        SubtractPowerLaw{in, law_window, window.method, u.data(), first, out, parameters.data});
  }

  void divide_rows(ConstMatrixView in, core::DeviceSpan<const double> values,
                   core::RowDivisor divisor, MatrixView out) override {
    run(pool_, DivideRows{in, values.data, divisor, out});
  }

  void resample(ConstMatrixView in, core::AxisPoints from, MatrixView out,
                core::AxisPoints to) override {
    std::vector<formulas::ResamplePoint> points;
    points.reserve(static_cast<std::size_t>(out.cols));
    for (std::int64_t j = 0; j < out.cols; ++j)
      points.push_back(formulas::resample_point(from.offset, from.dispersion, in.cols, to.offset,
                                                to.dispersion, j));
    run(pool_, Resample{in, points.data(), out});
  }

 private:
  core::ThreadPool& pool_;
};

}  // namespace

std::unique_ptr<core::PreprocessOps> make_preprocess(core::ThreadPool& pool) {
  return std::make_unique<CpuPreprocess>(pool);
}

}  // namespace whiteline::cpu
