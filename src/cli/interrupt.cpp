#include "cli/interrupt.hpp"

#include <whiteline/error.hpp>

#include <csignal>

namespace whiteline::cli {

namespace {

volatile std::sig_atomic_t asked_to_stop = 0;

void on_signal(int) { asked_to_stop = 1; }

}  // namespace

void watch_for_interrupt() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return asked_to_stop != 0; }

void throw_if_interrupted() {
  if (interrupted()) throw Cancelled("interrupted (as asked) nothing was written");
}

}  // namespace whiteline::cli
