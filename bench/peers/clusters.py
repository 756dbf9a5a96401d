#!/usr/bin/env python3
"""Density clusters side by side with hdbscan and fast_hdbscan, on the files of neighbors.py.

    cmake --preset bench
    cmake --build --preset bench --target whiteline_clusters_timing whiteline_command
    python3 bench/peers/clusters.py [--rows hdbscan_wl] [--json FILE]

min_cluster_size 100, min_samples 15. WL: as in neighbors.py; wl_2d: its two leading principal
components. hdbscan_wl begins with 15 neighbours of each row that are there already, as for several
fits; hdbscan_wl_graph with nothing, as the peers do. Of two peers the faster one counts. Quality is
the adjusted Rand index against the set's classes.
"""
import dataclasses
import pathlib
import subprocess

import neighbors
import peers

HERE = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass
class Clustering:
    row: str
    data: str
    peers: tuple
    graph: int = 0  # neighbours of each row that are there before the clock starts
    threads: int = 1


CLUSTERINGS = [
    Clustering("hdbscan_wl", "wl", ("fast_hdbscan",), graph=15),
    Clustering("hdbscan_wl_graph", "wl", ("fast_hdbscan",)),
    Clustering("hdbscan_2d_7k", "wl_2d", ("hdbscan", "fast_hdbscan")),
]

# IN.f32, channels, OUT.f32: the two leading principal components.
PLANE = """
import sys, numpy as np
x = np.fromfile(sys.argv[1], "f4").reshape(-1, int(sys.argv[2])).astype("f8")
x -= x.mean(axis=0)
_, axes = np.linalg.eigh(x.T @ x)
(x @ axes[:, :-3:-1]).astype("f4").tofile(sys.argv[3])
"""

# TRUE.i32, FOUND.i32: the adjusted Rand index.
AGREEMENT = """
import sys, numpy as np
from sklearn.metrics import adjusted_rand_score
print(adjusted_rand_score(*(np.fromfile(name, "i4") for name in sys.argv[1:3])))
"""


class Bench(neighbors.Bench):
    def plane(self, rows, channels):
        file = self.folder / "wl_2d.f32"
        if not file.exists():
            subprocess.run([self.python(), "-c", PLANE, rows, str(channels), file], check=True)
        return file

    def run(self, one):
        spectra, channels = self.data("wl")
        plane = one.data == "wl_2d"
        rows = self.plane(spectra, channels) if plane else spectra
        python = self.python("hdbscan", "fast_hdbscan", "sklearn")
        arguments = ["--channels", 2 if plane else channels, "--min-cluster-size", 100,
                     "--min-samples", 15, "--graph", one.graph, "--threads", one.threads,
                     "--clock", self.options.clock]
        found = []
        for peer in one.peers:
            mine, theirs = self.folder / "ours.i32", self.folder / "peer.i32"
            seconds, peer_seconds, _, _ = peers.in_turn(
                lambda: peers.run_json([self.program("whiteline_clusters_timing"), rows, mine,
                                        *arguments], one.threads),
                lambda name=peer: peers.run_json([python, HERE / "clusters_hdbscan.py", rows,
                                                  theirs, "--tool", name, *arguments], one.threads),
                self.options.rounds)
            agreement = [float(subprocess.run(
                [python, "-c", AGREEMENT, f"{spectra}.labels", labels], check=True,
                stdout=subprocess.PIPE, text=True).stdout) for labels in (mine, theirs)]
            found.append(peers.Row(one.row, seconds, peer_seconds, "s", peer, *agreement,
                                   one.threads))
        return min(found, key=lambda row: row.peer)


def main():
    names = [one.row for one in CLUSTERINGS]
    parser = peers.command_line(__doc__, names, peers.ROOT / "build/peers/neighbors")
    parser.add_argument("--python", help="one with hdbscan, fast_hdbscan and scikit-learn")
    options, wanted = peers.parsed(parser, names)
    peers.run_rows([(one, one.row, one.threads) for one in CLUSTERINGS if one.row in wanted],
                   Bench(options).run, options.json)


if __name__ == "__main__":
    main()
