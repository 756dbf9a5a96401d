#!/usr/bin/env python3
"""Support vector machines side by side with scikit-learn and LIBSVM, on the same files.

    cmake --preset bench
    cmake --build --preset bench --target whiteline_svm_timing whiteline_command
    python3 bench/peers/svm.py [--rows fit_wl_rbf,grid_wl_rbf] [--quick] [--json FILE]

WL is the papers' set of white lines: 7187 spectra x 700 channels, 5 classes, each spectrum
divided by its maximum (not for cosine): --data, else the fixed set of the test data folder, else
generated. Times are those of the work itself, data in memory as float32, all pinned to as many
cores as the row says. Quality: fits, the objective of all pairs; probabilities, the Brier score
of the odd rows by a fit of the even ones; predictions, the share of right labels; grids, the best
cell's mean accuracy; kernel matrices, their mean.
"""
import dataclasses
import json
import math
import pathlib
import subprocess
import sys

import peers

HERE = pathlib.Path(__file__).resolve().parent
RBF = {"kernel": "rbf", "C": 10, "gamma": 0.01}
COSINE = {"kernel": "cosine", "C": 10}
GRID = {"kernel": "rbf", "Cs": [10.0 ** e for e in range(-3, 5)],
        "gammas": [10.0 ** e for e in range(-6, 5)], "folds": 5}


@dataclasses.dataclass
class Comparison:
    row: str
    task: str
    data: str                # "wl", "wl_raw", "wl_15" (15 % of the rows), "wl_50k"
    parameters: dict
    peer: str = "sklearn"    # or "libsvm"
    threads: int = 1
    repeats: int = 3         # of ours in one run of the program; the peer once
    long: bool = False       # minutes: left out by --quick


COMPARISONS = [
    Comparison("fit_wl_rbf", "fit", "wl", RBF),
    Comparison("fit_wl_rbf_libsvm", "fit", "wl", RBF, peer="libsvm"),
    Comparison("fit_wl_cosine", "fit", "wl_raw", COSINE),
    Comparison("proba_wl_rbf", "probability", "wl", RBF),
    Comparison("grid_wl_rbf", "grid", "wl_15", GRID, long=True),
    Comparison("fit_50k_rbf", "fit", "wl_50k", RBF, repeats=1, long=True),
    Comparison("fit_50k_rbf_2t", "fit", "wl_50k", RBF, threads=2, repeats=1, long=True),
    Comparison("predict_wl_rbf", "predict", "wl", RBF, repeats=5),
    Comparison("predict_wl_cosine", "predict", "wl_raw", COSINE, repeats=21),
    Comparison("kernel_matrix_wl_rbf", "matrix", "wl", RBF),
]

# Run by a Python that has NumPy: IN, OUT, divide by the maximum (0 or 1), share of each class.
PREPARE = """
import sys, numpy as np
with np.load(sys.argv[1]) as data:
    x, y = data["spectra"].astype("f4"), data["labels"].astype("i4")
if sys.argv[3] == "1":
    top = x.max(axis=1, keepdims=True)
    x = np.where(top > 0, x / np.where(top > 0, top, 1), 0).astype("f4")
share = float(sys.argv[4])
if share < 1:
    order = np.random.default_rng(1).permutation(len(y))
    keep = np.concatenate([order[y[order] == c][:int(share * (y == c).sum())]
                           for c in np.unique(y)])
    x, y = x[np.sort(keep)], y[np.sort(keep)]
np.savez(sys.argv[2], spectra=x, labels=y, class_names=[str(c) for c in range(y.max() + 1)])
"""


class Bench:
    def __init__(self, options):
        self.options = options
        self.folder = pathlib.Path(options.work)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.timing = self.program("whiteline_svm_timing")
        self.python = options.python or peers.python_with(
            ["sklearn", "numpy"], ["scikit-learn"], self.folder / "venv")

    def program(self, name):
        return peers.program(self.options, name)

    def source(self, data):
        """The .npz that a set is made from: given, or generated."""
        if data != "wl_50k" and self.options.data:
            return pathlib.Path(self.options.data)
        fixed = peers.test_data() / "wl-hard/wl_hard_7187x700.npz"
        if data != "wl_50k" and fixed.exists():
            return fixed
        scale = 50000 / 7187 if data == "wl_50k" else 1
        file = self.folder / f"synth_{'50k' if data == 'wl_50k' else 'wl'}.npz"
        if not file.exists():
            subprocess.run([self.program("whiteline"), "synth", "wl", "--scale", str(scale), "-o",
                            file, "--quiet", "--force"], check=True)
        return file

    def data(self, name):
        file = self.folder / f"{name}.npz"
        source = self.source(name)
        if not file.exists() or file.stat().st_mtime < source.stat().st_mtime:
            subprocess.run([self.python, "-c", PREPARE, source, file,
                            "0" if name == "wl_raw" else "1", "0.15" if name == "wl_15" else "1"],
                           check=True)
        return file

    def run(self, one):
        data = self.data(one.data)
        arguments = [one.task, data]
        for name, value in one.parameters.items():
            text = ",".join(map(repr, value)) if isinstance(value, list) else str(value)
            arguments += [f"--{name}", text]
        clock = "processor" if self.options.clock == "processor" and one.threads == 1 else "wall"
        arguments += ["--tolerance", str(self.options.tolerance), "--clock", clock]
        peer_script = HERE / f"svm_{one.peer}.py"

        def ours():
            peers.touch_memory(3 if one.long else 1)
            if one.task == "grid":
                return self.select(data, one)
            return peers.run_json([self.timing, *arguments, "--repeats", one.repeats, "--threads",
                                   one.threads], one.threads)

        def peer():  # both peers use one thread whatever they are given
            peers.touch_memory(3 if one.long else 1)
            return peers.run_json([self.python, peer_script, *arguments], one.threads)

        rounds = 1 if one.long or self.options.quick else self.options.rounds
        mine, theirs, my_answer, their_answer = peers.in_turn(ours, peer, rounds)
        self.tell(one, my_answer, their_answer)
        unit = "s"
        if one.task == "predict":
            rows = self.rows_in(data)
            mine, theirs, unit = rows / mine, rows / theirs, "spectra/s"
        names = {"sklearn": "scikit-learn", "libsvm": "LIBSVM"}
        return peers.Row(one.row, mine, theirs, unit, names[one.peer], my_answer["quality"],
                         their_answer["quality"], one.threads)

    def select(self, data, one):
        """The grid by `whiteline select`: the time of its search, as it reports it."""
        Cs, gammas = (",".join(map(repr, one.parameters[name])) for name in ("Cs", "gammas"))
        answer = peers.run_json([self.program("whiteline"), "select", data, "--kernel",
                                 one.parameters["kernel"], "--C", Cs, "--gamma", gammas, "--folds",
                                 one.parameters["folds"], "--tolerance", self.options.tolerance,
                                 "--threads", one.threads, "--device", "cpu", "--json", "--quiet"],
                                one.threads)
        return {"seconds": [answer["phases"]["search"]], "quality": answer["best"]["mean"],
                "best": answer["best"]}

    def rows_in(self, data):
        answer = subprocess.run(
            [self.python, "-c", "import sys, numpy; print(len(numpy.load(sys.argv[1])['labels']))",
             data], check=True, stdout=subprocess.PIPE, text=True)
        return int(answer.stdout)

    def tell(self, one, mine, theirs):
        """What the table has no column for."""
        if one.task == "fit":
            apart = abs(mine["quality"] - theirs["quality"]) / abs(theirs["quality"])
            print(f"{one.row}: objectives {apart:.1e} apart, support vectors "
                  f"{mine['support_vectors']} and {theirs['support_vectors']}", flush=True)
        if one.task == "grid":
            same = all(math.isclose(mine["best"][name], theirs["best"][name], rel_tol=1e-9)
                       for name in ("C", "gamma"))
            print(f"{one.row}: best cells {'agree' if same else 'differ'}: "
                  f"{json.dumps(mine['best'])} and {json.dumps(theirs['best'])}", flush=True)


def main():
    names = [one.row for one in COMPARISONS]
    parser = peers.command_line(__doc__, names, peers.ROOT / "build/peers")
    parser.add_argument("--quick", action="store_true", help="no row of minutes, one round each")
    parser.add_argument("--tolerance", type=float, default=1e-3)
    parser.add_argument("--data", help="WL as .npz with spectra and labels")
    parser.add_argument("--python", help="one with scikit-learn")
    options, wanted = peers.parsed(parser, names)
    peers.run_rows([(one, one.row, one.threads) for one in COMPARISONS
                    if one.row in wanted and not (options.quick and one.long)],
                   Bench(options).run, options.json)


if __name__ == "__main__":
    main()
