// Work on the rows of a matrix, on all threads, by the instructions of this processor.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/parallel.hpp"
#include "cpu/isa.hpp"
#include "formulas/sum.hpp"

namespace whiteline::cpu {

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

// task.rows(begin, end) for consecutive ranges of [0, rows). The task's functions are
// always_inline: inlined into a function for one instruction set, they take that set.
template <class Task>
void run_rows(core::ThreadPool& pool, std::int64_t row_count, const Task& task, Isa set = isa()) {
  auto rows = rows_portable<Task>;
#if defined(__x86_64__)
  if (set == Isa::avx2) rows = rows_avx2<Task>;
  if (set >= Isa::avx512) rows = rows_avx512<Task>;
#endif
  core::parallel_for(pool, row_count, rows_at_once,
                     [&](std::int64_t begin, std::int64_t end) { rows(task, begin, end); });
}

}  // namespace whiteline::cpu
