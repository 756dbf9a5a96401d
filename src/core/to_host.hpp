// Device numbers on the host.
#pragma once

#include <whiteline/matrix.hpp>

#include <vector>

namespace whiteline::core {

// rows x columns, without gaps. Waits.
inline std::vector<float> to_host(const Matrix& matrix) {
  std::vector<float> host(static_cast<std::size_t>(matrix.rows() * matrix.cols()));
  matrix.copy_to(host);
  return host;
}

}  // namespace whiteline::core
