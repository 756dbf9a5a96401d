#!/usr/bin/env python3
"""One task of spectra.py with HyperSpy: TASK FOLDER --offset EV --dispersion EV [--repeats N] ...

Reads FOLDER/data.npy, writes FOLDER/peer_TASK.npy, prints seconds of each repetition as JSON.
"""
import argparse
import json
import pathlib
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")
import hyperspy.api as hs  # noqa: E402

hs.set_log_level("ERROR")
hs.preferences.General.show_progressbar = False


def signal(data, options):
    made = hs.signals.EELSSpectrum(data)
    axis = made.axes_manager[-1]
    axis.offset, axis.scale, axis.units = options.offset, options.dispersion, "eV"
    return made


def background(s, options):
    # "r" of the window's end: HyperSpy takes the nearest channels of both.
    return s.remove_background((options.low, options.high), background_type="Power law", fast=True,
                               plot_remainder=False, show_progressbar=False).data


def pca(s, options):
    s.decomposition(normalize_poissonian_noise=True, algorithm="SVD", output_dimension=10,
                    svd_solver=options.solver, print_info=False)
    return s.get_decomposition_factors().data[:10]


def align(s, options):
    shifts = s.estimate_shift1D(start=options.low, end=options.high, max_shift=options.channels,
                                show_progressbar=False)
    shifts = np.asarray(shifts).reshape(s.data.shape[:-1])
    s.shift1D(shifts, crop=True, show_progressbar=False)
    return shifts


def shift(s, options):
    shifts = np.fromfile(options.folder / "shifts.f64").reshape(s.data.shape[:-1])
    s.shift1D(shifts, crop=True, show_progressbar=False)
    return s.data


def rebin(s, _):
    return s.rebin(scale=(2, 2, 2)).data


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=["background", "pca", "align", "shift", "rebin"])
    parser.add_argument("folder", type=pathlib.Path)
    for name in ("offset", "dispersion", "low", "high", "max_shift"):
        parser.add_argument(f"--{name}", type=float, default=0.0)
    parser.add_argument("--solver", default="auto")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--clock", choices=["wall", "processor"], default="wall")
    options = parser.parse_args()
    options.channels = round(options.max_shift / options.dispersion)
    clock = time.process_time if options.clock == "processor" else time.perf_counter
    data = np.load(options.folder / "data.npy")
    seconds = []
    for _ in range(options.repeats):
        s = signal(data.copy(), options)  # some tasks work in place
        start = clock()
        result = globals()[options.task](s, options)
        seconds.append(clock() - start)
    np.save(options.folder / f"peer_{options.task}.npy", result)
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main()
