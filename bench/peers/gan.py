#!/usr/bin/env python3
"""Generative networks side by side with PyTorch, and the Frechet distance with SciPy.

    cmake --preset bench
    cmake --build --preset bench --target whiteline_gan_timing whiteline_command
    python3 bench/peers/gan.py [--rows gan_step,fid] [--json FILE]

Spectra of one class of WL as in svm.py, divided by their maxima. gan_step: a Single-BiTrans
SimpleDense on 128 of them in batches of 64, from the same weights: the mean time of a step of an
epoch, three passes with joint steps (plain, moved in energy, with the noise of counting) and one of
the discriminator alone; quality: the generator's mean loss, which differs by the random numbers.
fid: the distance of 125 spectra from 125 others, by SciPy from a root of the product of the
covariances; quality: that distance, which must agree but for what the root loses.

PyTorch and SciPy are those of this Python (Debian: apt-get install python3-torch python3-scipy),
else of a venv made here.
"""
import pathlib
import subprocess
import sys

import peers

HERE = pathlib.Path(__file__).resolve().parent
CHANNELS = 700
ROWS = {"gan_step": ("train", 128), "fid": ("frechet", 250)}
STEPS = 4 * 128 // 64  # of an epoch

# Run by a Python that has NumPy: IN, OUT.f32, all spectra of the first class in an order drawn once.
PREPARE = """
import sys, numpy as np
with np.load(sys.argv[1]) as data:
    x = data["spectra"][data["labels"] == 0].astype("f4")
x = x[x.max(axis=1) > 0]
x /= x.max(axis=1, keepdims=True)
x[np.random.default_rng(1).permutation(len(x))].tofile(sys.argv[2])
"""


class Bench:
    def __init__(self, options):
        self.options = options
        self.folder = pathlib.Path(options.work)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.timing = peers.program(options, "whiteline_gan_timing")
        self.python = options.python or peers.python_with(
            ["torch", "numpy", "scipy"], ["torch", "numpy", "scipy"], self.folder / "venv")
        source = peers.white_lines(options, self.folder)
        subprocess.run([self.python, "-c", PREPARE, source, self.folder / "class.f32"], check=True)

    def run(self, name):
        task, count = ROWS[name]
        rows = self.folder / f"{name}.f32"
        rows.write_bytes((self.folder / "class.f32").read_bytes()[:4 * CHANNELS * count])
        arguments = [rows, self.folder / name, "--channels", CHANNELS, "--task", task,
                     "--clock", self.options.clock]
        mine, theirs, my_answer, their_answer = peers.in_turn(
            lambda: peers.run_json([self.timing, *arguments, "--repeats", 20]),
            lambda: peers.run_json([self.python, HERE / "gan_torch.py", *arguments]),
            self.options.rounds)
        quality = my_answer["quality"], their_answer["quality"]
        print(f"{name}: quality {quality[0]:.7g} and {quality[1]:.7g}", flush=True)
        if task == "train":
            return peers.Row(name, 1e3 * mine / STEPS, 1e3 * theirs / STEPS, "ms", "PyTorch",
                             *quality)
        return peers.Row(name, 1e3 * mine, 1e3 * theirs, "ms", "SciPy sqrtm", *quality)


def main():
    parser = peers.command_line(__doc__, ROWS, peers.ROOT / "build/peers/gan")
    parser.add_argument("--data", help="WL as .npz with spectra and labels")
    parser.add_argument("--python", help="one with torch, numpy and scipy")
    options, wanted = peers.parsed(parser, ROWS)
    bench = Bench(options)
    peers.run_rows([(name, name, 1) for name in ROWS if name in wanted], bench.run, options.json)


if __name__ == "__main__":
    main()
