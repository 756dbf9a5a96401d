// In builds without the race detector.
#include "race.hpp"

namespace simt {

const bool finds_races = false;
long take_conflicts() { return 0; }

}  // namespace simt
