#!/usr/bin/env python3
"""Suggestions by TPE side by side with Optuna, one after the other on the same space and loss.

    cmake --preset bench
    cmake --build --preset bench --target whiteline_search_timing
    python3 bench/peers/search.py [--json FILE]

Times are medians over the last 20 suggestions before trial 500 of the dense space (14 structures,
layers, units, activation, optimizer, learning rate, output, dropout), what the trials themselves
would take not counted. Quality is the smallest loss found, a separable quadratic whose least value
on the grid is 0.0192; it is that of one seed, so small differences mean nothing.
"""
import pathlib
import sys

import peers

HERE = pathlib.Path(__file__).resolve().parent
NAMES = ["tpe"]


def main():
    parser = peers.command_line(__doc__, NAMES, peers.ROOT / "build/peers/search")
    parser.add_argument("--python", help="one with optuna")
    options, wanted = peers.parsed(parser, NAMES)
    work = pathlib.Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    program = pathlib.Path(options.bin) / "whiteline_search_timing"
    if not program.exists():
        sys.exit(f"there is no {program}: cmake --preset bench && cmake --build --preset bench "
                 "--target whiteline_search_timing")
    python = options.python or peers.python_with(["optuna"], ["optuna"], work / "venv-optuna")

    def run(_):
        arguments = ["--trials", 500, "--clock", options.clock]
        seconds, peer_seconds, ours, theirs = peers.in_turn(
            lambda: peers.run_json([program, *arguments]),
            lambda: peers.run_json([python, HERE / "search_optuna.py", *arguments]),
            options.rounds)
        return peers.Row("tpe", 1e3 * seconds, 1e3 * peer_seconds, "ms", "Optuna", ours["best"],
                         theirs["best"])

    peers.run_rows([(name, name, 1) for name in wanted], run, options.json)


if __name__ == "__main__":
    main()
