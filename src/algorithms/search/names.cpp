#include "core/names.hpp"

#include <whiteline/search.hpp>

#include <array>
#include <utility>

namespace whiteline {

namespace {

constexpr std::array<std::pair<TrialStatus, std::string_view>, 4> trial_statuses = {
    {{TrialStatus::ok, "ok"},
     {TrialStatus::diverged, "diverged"},
     {TrialStatus::invalid, "invalid"},
     {TrialStatus::too_costly, "too_costly"}}};
constexpr std::array<std::pair<SearchSampler, std::string_view>, 2> samplers = {
    {{SearchSampler::random, "random"}, {SearchSampler::tpe, "tpe"}}};

}  // namespace

std::string_view name(TrialStatus status) { return core::name_of(trial_statuses, status); }

TrialStatus trial_status(std::string_view name) {
  return core::value_named(trial_statuses, "status", name);
}

std::string_view name(SearchSampler sampler) { return core::name_of(samplers, sampler); }

SearchSampler search_sampler(std::string_view name) {
  return core::value_named(samplers, "sampler", name);
}

}  // namespace whiteline
