// Path lengths of parallel rays through a cube within a cube.
#pragma once

#include <array>
#include <cstdint>

#include <whiteline/synth.hpp>

namespace whiteline::synth {

struct PathLengths {
  double core_nm = 0.0, shell_nm = 0.0;
  double total() const { return core_nm + shell_nm; }
};

// A cube of edge `edge_nm` with its middle at the middle of the image, and a concentric inner cube
// `shell_nm` below each face. It is turned by `rotation_deg` about the beam, then tilted about the
// image's y axis, then about its x axis. The beam runs along z.
class WHITELINE_EXPORT CubeGeometry {
 public:
  explicit CubeGeometry(const SynthCubeParams& params);

  // Along the ray at (x, y) nm from the middle of the image.
  PathLengths ray(double x, double y) const;
  // Mean over the area of a pixel, 4 x 4 rays.
  PathLengths pixel(std::int64_t row, std::int64_t column) const;

 private:
  using Vector = std::array<double, 3>;
  double chord(const Vector& origin, double half_edge) const;

  double half_edge_, half_core_, pixel_;
  double middle_row_, middle_column_;
  Vector axis_x_, axis_y_, beam_;  // of the image, in the cube's frame
};

}  // namespace whiteline::synth
