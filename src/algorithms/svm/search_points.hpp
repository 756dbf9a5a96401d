// The points of a search.
#pragma once

#include <whiteline/model_selection.hpp>

#include <algorithm>
#include <vector>

#include "algorithms/svm/rows.hpp"

namespace whiteline::svm {

// Points that share a kernel matrix.
struct Chain {
  Kernel kernel;
  std::vector<double> Cs;                        // ascending, each once
  std::vector<std::vector<std::size_t>> points;  // numbers of those with this C
  std::size_t wanted = 0;                        // as many of Cs have to be solved

  void add(double C, std::size_t point) {
    const auto place = std::lower_bound(Cs.begin(), Cs.end(), C);
    const auto i = place - Cs.begin();
    if (place == Cs.end() || *place != C) {
      Cs.insert(place, C);
      points.insert(points.begin() + i, std::vector<std::size_t>());
    }
    points[at(i)].push_back(point);
  }
};

SvmParams at_point(const SvmParams& svm, const SvmPoint& point, const Progress& progress);

// Throws InvalidArgument for points that no spectra can be searched at.
void check_points(const SvmSearchParams& search, const SvmParams& svm);

}  // namespace whiteline::svm
