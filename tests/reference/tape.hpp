// Derivatives of a computation in double, by recording it: exact to rounding, whatever it is.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace whiteline::test {

class Tape {
 public:
  // A number that depends on up to two earlier ones (-1: on none), with its derivatives.
  std::int64_t record(std::int64_t a, double da, std::int64_t b, double db) {
    steps_.push_back({a, b, da, db});
    return std::int64_t(steps_.size()) - 1;
  }

  // Derivatives of `result` with respect to everything recorded.
  std::vector<double> derivatives(std::int64_t result) const {
    std::vector<double> all(steps_.size(), 0.0);
    if (result >= 0) all[std::size_t(result)] = 1.0;
    for (std::int64_t i = result; i >= 0; --i) {
      const Step& step = steps_[std::size_t(i)];
      const double here = all[std::size_t(i)];
      if (step.a >= 0) all[std::size_t(step.a)] += step.da * here;
      if (step.b >= 0) all[std::size_t(step.b)] += step.db * here;
    }
    return all;
  }

 private:
  struct Step {
    std::int64_t a, b;
    double da, db;
  };
  std::vector<Step> steps_;
};

// A double that remembers how it came about; made from a double it is a constant.
struct Traced {
  double value = 0.0;
  std::int64_t place = -1;
  Tape* tape = nullptr;

  Traced(double value = 0.0) : value(value) {}
  Traced(double value, std::int64_t place, Tape* tape) : value(value), place(place), tape(tape) {}

  static Traced variable(Tape& tape, double value) {
    return {value, tape.record(-1, 0.0, -1, 0.0), &tape};
  }
  static Traced of(double value, const Traced& a, double da, const Traced& b = {},
                   double db = 0.0) {
    Tape* tape = a.tape ? a.tape : b.tape;
    if (!tape) return {value};
    return {value, tape->record(a.place, da, b.place, db), tape};
  }
};

inline double value_of(double x) { return x; }
inline double value_of(const Traced& x) { return x.value; }

inline Traced operator+(const Traced& a, const Traced& b) {
  return Traced::of(a.value + b.value, a, 1.0, b, 1.0);
}
inline Traced operator-(const Traced& a, const Traced& b) {
  return Traced::of(a.value - b.value, a, 1.0, b, -1.0);
}
inline Traced operator*(const Traced& a, const Traced& b) {
  return Traced::of(a.value * b.value, a, b.value, b, a.value);
}
inline Traced operator/(const Traced& a, const Traced& b) {
  return Traced::of(a.value / b.value, a, 1.0 / b.value, b, -a.value / (b.value * b.value));
}
inline Traced& operator+=(Traced& a, const Traced& b) { return a = a + b; }
inline Traced exp(const Traced& x) { return Traced::of(std::exp(x.value), x, std::exp(x.value)); }
inline Traced log(const Traced& x) { return Traced::of(std::log(x.value), x, 1.0 / x.value); }
inline Traced sqrt(const Traced& x) {
  return Traced::of(std::sqrt(x.value), x, 0.5 / std::sqrt(x.value));
}
inline Traced tanh(const Traced& x) {
  const double y = std::tanh(x.value);
  return Traced::of(y, x, 1.0 - y * y);
}

}  // namespace whiteline::test
