#include "cpu/isa.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace whiteline::cpu {

#if defined(__x86_64__)
Isa best_isa() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
    return __builtin_cpu_supports("avx512bf16") ? Isa::avx512_bf16 : Isa::avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Isa::avx2;
  return Isa::portable;
}
#else
Isa best_isa() { return Isa::portable; }
#endif

namespace {

Isa choose() {
  const Isa limit = best_isa();
  const char* wanted = std::getenv("WHITELINE_ISA");
  if (!wanted || !*wanted) return limit;
  for (Isa isa : {Isa::portable, Isa::avx2, Isa::avx512, Isa::avx512_bf16})
    if (name(isa) == wanted) {
      if (isa > limit)
        throw InvalidArgument(fmt::format(
            "cannot use WHITELINE_ISA={} (this processor has {}) unset it", wanted, name(limit)));
      return isa;
    }
  throw InvalidArgument(fmt::format(
      "unknown WHITELINE_ISA={} (known: portable, avx2, avx512, avx512_bf16) unset it", wanted));
}

}  // namespace

Isa isa() {
  static const Isa chosen = choose();
  return chosen;
}

std::string_view name(Isa isa) {
  switch (isa) {
    case Isa::portable:
      return "portable";
    case Isa::avx2:
      return "avx2";
    case Isa::avx512:
      return "avx512";
    case Isa::avx512_bf16:
      return "avx512_bf16";
  }
  return "?";
}

}  // namespace whiteline::cpu
