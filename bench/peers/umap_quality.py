#!/usr/bin/env python3
"""How good embeddings are, beside umap-learn's, over seeds, on the files of neighbors.py.

    cmake --preset bench
    cmake --build --preset bench --target whiteline_umap_timing whiteline_command
    python3 bench/peers/umap_quality.py [--rows digits_15,umap_wl_300] [--md FILE]

Quality, means over seeds 1, 2, ...: trustworthiness (15 neighbours, 2000 rows at most), and the
accuracy of the 15 nearest points of the other half of the rows, in two halves. A row passes where
neither of ours is more than 0.005 below umap-learn's. digits: 1797 x 64, as scikit-learn has them;
the other sets as in neighbors.py. Both sides look for their own neighbours; one thread each.
"""
import dataclasses
import json
import pathlib
import statistics
import subprocess

import neighbors
import peers

ALLOWED = 0.005
MEASURES = ("trustworthiness", "accuracy")
SETTINGS = [neighbors.Embedding("digits_15", "digits", 15, 0.1), *neighbors.EMBEDDINGS,
            neighbors.Embedding("umap_w_15", "w", 15, 0.1),
            neighbors.Embedding("umap_mf_15", "mf", 15, 0.1)]

# OUT.f32: also writes the channels and the labels.
DIGITS = """
import pathlib, sys
from sklearn.datasets import load_digits
x, labels = load_digits(return_X_y=True)
x.astype("f4").tofile(sys.argv[1])
pathlib.Path(sys.argv[1] + ".channels").write_text(str(x.shape[1]))
labels.astype("i4").tofile(sys.argv[1] + ".labels")
"""


@dataclasses.dataclass
class Quality:
    setting: neighbors.Embedding
    ours: list  # one (trustworthiness, accuracy) a seed
    peer: list

    def mean(self, side, measure):
        return statistics.fmean(values[measure] for values in side)

    def spread(self, side, measure):
        return statistics.stdev(values[measure] for values in side) if len(side) > 1 else 0.0

    def differences(self):
        return [self.mean(self.ours, m) - self.mean(self.peer, m) for m in range(len(MEASURES))]

    def passes(self):
        return min(self.differences()) >= -ALLOWED

    def as_json(self):
        one = self.setting
        sides = {name: [dict(zip(MEASURES, values)) for values in side]
                 for name, side in (("ours", self.ours), ("umap-learn", self.peer))}
        return {"row": one.row, "data": one.data, "n_neighbors": one.neighbors,
                "min_dist": one.min_dist, **sides, "passes": self.passes()}


class Bench(neighbors.Bench):
    def data(self, name):
        if name != "digits":
            return super().data(name)
        file = self.folder / "digits.f32"
        if not pathlib.Path(f"{file}.labels").exists():
            subprocess.run([self.python("umap", "sklearn"), "-c", DIGITS, file], check=True)
        return file, int(pathlib.Path(f"{file}.channels").read_text())

    def quality_of(self, one, seeds):
        found = Quality(one, [], [])
        for seed in range(1, seeds + 1):
            _, _, _, qualities = self.embedded(one, seed)
            for side, quality in zip((found.ours, found.peer), qualities):
                side.append(quality)
            print(f"{one.row}, seed {seed}: {found.ours[-1]}, umap-learn {found.peer[-1]}",
                  flush=True)
        return found


def markdown(rows):
    lines = ["| row | n_neighbors, min_dist | measure | ours | umap-learn | difference |",
             "|---|---|---|---|---|---|"]
    for row in rows:
        for m, measure in enumerate(MEASURES):
            sides = [f"{row.mean(side, m):.4f} +- {row.spread(side, m):.4f}"
                     for side in (row.ours, row.peer)]
            lines.append(f"| {row.setting.row} | {row.setting.neighbors}, {row.setting.min_dist} | "
                         f"{measure} | {sides[0]} | {sides[1]} | {row.differences()[m]:+.4f} |")
    failed = [row.setting.row for row in rows if not row.passes()]
    return "\n".join([*lines, "", f"below umap-learn by more than {ALLOWED}: "
                      f"{', '.join(failed) or 'none'}"]) + "\n"


def main():
    names = [one.row for one in SETTINGS]
    parser = peers.command_line(__doc__, names, peers.ROOT / "build/peers/neighbors")
    parser.set_defaults(rounds=1)
    parser.add_argument("--python", help="one with umap-learn and scikit-learn")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--md", help="file for the table")
    options, wanted = peers.parsed(parser, names)
    bench, rows = Bench(options), []
    for one in SETTINGS:
        if one.row not in wanted:
            continue
        rows.append(bench.quality_of(one, options.seeds))
        if options.json:
            pathlib.Path(options.json).write_text(
                json.dumps([row.as_json() for row in rows], indent=1) + "\n")
        if options.md:
            pathlib.Path(options.md).write_text(markdown(rows))
    print(markdown(rows))


if __name__ == "__main__":
    main()
