#include "algorithms/svm/search_points.hpp"

namespace whiteline::svm {

SvmParams at_point(const SvmParams& svm, const SvmPoint& point, const Progress& progress) {
  SvmParams params = svm;
  params.kernel = point.kernel;
  params.C = point.C;
  params.progress = progress;
  return params;
}

void check_points(const SvmSearchParams& search, const SvmParams& svm) {
  require(!search.points.empty(),
          "cannot search (there are no points) give at least one kernel and C");
  for (const SvmPoint& point : search.points) {
    check_params(at_point(svm, point, {}));
    require(point.normalise != Normalise::Kind::area,
            "cannot search over the normalisation `area` (it needs an energy axis) normalise the "
            "spectra before");
    require(
        point.kernel.type != KernelType::precomputed || point.normalise == Normalise::Kind::none,
        "cannot normalise a precomputed kernel (its rows are no spectra) normalise before it "
        "is computed");
  }
}

}  // namespace whiteline::svm
