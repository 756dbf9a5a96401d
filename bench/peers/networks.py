#!/usr/bin/env python3
"""Networks side by side with PyTorch on the CPU: the same weights, rows and batches of 32.

    cmake --preset bench
    cmake --build --preset bench --target whiteline_networks_timing whiteline_command
    python3 bench/peers/networks.py [--rows dense10,conv5] [--json FILE]

WL as in svm.py, each spectrum divided by its maximum, rows shuffled once. Training rows: time of a
step of SGD (mean over an epoch, the first one left out); quality: the mean loss of the last epoch,
which must agree. dense10 and conv5 are the choices of the networks' paper, conv5_flat the second
with the dense branch on the spectrum as a vector and flattened maps, resnet16 the residual network
of 34 layers with 16 filters. conv5_tuned: PyTorch with a malloc that keeps large blocks. infer_*:
spectra a second, all from host memory (PyTorch: frozen, batches of 1024); infer_*_1: one spectrum
at a time. Their quality is the mean of the largest probabilities.

PyTorch is that of this Python (Debian: apt-get install python3-torch), else of a venv made here.
"""
import dataclasses
import os
import pathlib
import subprocess
import sys

import peers

HERE = pathlib.Path(__file__).resolve().parent
CHANNELS = 700
KEEPS_BLOCKS = {"MALLOC_MMAP_THRESHOLD_": "4294967296", "MALLOC_TRIM_THRESHOLD_": "4294967296",
                "MALLOC_TOP_PAD_": "268435456"}


@dataclasses.dataclass
class Comparison:
    row: str
    network: str
    task: str = "train"      # or "infer", "single"
    spectra: int = 7187      # used
    learning_rate: float = 0.01
    environment: dict = dataclasses.field(default_factory=dict)


COMPARISONS = [
    Comparison("dense10", "dense10", learning_rate=0.1),
    Comparison("conv5", "conv5", spectra=480),
    Comparison("conv5_tuned", "conv5", spectra=480, environment=KEEPS_BLOCKS),
    Comparison("conv5_flat", "conv5_flat"),
    Comparison("resnet16", "resnet16", spectra=1920),
    Comparison("infer_dense10", "dense10", "infer"),
    Comparison("infer_dense10_1", "dense10", "single"),
    Comparison("infer_conv5", "conv5", "infer", spectra=1024),
    Comparison("infer_conv5_1", "conv5", "single"),
    Comparison("infer_resnet16", "resnet16", "infer", spectra=2048),
    Comparison("infer_resnet16_1", "resnet16", "single"),
]

# Run by a Python that has NumPy: IN, OUT: OUT.f32 and OUT.i32, in an order drawn once.
PREPARE = """
import sys, numpy as np
with np.load(sys.argv[1]) as data:
    x, y = data["spectra"].astype("f4"), data["labels"].astype("i4")
order = np.random.default_rng(1).permutation(len(y))
top = x.max(axis=1, keepdims=True)
x = np.where(top > 0, x / np.where(top > 0, top, 1), 0).astype("f4")
x[order].tofile(sys.argv[2] + ".f32")
y[order].tofile(sys.argv[2] + ".i32")
"""


class Bench:
    def __init__(self, options):
        self.options = options
        self.folder = pathlib.Path(options.work)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.timing = peers.program(options, "whiteline_networks_timing")
        self.python = options.python or peers.python_with(
            ["torch", "numpy"], ["torch", "numpy"], self.folder / "venv")
        self.prepare()

    def prepare(self):
        source = peers.white_lines(self.options, self.folder)
        subprocess.run([self.python, "-c", PREPARE, source, self.folder / "wl"], check=True)

    def run(self, one):
        rows, labels = self.folder / f"{one.row}.f32", self.folder / f"{one.row}.i32"
        rows.write_bytes((self.folder / "wl.f32").read_bytes()[:4 * CHANNELS * one.spectra])
        labels.write_bytes((self.folder / "wl.i32").read_bytes()[:4 * one.spectra])
        arguments = [rows, self.folder / one.row, "--channels", CHANNELS, "--labels", labels,
                     "--network", one.network, "--task", one.task, "--learning-rate",
                     one.learning_rate, "--clock", self.options.clock]
        environment = dict(os.environ)

        def peer():
            os.environ.update(one.environment)
            try:
                return peers.run_json([self.python, HERE / "networks_torch.py", *arguments])
            finally:
                os.environ.clear()
                os.environ.update(environment)

        mine, theirs, my_answer, their_answer = peers.in_turn(
            lambda: peers.run_json([self.timing, *arguments]), peer, self.options.rounds)
        quality = my_answer["quality"], their_answer["quality"]
        print(f"{one.row}: quality {quality[0]:.7g} and {quality[1]:.7g}", flush=True)
        if one.task == "train":
            steps = -(-one.spectra // 32)
            return peers.Row(one.row, 1e3 * mine / steps, 1e3 * theirs / steps, "ms", "PyTorch",
                             *quality)
        count = 200 if one.task == "single" else one.spectra
        return peers.Row(one.row, count / mine, count / theirs, "spectra/s", "PyTorch", *quality)


def main():
    names = [one.row for one in COMPARISONS]
    parser = peers.command_line(__doc__, names, peers.ROOT / "build/peers/networks")
    parser.add_argument("--data", help="WL as .npz with spectra and labels")
    parser.add_argument("--python", help="one with torch and numpy")
    options, wanted = peers.parsed(parser, names)
    bench = Bench(options)
    peers.run_rows([(one, one.row, 1) for one in COMPARISONS if one.row in wanted], bench.run,
                   options.json)


if __name__ == "__main__":
    main()
