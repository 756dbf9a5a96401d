// Mean spectra of clusters.
#pragma once

#include <whiteline/spectra.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace whiteline::cli {

// Mean and standard deviation of the spectra of each group, the last of which may be noise. Spectra
// are added one by one, in an order that the same run repeats.
class ClusterMeans {
 public:
  ClusterMeans(std::int64_t channels, const std::optional<EnergyAxis>& energy,
               std::vector<std::string> names);

  void add(std::size_t group, std::span<const float> counts);

  // Of the groups that have spectra.
  std::string csv() const;    // a line a channel
  std::string chart() const;  // with bands of one standard deviation

 private:
  struct Group {
    std::string name;
    std::int64_t spectra = 0;
    std::vector<double> mean, squares;  // one a channel; squares of deviations, added up
    double deviation(std::size_t channel) const;
  };
  double position(std::size_t channel) const;
  std::vector<const Group*> present() const;

  std::optional<EnergyAxis> energy_;
  std::size_t channels_;
  std::vector<Group> groups_;
};

}  // namespace whiteline::cli
