#!/usr/bin/env python3
"""Preparing spectra side by side with HyperSpy 1.7, on the same image, data in memory.

    apt-get install -y python3-hyperspy
    cmake --preset bench && cmake --build --preset bench --target whiteline_spectra_timing
    python3 bench/peers/spectra.py [--rows background,pca] [--json FILE]

The image is 128 x 128 spectra of 1600 channels, float32 Poisson counts over a power law with two
edges, each spectrum moved by a known shift. Quality, where results must agree, is the largest
difference from HyperSpy's result over that result's largest magnitude [background, shift, rebin],
or the largest principal angle between the leading three components in radians [pca]; of [align] it
is the root mean square error of the shifts in channels, ours and theirs.
"""
import pathlib
import subprocess
import sys

import peers

HERE = pathlib.Path(__file__).resolve().parent
AXIS = {"offset": 400.0, "dispersion": 0.25}
ROWS = {
    "background": {"low": 485.0, "high": 515.0},
    "pca": {},
    "align": {"low": 520.0, "high": 570.0, "max_shift": 4.0},
    "shift": {},
    "rebin": {},
}
REPEATS = {"background": 5, "pca": 3, "align": 3, "shift": 5, "rebin": 15}

# Run by a Python that has NumPy: FOLDER, pixels a side, channels.
MAKE = """
import sys, pathlib, numpy as np
folder, side, channels = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
random = np.random.default_rng(1)
energy = 400 + 0.25 * np.arange(channels)
shift = random.uniform(-1.5, 1.5, (side, side))
shift[0, 0] = 0
thickness = random.uniform(0.5, 1.5, (side, side))
data = np.empty((side, side, channels), "f4")
for y in range(side):
    e = energy - shift[y][:, None]
    share = np.linspace(0, 1, side)[:, None]
    first = 120 * np.exp(-0.5 * ((e - 540) / 4) ** 2) + np.where(e > 532, 40 * np.exp(-(e - 532) / 80), 0)
    second = np.where(e > 708, 60 * np.exp(-(e - 708) / 60), 0)
    mean = thickness[y][:, None] * (1e9 * e ** -2.6 + (0.3 + share) * first + y / side * second)
    data[y] = random.poisson(mean)
np.save(folder / "data.npy", data)
(-shift).astype("f8").tofile(folder / "shifts.f64")
"""

# Ours and theirs: FOLDER, TASK, dispersion.
COMPARE = """
import json, sys, pathlib, numpy as np
folder, task, dispersion = pathlib.Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
peer = np.load(folder / f"peer_{task}.npy").astype("f8")
if task == "pca":
    ours = np.fromfile(folder / "ours_pca.f64").reshape(-1, peer.shape[-1])
    bases = [np.linalg.qr(x[:3].T)[0] for x in (ours, peer)]
    sines = np.linalg.svd(bases[1] - bases[0] @ (bases[0].T @ bases[1]), compute_uv=False)
    answer = [float(sines[0]), None]
elif task == "align":
    truth = np.fromfile(folder / "shifts.f64")
    error = lambda found: float(np.sqrt(np.mean((found.ravel() - truth) ** 2)) / dispersion)
    answer = [error(np.fromfile(folder / "ours_align.f64")), error(peer)]
else:
    ours = np.fromfile(folder / f"ours_{task}.f32", "f4").astype("f8").reshape(peer.shape)
    answer = [float(abs(ours - peer).max() / abs(peer).max()), None]
print(json.dumps(answer))
"""


class Bench:
    def __init__(self, options):
        self.options = options
        self.folder = pathlib.Path(options.work)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.timing = pathlib.Path(options.bin) / "whiteline_spectra_timing"
        if not self.timing.exists():
            sys.exit(f"there is no {self.timing}: cmake --preset bench && "
                     "cmake --build --preset bench --target whiteline_spectra_timing")
        self.python = options.python
        if not (self.folder / "data.npy").exists():
            subprocess.run([self.python, "-c", MAKE, self.folder, str(options.side), "1600"],
                           check=True)

    def run(self, row):
        arguments = [row, self.folder, "--clock", self.options.clock]
        for name, value in {**AXIS, **ROWS[row]}.items():
            arguments += [f"--{name}", str(value)]
        rounds = 1 if row == "pca" else self.options.rounds
        mine, theirs, _, _ = peers.in_turn(
            lambda: peers.run_json([self.timing, *arguments, "--repeats", REPEATS[row]]),
            lambda: peers.run_json([self.python, HERE / "spectra_hyperspy.py", *arguments]), rounds)
        quality = peers.run_json([self.python, "-c", COMPARE, self.folder, row,
                                  AXIS["dispersion"]])
        return peers.Row(row, mine, theirs, "s", "HyperSpy", *quality)


def main():
    parser = peers.command_line(__doc__, list(ROWS), peers.ROOT / "build/peers/spectra")
    parser.add_argument("--side", type=int, default=128, help="pixels a side of the image")
    parser.add_argument("--python", default="/usr/bin/python3", help="one with HyperSpy")
    options, wanted = peers.parsed(parser, list(ROWS))
    peers.run_rows([(row, row, 1) for row in wanted], Bench(options).run, options.json)


if __name__ == "__main__":
    main()
