#include <algorithm>
#include <limits>
#include <vector>

#include "cpu/preprocess.hpp"
#include "cpu/row_tasks.hpp"
#include "formulas/spikes.hpp"

namespace whiteline::cpu {

namespace {

// The values of a window that moves along a row, sorted: no more than a window holds.
class SortedWindow {
 public:
  void insert(float value) {
    int at = size_++;
    for (; at > 0 && values_[at - 1] > value; --at) values_[at] = values_[at - 1];
    values_[at] = value;
  }
  void remove(float value) {
    int at = 0;
    while (values_[at] != value) ++at;
    --size_;
    for (; at < size_; ++at) values_[at] = values_[at + 1];
  }
  float median() const { return values_[formulas::median_rank(size_)]; }

  // The median of the values' distances from their own median.
  float median_distance() const {
    const int middle = int(formulas::median_rank(size_));
    const float centre = values_[middle];
    int below = middle, above = middle + 1;  // the next ones further away
    float found = 0.0f;
    for (int taken = 0; taken <= middle; ++taken) {
      const float down = below >= 0 ? formulas::distance(values_[below], centre) : far;
      const float up = above < size_ ? formulas::distance(values_[above], centre) : far;
      found = down <= up ? down : up;
      if (down <= up) {
        --below;
      } else {
        ++above;
      }
    }
    return found;
  }

 private:
  static constexpr float far = std::numeric_limits<float>::infinity();
  float values_[2 * formulas::largest_half_window + 1];
  int size_ = 0;
};

struct RemoveSpikes {
  ConstMatrixView in;
  core::SpikeRule rule;
  MatrixView out;
  std::int32_t* count;

  struct Scratch {
    std::vector<float> medians, local, distances;
  };

  void find_medians(const float* row, Scratch& scratch) const {
    SortedWindow window;
    std::int64_t end = 0;
    for (std::int64_t c = 0; c < in.cols; ++c) {
      const formulas::LocalWindow wanted = formulas::local_window(c, rule.half_window, in.cols);
      if (wanted.begin > 0) window.remove(row[wanted.begin - 1]);
      while (end < wanted.end) window.insert(row[end++]);
      const auto at = static_cast<std::size_t>(c);
      scratch.medians[at] = window.median();
      scratch.local[at] = window.median_distance();
      scratch.distances[at] = formulas::distance(row[c], scratch.medians[at]);
    }
  }

  double whole(std::vector<float>& distances) const {
    const double mean = lane_sum(in.cols, distances.data()) / double(in.cols);
    const auto middle = distances.begin() + formulas::median_rank(in.cols);
    std::nth_element(distances.begin(), middle, distances.end());
    return formulas::whole_sigma(*middle, mean);
  }

  void rows(std::int64_t begin, std::int64_t end) const {
    const auto size = static_cast<std::size_t>(in.cols);
    Scratch scratch{std::vector<float>(size), std::vector<float>(size), std::vector<float>(size)};
    for (std::int64_t r = begin; r < end; ++r) {
      const float* row = in.data + r * in.stride;
      find_medians(row, scratch);
      const double sigma = size > 0 ? whole(scratch.distances) : 0.0;
      count[r] = 0;
      for (std::int64_t c = 0; c < in.cols; ++c) {
        const auto at = static_cast<std::size_t>(c);
        const bool spike = formulas::is_spike(row[c], scratch.medians[at], scratch.local[at], sigma,
                                              rule.threshold);
        out.data[r * out.stride + c] = spike ? scratch.medians[at] : row[c];
        count[r] += spike ? 1 : 0;
      }
    }
  }
};

}  // namespace

void remove_spikes(core::ThreadPool& pool, ConstMatrixView in, const core::SpikeRule& rule,
                   MatrixView out, core::DeviceSpan<std::int32_t> count) {
  const RemoveSpikes task{in, rule, out, count.data};
  core::parallel_for(pool, in.rows, rows_at_once,
                     [&](std::int64_t begin, std::int64_t end) { task.rows(begin, end); });
}

}  // namespace whiteline::cpu
