#include "algorithms/synth/cube_geometry.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace whiteline::synth {

CubeGeometry::CubeGeometry(const SynthCubeParams& params)
    : half_edge_(0.5 * params.edge_nm),
      half_core_(half_edge_ - params.shell_nm),
      pixel_(params.pixel_nm),
      middle_row_(0.5 * double(params.height)),
      middle_column_(0.5 * double(params.width)) {
  const double radian = std::numbers::pi / 180.0;
  const double ca = std::cos(params.tilt_x_deg * radian), sa = std::sin(params.tilt_x_deg * radian),
               cb = std::cos(params.tilt_y_deg * radian), sb = std::sin(params.tilt_y_deg * radian),
               cg = std::cos(params.rotation_deg * radian),
               sg = std::sin(params.rotation_deg * radian);
  // Rows of the rotation matrix R = Rx(tilt_x) Ry(tilt_y) Rz(rotation).
  axis_x_ = {cb * cg, -cb * sg, sb};
  axis_y_ = {sa * sb * cg + ca * sg, -sa * sb * sg + ca * cg, -sa * cb};
  beam_ = {-ca * sb * cg + sa * sg, ca * sb * sg + sa * cg, ca * cb};
}

// Length of the ray within |coordinate| <= half_edge for all three (the slab method).
double CubeGeometry::chord(const Vector& origin, double half_edge) const {
  double enter = -std::numeric_limits<double>::infinity(), leave = -enter;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (std::abs(beam_[axis]) < 1e-12) {
      if (std::abs(origin[axis]) > half_edge) return 0.0;
      continue;
    }
    const double a = (-half_edge - origin[axis]) / beam_[axis],
                 b = (half_edge - origin[axis]) / beam_[axis];
    enter = std::max(enter, std::min(a, b));
    leave = std::min(leave, std::max(a, b));
  }
  return std::max(leave - enter, 0.0);
}

PathLengths CubeGeometry::ray(double x, double y) const {
  Vector origin;
  for (std::size_t axis = 0; axis < 3; ++axis) origin[axis] = x * axis_x_[axis] + y * axis_y_[axis];
  const double core = chord(origin, half_core_);
  return {core, chord(origin, half_edge_) - core};
}

PathLengths CubeGeometry::pixel(std::int64_t row, std::int64_t column) const {
  constexpr int rays = 4;  // along each side
  PathLengths mean;
  for (int i = 0; i < rays; ++i) {
    for (int j = 0; j < rays; ++j) {
      const double y = pixel_ * (double(row) + (i + 0.5) / rays - middle_row_),
                   x = pixel_ * (double(column) + (j + 0.5) / rays - middle_column_);
      const PathLengths one = ray(x, y);
      mean.core_nm += one.core_nm / (rays * rays);
      mean.shell_nm += one.shell_nm / (rays * rays);
    }
  }
  return mean;
}

}  // namespace whiteline::synth
