#include <whiteline/gan.hpp>

#include <array>
#include <utility>

#include "core/names.hpp"

namespace whiteline {

namespace {

constexpr std::array<std::pair<GanArchitecture, std::string_view>, 3> architectures{{
    {GanArchitecture::simple_dense, "SimpleDense"},
    {GanArchitecture::large_dense, "LargeDense"},
    {GanArchitecture::simple_convolutional, "SimpleConvo"},
}};
constexpr std::array<std::pair<GanDesign, std::string_view>, 4> designs{{
    {GanDesign::single_mono_trans, "Single-MonoTrans"},
    {GanDesign::multi_mono_trans, "Multi-MonoTrans"},
    {GanDesign::single_bi_trans, "Single-BiTrans"},
    {GanDesign::multi_bi_trans, "Multi-BiTrans"},
}};

constexpr std::array<std::pair<GanNoise, std::string_view>, 2> noises{{
    {GanNoise::shot, "shot"},
    {GanNoise::additive, "additive"},
}};
constexpr std::array<std::pair<GanStatus, std::string_view>, 3> endings{{
    {GanStatus::converged, "converged"},
    {GanStatus::epoch_limit, "epoch limit"},
    {GanStatus::diverged, "diverged"},
}};

}  // namespace

std::string_view name(GanArchitecture architecture) {
  return core::name_of(architectures, architecture);
}
GanArchitecture gan_architecture_named(std::string_view name) {
  return core::value_named(architectures, "architecture", name);
}
std::string_view name(GanDesign design) { return core::name_of(designs, design); }
GanDesign gan_design_named(std::string_view name) {
  return core::value_named(designs, "design", name);
}
std::string_view name(GanNoise noise) { return core::name_of(noises, noise); }
GanNoise gan_noise_named(std::string_view name) { return core::value_named(noises, "noise", name); }
std::string_view name(GanStatus status) { return core::name_of(endings, status); }

}  // namespace whiteline
