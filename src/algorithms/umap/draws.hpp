// Random numbers of the start, each named by what it is for.
#pragma once

#include <cstdint>

#include "formulas/normal.hpp"
#include "formulas/philox.hpp"

namespace whiteline::umap {

enum class DrawnFor : std::uint32_t { eigenvectors = 1, noise = 2, places = 3 };

struct Draws {
  std::uint64_t seed;
  std::uint32_t step = 0;  // a set of numbers of its own

  float uniform(DrawnFor use, std::uint64_t element) const {  // in (0, 1)
    return formulas::uniform(
        formulas::philox_word(seed, element, step, std::uint32_t(use), formulas::Purpose::init));
  }
  float normal(DrawnFor use, std::uint64_t element) const {
    return formulas::normal(formulas::philox_block(seed, std::uint32_t(element / 4), step,
                                                   std::uint32_t(use), formulas::Purpose::init),
                            std::uint32_t(element % 4));
  }
};

}  // namespace whiteline::umap
