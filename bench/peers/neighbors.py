#!/usr/bin/env python3
"""Exact nearest neighbours side by side with faiss (IndexFlatL2), on the same files.

    cmake --preset bench
    cmake --build --preset bench --target whiteline_neighbors_timing whiteline_command
    python3 bench/peers/neighbors.py [--rows knn_wl_15] [--json FILE]

WL: 7187 spectra x 700 channels of the fixed set of the test data folder, else generated, each
divided by its maximum; W: the generated set, 4094 x 1360, likewise; 50k: the generated WL set,
50,000 x 700. Times are those of the search, data in memory as float32. Quality is the recall: the
share of the true neighbours (squared distances in float64) of 200 rows that were found.
"""
import dataclasses
import pathlib
import subprocess
import sys

import peers

HERE = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass
class Comparison:
    row: str
    data: str
    k: int
    threads: int = 1
    long: bool = False


COMPARISONS = [
    Comparison("knn_wl_15", "wl", 15),
    Comparison("knn_w_15", "w", 15),
    Comparison("knn_wl_300", "wl", 300),
    Comparison("knn_wl_300_2t", "wl", 300, threads=2),
    Comparison("knn_50k_15", "50k", 15, long=True),
]

# IN.npz, OUT.f32: rows divided by their maxima. Prints the channels.
PREPARE = """
import pathlib, sys, numpy as np
with np.load(sys.argv[1]) as data:
    x = data["spectra"].astype("f4")
top = x.max(axis=1, keepdims=True)
x = np.where(top > 0, x / np.where(top > 0, top, 1), 0).astype("f4")
x.tofile(sys.argv[2])
pathlib.Path(sys.argv[2] + ".channels").write_text(str(x.shape[1]))
"""

# ROWS.f32, channels, k, FOUND.i32: the recall of every n-th row, so that 200 are looked at.
RECALL = """
import sys, numpy as np
x = np.fromfile(sys.argv[1], "f4").reshape(-1, int(sys.argv[2]))
k = int(sys.argv[3])
found = np.fromfile(sys.argv[4], "i4").reshape(-1, k)
hits = total = 0
for row in range(0, len(x), max(len(x) // 200, 1)):
    distance = ((x.astype("f8") - x[row].astype("f8")) ** 2).sum(axis=1) if len(x) < 20000 else \\
        np.concatenate([((part.astype("f8") - x[row].astype("f8")) ** 2).sum(axis=1)
                        for part in np.array_split(x, 16)])
    distance[row] = np.inf
    nearest = np.sort(distance)[k - 1]
    hits += (distance[found[row]] <= nearest * (1 + 1e-6)).sum()
    total += k
print(hits / total)
"""


class Bench:
    def __init__(self, options):
        self.options = options
        self.folder = pathlib.Path(options.work)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.python = options.python or peers.python_with(
            ["faiss", "numpy"], ["faiss-cpu"], self.folder / "venv")

    def program(self, name):
        path = pathlib.Path(self.options.bin) / name
        if not path.exists():
            sys.exit(f"there is no {path}: cmake --preset bench && cmake --build --preset bench "
                     "--target whiteline_neighbors_timing whiteline_command")
        return path

    def source(self, data):
        fixed = peers.test_data() / "wl-hard/wl_hard_7187x700.npz"
        if data == "wl" and fixed.exists():
            return fixed
        file = self.folder / f"synth_{data}.npz"
        if not file.exists():
            scale = 50000 / 7187 if data == "50k" else 1
            subprocess.run([self.program("whiteline"), "synth", "w" if data == "w" else "wl",
                            "--scale", str(scale), "-o", file, "--quiet"], check=True)
        return file

    def data(self, name):
        file = self.folder / f"{name}.f32"
        if not file.exists():
            subprocess.run([self.python, "-c", PREPARE, self.source(name), file], check=True)
        return file, int(pathlib.Path(str(file) + ".channels").read_text())

    def run(self, one):
        rows, channels = self.data(one.data)
        clock = self.options.clock if one.threads == 1 else "wall"
        arguments = ["--channels", channels, "--k", one.k, "--threads", one.threads, "--clock",
                     clock]
        mine, theirs = self.folder / "ours.i32", self.folder / "peer.i32"
        seconds, peer_seconds, _, _ = peers.in_turn(
            lambda: peers.run_json([self.program("whiteline_neighbors_timing"), rows, mine,
                                    *arguments], one.threads),
            lambda: peers.run_json([self.python, HERE / "neighbors_faiss.py", rows, theirs,
                                    *arguments], one.threads),
            1 if one.long else self.options.rounds)
        recall = [float(subprocess.run([self.python, "-c", RECALL, rows, str(channels), str(one.k),
                                        found], check=True, stdout=subprocess.PIPE,
                                       text=True).stdout) for found in (mine, theirs)]
        return peers.Row(one.row, seconds, peer_seconds, "s", "faiss", *recall, one.threads)


def main():
    names = [one.row for one in COMPARISONS]
    parser = peers.command_line(__doc__, names, peers.ROOT / "build/peers/neighbors")
    parser.add_argument("--python", help="one with faiss and NumPy")
    options, wanted = peers.parsed(parser, names)
    peers.run_rows([(one, one.row, one.threads) for one in COMPARISONS if one.row in wanted],
                   Bench(options).run, options.json)


if __name__ == "__main__":
    main()
