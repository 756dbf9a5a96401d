// The `whiteline` command: chooses the verb and turns failures into messages and exit codes.
#include <whiteline/version.hpp>

#include <fmt/format.h>

#include <new>

#include "cli/console.hpp"
#include "cli/interrupt.hpp"
#include "cli/options.hpp"

namespace whiteline::cli {

namespace {

void parse_and_run(int argc, char** argv) {
  CommandLine command(
      "whiteline", "Machine learning on electron energy loss spectra (EELS), on CPU and GPU",
      fmt::format("whiteline {} (build {})", version(), build_id()),
      "`whiteline VERB --help` explains a verb.\n"
      "Exit codes: 0 fine, 1 failed, 2 usage, 3 unreadable input, 4 device or memory,\n"
      "130 interrupted. Results go to standard output, messages to standard error.");
  add_devices(command);
  add_info(command);
  add_synth(command);
  add_train(command);
  add_select(command);
  add_search(command);
  add_classify(command);
  add_cluster(command);
  add_label(command);
  add_merge(command);
  add_evaluate(command);
  add_convert(command);
  add_prepare(command);
  add_embed(command);
  add_augment(command);
  command.run(argc, argv);
}

}  // namespace

}  // namespace whiteline::cli

int main(int argc, char** argv) {
  namespace cli = whiteline::cli;
  cli::watch_for_interrupt();
  try {
    cli::parse_and_run(argc, argv);
    return cli::exit_fine;
  } catch (const std::bad_alloc& error) {
    cli::print_error("out of memory (the system gave no more) use --memory or smaller data");
    return cli::exit_code_of(error);
  } catch (const std::exception& error) {
    cli::print_error(error.what());
    return cli::exit_code_of(error);
  }
}
