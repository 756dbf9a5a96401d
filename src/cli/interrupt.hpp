// Ctrl-C, as a flag that long computations ask for.
#pragma once

namespace whiteline::cli {

// From now on the first SIGINT or SIGTERM sets the flag; the second ends the process at once.
void watch_for_interrupt();
bool interrupted();
void throw_if_interrupted();  // throws Cancelled

}  // namespace whiteline::cli
