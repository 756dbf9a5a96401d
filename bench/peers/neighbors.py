#!/usr/bin/env python3
"""Exact nearest neighbours side by side with faiss (IndexFlatL2), and embeddings with umap-learn
(seeded), on the same files.

    cmake --preset bench
    cmake --build --preset bench \\
        --target whiteline_neighbors_timing whiteline_umap_timing whiteline_command
    python3 bench/peers/neighbors.py [--rows knn_wl_15] [--json FILE]

WL: 7187 spectra x 700 channels of the fixed set of the test data folder, else generated, each
divided by its maximum; W: the generated set, 4094 x 1360, likewise; 50k: the generated WL set,
50,000 x 700; MF: the generated set, 2458 spectra, by its 8 leading principal components. Times are
those of the search, or of the whole fit, data in memory as float32. Quality is the recall: the
share of the true neighbours (squared distances in float64) of 200 rows that were found; of an
embedding its trustworthiness (15 neighbours, 2000 rows), and the accuracy of its 15 nearest
neighbours in two folds is printed beside it.
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



@dataclasses.dataclass
class Embedding:
    row: str
    data: str
    neighbors: int
    min_dist: float
    threads: int = 1


EMBEDDINGS = [
    Embedding("umap_wl_300", "wl", 300, 1.0),
    Embedding("umap_w_300", "w", 300, 0.5),
    Embedding("umap_wl_15", "wl", 15, 0.1),
    Embedding("umap_mf_150", "mf", 150, 1.0),
]

# IN.npz, OUT.f32, components: rows by their leading principal components (0: as they are), divided
# by their maxima. Also writes the channels and the labels.
PREPARE = """
import pathlib, sys, numpy as np
with np.load(sys.argv[1]) as data:
    x = data["spectra"].astype("f4")
    data["labels"].astype("i4").tofile(sys.argv[2] + ".labels")
components = int(sys.argv[3])
if components:
    mean = x.mean(axis=0, dtype="f8")
    _, axes = np.linalg.eigh(np.cov(x.astype("f8"), rowvar=False))
    axes = axes[:, -components:]
    x = (mean + ((x - mean) @ axes) @ axes.T).astype("f4")
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


# ROWS.f32, channels, LABELS.i32, FOUND.f32: trustworthiness (J. Venna and S. Kaski, ICANN 2001) of
# 2000 rows, and the accuracy of 15 nearest neighbours, one half of the rows by the other.
EMBEDDED = """
import sys, numpy as np
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
x = np.fromfile(sys.argv[1], "f4").reshape(-1, int(sys.argv[2])).astype("f8")
labels, y = np.fromfile(sys.argv[3], "i4"), np.fromfile(sys.argv[4], "f4").reshape(len(x), -1)
n, k, squares, penalty = len(x), 15, (x ** 2).sum(1), 0
order = np.random.default_rng(0).permutation(n)
asked = order[:2000]
near = NearestNeighbors(n_neighbors=k + 1).fit(y).kneighbors(y[asked], return_distance=False)
for row, found in zip(asked, near):
    distance = squares - 2 * (x @ x[row])
    distance[row] = -np.inf
    rank = np.empty(n, "i8")
    rank[np.argsort(distance, kind="stable")] = np.arange(n)
    penalty += np.maximum(rank[found[found != row][:k]] - k, 0).sum()
trust = 1 - 2 * penalty / (len(asked) * k * (2 * n - 3 * k - 1))
half = [order[:n // 2], order[n // 2:]]
score = [KNeighborsClassifier(k).fit(y[a], labels[a]).score(y[b], labels[b])
         for a, b in (half, half[::-1])]
print(trust, sum(score) / 2)
"""


class Bench:
    def __init__(self, options):
        self.options = options
        self.folder = pathlib.Path(options.work)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.pythons = {}

    def python(self, *modules):
        """A Python that has these."""
        packages = {"faiss": "faiss-cpu", "umap": "umap-learn", "sklearn": "scikit-learn"}
        if modules not in self.pythons:
            self.pythons[modules] = self.options.python or peers.python_with(
                ["numpy", *modules], ["numpy", *(packages.get(name, name) for name in modules)],
                self.folder / "-".join(("venv", *modules)))
        return self.pythons[modules]

    def program(self, name):
        return peers.program(self.options, name)

    def source(self, data):
        fixed = peers.test_data() / "wl-hard/wl_hard_7187x700.npz"
        if data == "wl" and fixed.exists():
            return fixed
        file = self.folder / f"synth_{data}.npz"
        if not file.exists():
            scale = 50000 / 7187 if data == "50k" else 1
            subprocess.run([self.program("whiteline"), "synth", "wl" if data == "50k" else data,
                            "--scale", str(scale), "-o", file, "--quiet"], check=True)
        return file

    def data(self, name):
        file = self.folder / f"{name}.f32"
        if not pathlib.Path(f"{file}.labels").exists():
            subprocess.run([self.python(), "-c", PREPARE, self.source(name), file,
                            "8" if name == "mf" else "0"], check=True)
        return file, int(pathlib.Path(str(file) + ".channels").read_text())

    def run(self, one):
        return self.embed(one) if isinstance(one, Embedding) else self.search(one)

    def search(self, one):
        rows, channels = self.data(one.data)
        clock = self.options.clock if one.threads == 1 else "wall"
        arguments = ["--channels", channels, "--k", one.k, "--threads", one.threads, "--clock",
                     clock]
        mine, theirs = self.folder / "ours.i32", self.folder / "peer.i32"
        seconds, peer_seconds, _, _ = peers.in_turn(
            lambda: peers.run_json([self.program("whiteline_neighbors_timing"), rows, mine,
                                    *arguments], one.threads),
            lambda: peers.run_json([self.python("faiss"), HERE / "neighbors_faiss.py", rows, theirs,
                                    *arguments], one.threads),
            1 if one.long else self.options.rounds)
        recall = [float(subprocess.run([self.python(), "-c", RECALL, rows,
                                        str(channels), str(one.k), found], check=True, stdout=subprocess.PIPE,
                                       text=True).stdout) for found in (mine, theirs)]
        return peers.Row(one.row, seconds, peer_seconds, "s", "faiss", *recall, one.threads)

    def embedded(self, one, seed):
        """Median seconds of both, our answer, and (trustworthiness, accuracy) of both."""
        rows, channels = self.data(one.data)
        python = self.python("umap", "sklearn")
        clock = self.options.clock if one.threads == 1 else "wall"
        arguments = ["--channels", channels, "--neighbors", one.neighbors, "--min-dist",
                     one.min_dist, "--threads", one.threads, "--clock", clock, "--seed", seed]
        mine, theirs = self.folder / "ours.f32", self.folder / "peer.f32"
        seconds, peer_seconds, answer, _ = peers.in_turn(
            lambda: peers.run_json([self.program("whiteline_umap_timing"), rows, mine, *arguments],
                                   one.threads),
            lambda: peers.run_json([python, HERE / "neighbors_umap.py", rows, theirs, *arguments],
                                   one.threads),
            self.options.rounds)
        quality = [[float(word) for word in subprocess.run(
            [python, "-c", EMBEDDED, rows, str(channels), str(rows) + ".labels", found],
            check=True, stdout=subprocess.PIPE, text=True).stdout.split()]
                   for found in (mine, theirs)]
        return seconds, peer_seconds, answer, quality

    def embed(self, one):
        seconds, peer_seconds, answer, quality = self.embedded(one, 42)
        print(f"{one.row}: accuracy {quality[0][1]:.4f}, peer {quality[1][1]:.4f}; stages {answer}")
        return peers.Row(one.row, seconds, peer_seconds, "s", "umap-learn", quality[0][0],
                         quality[1][0], one.threads)


def main():
    comparisons = COMPARISONS + EMBEDDINGS
    names = [one.row for one in comparisons]
    parser = peers.command_line(__doc__, names, peers.ROOT / "build/peers/neighbors")
    parser.add_argument("--python", help="one with faiss, umap-learn and scikit-learn")
    options, wanted = peers.parsed(parser, names)
    peers.run_rows([(one, one.row, one.threads) for one in comparisons if one.row in wanted],
                   Bench(options).run, options.json)


if __name__ == "__main__":
    main()
