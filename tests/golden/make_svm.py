#!/usr/bin/env python3
"""Makes tests/golden/svm/libsvm.json: what LIBSVM finds on public sets, for every shared kernel.

Run: python3 tests/golden/make_svm.py DATA   with scikit-learn (whose SVC is LIBSVM in float64) and
DATA the folder that holds ml/ (see docs/testing.md). Nothing of the sets themselves is written.

A set's columns are brought to [0, 1] in float64, then rounded to float32: the same numbers that the
test makes. One entry a set and kernel: the optimum of each pair's dual (solved to 1e-6), the number
of support vectors at 1e-3, and decisions of `PROBES` evenly spaced rows and all labels at 1e-5.
"""
import gzip
import itertools
import json
import pathlib
import sys

import numpy as np
from sklearn.svm import SVC

PROBES = 12


def heart_scale(folder):
    rows, labels = [], []
    for line in (folder / "libsvm/heart_scale").read_text().splitlines():
        words = line.split()
        labels.append(int(words[0]))
        row = np.zeros(13)
        for word in words[1:]:
            index, value = word.split(":")
            row[int(index) - 1] = value
        rows.append(row)
    return np.array(rows), np.array(labels)


def sklearn_csv(path):
    table = np.array([line.split(",")[:] for line in path.read_text().splitlines()[1:]], float)
    return table[:, :-1], table[:, -1].astype(int)


def digits(folder):
    with gzip.open(folder / "sklearn/digits.csv.gz", "rt") as file:
        table = np.loadtxt(file, delimiter=",")
    return table[:, :-1], table[:, -1].astype(int)


def steel_plates(folder):
    text = (folder / "uci-steel-plates/Faults.NNA").read_text().replace('"', "")
    table = np.array([line.split() for line in text.splitlines() if line.strip()], float)
    return table[:, :27], table[:, 27:].argmax(axis=1)


def sets(folder):
    yield "heart_scale", heart_scale(folder)
    for name, file in [("iris", "iris"), ("wine", "wine_data"), ("breast_cancer", "breast_cancer")]:
        yield name, sklearn_csv(folder / f"sklearn/{file}.csv")
    yield "digits", digits(folder)
    yield "steel_plates", steel_plates(folder)


def kernels(columns):
    yield {"kernel": "linear", "C": 1.0}
    yield {"kernel": "polynomial", "C": 1.0, "gamma": 2.0 / columns, "coef0": 1.0, "degree": 3}
    yield {"kernel": "rbf", "C": 10.0, "gamma": 2.0 / columns}
    yield {"kernel": "sigmoid", "C": 2.0, "gamma": 0.5 / columns, "coef0": -0.5}


def fit(how, x, y, tolerance):
    names = {"polynomial": "poly"}
    return SVC(kernel=names.get(how["kernel"], how["kernel"]), C=how["C"],
               gamma=how.get("gamma", 1.0), coef0=how.get("coef0", 0.0),
               degree=how.get("degree", 3), tol=tolerance, cache_size=500,
               decision_function_shape="ovo").fit(x, y)


def kernel_matrix(how, x):
    dots = x @ x.T
    if how["kernel"] == "linear":
        return dots
    if how["kernel"] == "rbf":
        norms = np.diag(dots)
        return np.exp(-how["gamma"] * np.maximum(norms[:, None] + norms - 2 * dots, 0))
    inner = how["gamma"] * dots + how["coef0"]
    return inner ** how["degree"] if how["kernel"] == "polynomial" else np.tanh(inner)


def objectives(model, how):
    """Of each pair's dual. dual_coef_ has, for a vector of class i, row j - (j > i) against j."""
    K = kernel_matrix(how, model.support_vectors_)
    ends = np.cumsum(model.n_support_)
    starts = ends - model.n_support_
    found = []
    for i, j in itertools.combinations(range(len(model.classes_)), 2):
        a, b = slice(starts[i], ends[i]), slice(starts[j], ends[j])
        if len(model.classes_) == 2:  # signs are turned round, which changes no objective
            signed = model.dual_coef_[0]
        else:
            signed = np.concatenate([model.dual_coef_[j - 1, a], model.dual_coef_[i, b]])
        rows = np.r_[a, b]
        found.append(0.5 * signed @ K[np.ix_(rows, rows)] @ signed - np.abs(signed).sum())
    return found


def entry(name, how, x, y):
    exact, close = fit(how, x, y, 1e-6), fit(how, x, y, 1e-5)
    probes = np.linspace(0, len(x) - 1, PROBES).astype(int)
    decisions = close.decision_function(x[probes])
    if decisions.ndim == 1:
        decisions = -decisions[:, None]  # positive speaks for the first class, as in LIBSVM
    position = {label: i for i, label in enumerate(close.classes_)}
    return {"set": name, **how, "rows": len(x), "columns": x.shape[1],
            "objectives": [float(f"{v:.10g}") for v in objectives(exact, how)],
            "support_vectors": int(fit(how, x, y, 1e-3).n_support_.sum()),
            "probes": probes.tolist(),
            "decisions": [float(f"{v:.7g}") for v in decisions.ravel()],
            "labels": "".join(str(position[label]) for label in close.predict(x))}


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make_svm.py DATA")
    entries = []
    for name, (x, y) in sets(pathlib.Path(sys.argv[1]) / "ml"):
        low, width = x.min(axis=0), x.max(axis=0) - x.min(axis=0)
        x = ((x - low) / np.where(width > 0, width, 1)).astype(np.float32).astype(np.float64)
        for how in kernels(x.shape[1]):
            entries.append(entry(name, how, x, y))
            print(name, how["kernel"], sum(entries[-1]["objectives"]))
    out = pathlib.Path(__file__).parent / "svm/libsvm.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text("[" + ",\n".join(json.dumps(e, separators=(",", ":")) for e in entries) + "]\n")


if __name__ == "__main__":
    main()
