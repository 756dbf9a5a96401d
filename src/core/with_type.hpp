// From a NumberType to the C++ type it names.
#pragma once

#include <whiteline/matrix.hpp>

namespace whiteline::core {

// Calls work(T()), T the type of the numbers, and returns its answer.
template <class Work>
decltype(auto) with_type(NumberType type, Work&& work) {
  switch (type) {
    case NumberType::u8:
      return work(std::uint8_t());
    case NumberType::i8:
      return work(std::int8_t());
    case NumberType::u16:
      return work(std::uint16_t());
    case NumberType::i16:
      return work(std::int16_t());
    case NumberType::u32:
      return work(std::uint32_t());
    case NumberType::i32:
      return work(std::int32_t());
    case NumberType::f32:
      return work(float());
    case NumberType::f64:
      return work(double());
  }
  __builtin_unreachable();
}

}  // namespace whiteline::core
