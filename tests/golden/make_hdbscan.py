#!/usr/bin/env python3
"""Makes tests/golden/hdbscan/*.json: clusters that scikit-learn and the hdbscan package find.

Run: python3 tests/golden/make_hdbscan.py (scikit-learn 1.9.1, hdbscan 0.8.44, NumPy 2.2.6), with
WHITELINE_TEST_DATA, or ../shared/data beside the checkout, for the public sets, which are named in
the files and not copied. Coordinates are float32 numbers; scikit-learn computes in float64.

min_samples of the hdbscan package does not count the row itself: it is one less.

Where several distances are equal, as all that one core distance decides, both tools join rows in the
order they happen to sort them in. What of their answers changes when the rows are permuted is written
down as `unstable`; fits of which more than a tenth does are left out.
"""
import gzip
import json
import os
import pathlib

import hdbscan
import numpy as np
from scipy.spatial.distance import cdist
from sklearn.cluster import HDBSCAN
from sklearn.datasets import make_blobs, make_moons

FOLDER = pathlib.Path(__file__).parent / "hdbscan"
DATA = pathlib.Path(os.environ.get("WHITELINE_TEST_DATA",
                                   pathlib.Path(__file__).parents[2] / "../shared/data"))
FITS = {
    "plain": dict(min_cluster_size=10, min_samples=5),
    "default": dict(min_cluster_size=5),
    "single_linkage": dict(min_cluster_size=8, min_samples=1),
    "single_linkage_leaf": dict(min_cluster_size=4, min_samples=1, cluster_selection_method="leaf"),
    "single_linkage_epsilon": dict(min_cluster_size=4, min_samples=1,
                                   cluster_selection_epsilon=0.3),
    "leaf": dict(min_cluster_size=6, min_samples=4, cluster_selection_method="leaf"),
    "epsilon": dict(min_cluster_size=6, min_samples=4, cluster_selection_epsilon=0.6),
    "leaf_epsilon": dict(min_cluster_size=6, min_samples=4, cluster_selection_method="leaf",
                         cluster_selection_epsilon=0.5),
    "one_cluster": dict(min_cluster_size=10, min_samples=5, allow_single_cluster=True),
    "small": dict(min_cluster_size=6, min_samples=4, max_cluster_size=45),
    "alpha": dict(min_cluster_size=8, min_samples=5, alpha=1.3),
}


def rounded(values, digits=7):
    return [round(float(v), digits) for v in values]


def renamed(labels, like):
    """The labels with the names that most of their rows have in `like`."""
    names = {-1: -1}
    for label in set(labels.tolist()) - {-1}:
        values, counts = np.unique(like[labels == label], return_counts=True)
        names[label] = int(values[counts.argmax()])
    return np.array([names[label] for label in labels.tolist()])


def unstable(answer, count):
    """answer(permutation of the rows) -> labels, probabilities: the numbers of those that change."""
    rng = np.random.default_rng(11)
    labels, probabilities = answer(np.arange(count))
    other_label, other_probability = np.zeros((2, len(labels)), bool)
    for _ in range(12):
        l, p = answer(rng.permutation(count))
        other_label |= (renamed(l, labels) != labels) | (renamed(labels, l) != l)
        other_probability |= abs(p - probabilities) > 1e-6
    return {"unstable": {"labels": np.flatnonzero(other_label).tolist(),
                         "probabilities": np.flatnonzero(other_probability).tolist()}}


def in_order(order, values):
    out = np.empty_like(values)
    out[order] = values
    return out


def fit(x, params):
    x = x.astype("f8")

    def answer(order):
        found = HDBSCAN(copy=True, **params).fit(x[order])
        return in_order(order, found.labels_), in_order(order, found.probabilities_)
    labels, probabilities = answer(np.arange(len(x)))
    return {"params": params, "labels": labels.tolist(), "probabilities": rounded(probabilities)
            } | unstable(answer, len(x))


def fits_of(x, wanted):
    fits = {name: fit(x, params) for name, params in wanted.items()}
    return {name: one for name, one in fits.items()
            if len(one["unstable"]["labels"]) <= len(x) // 10}


class MoreNeighbors:
    """A tree that finds `count` neighbours, however many it is asked for."""

    def __init__(self, tree, count):
        self.tree, self.count = tree, count

    def query(self, rows, k):
        return self.tree.query(rows, k=self.count)


def package_fit(x, asked, min_cluster_size, min_samples):
    """Where new rows fall."""
    x, asked = x.astype("f8"), asked.astype("f8")

    def answer(order):
        found = hdbscan.HDBSCAN(min_cluster_size=min_cluster_size, min_samples=min_samples - 1,
                                prediction_data=True, approx_min_span_tree=False).fit(x[order])
        # It compares new rows by core distances of its own rows that are of one neighbour less than
        # those it clustered them by, and core distances of new rows that are of one more; and looks
        # at twice as many neighbours as that.
        found.prediction_data_.core_distances = np.sort(cdist(x[order], x[order]))[:, min_samples - 1]
        found.min_samples -= 1
        found.prediction_data_.tree = MoreNeighbors(found.prediction_data_.tree, 2 * min_samples)
        return hdbscan.approximate_predict(found, asked)
    labels, probabilities = answer(np.arange(len(x)))
    return {"params": dict(min_cluster_size=min_cluster_size, min_samples=min_samples),
            "asked": [rounded(row, 4) for row in asked], "labels": labels.tolist(),
            "probabilities": rounded(probabilities)} | unstable(answer, len(x))


def grid(rng, x, step):
    """Few different coordinates: equal rows and equal distances."""
    return np.round((x + 0.1 * rng.standard_normal(x.shape)) / step) * step


def generated():
    rng = np.random.default_rng(5)
    blobs = make_blobs(160, 2, centers=4, cluster_std=0.7, random_state=1)[0]
    moons = np.vstack([make_moons(140, noise=0.06, random_state=2)[0],
                       rng.uniform([-1.5, -1], [2.5, 1.5], (30, 2))])
    high = make_blobs(120, 8, centers=3, cluster_std=1.4, random_state=3)[0]
    return {"blobs": blobs, "moons": moons, "eight_channels": high,
            "equal_rows": grid(rng, blobs[:120], 0.5)}


def write(name, golden):
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


def main():
    rng = np.random.default_rng(7)
    for name, x in generated().items():
        x = np.array([rounded(row, 4) for row in x.astype("f4")], "f4")
        asked = x[rng.integers(0, len(x), 40)] + 0.5 * rng.standard_normal((40, x.shape[1]))
        asked = np.array([rounded(row, 4) for row in asked], "f4")
        write(name, {"rows": [rounded(row, 4) for row in x],
                     "fits": fits_of(x, FITS),
                     "package": package_fit(x, asked, 10, 5)})
    clusterable = np.load(DATA / "ml/hdbscan/clusterable_data.npy").astype("f4")
    with gzip.open(DATA / "ml/sklearn/digits.csv.gz") as file:
        digits = np.loadtxt(file, delimiter=",")[:, :64].astype("f4")
    write("clusterable_data", {"fits": fits_of(clusterable, {
        "papers": dict(min_cluster_size=15, min_samples=15),
        "default": dict(min_cluster_size=10),
        "leaf": dict(min_cluster_size=15, cluster_selection_method="leaf")})})
    write("digits", {"fits": fits_of(digits, {
        "default": dict(min_cluster_size=10, min_samples=5),
        "leaf": dict(min_cluster_size=20, min_samples=8, cluster_selection_method="leaf")})})


if __name__ == "__main__":
    main()
