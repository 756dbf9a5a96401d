#!/usr/bin/env python3
"""Makes tests/golden/embedding_metrics.json with scikit-learn: trustworthiness both ways.

Run: python3 tests/golden/make_embedding_metrics.py (scikit-learn 1.9.1, NumPy).
"""
import json
import pathlib

import numpy as np
from sklearn.manifold import trustworthiness

ROWS, CHANNELS = 90, 6


def numbers(table):
    return [float(f"{v:.9g}") for v in table.ravel()]


def main():
    rng = np.random.default_rng(5)
    spectra = (rng.standard_normal((ROWS, CHANNELS)) + 3 * rng.integers(0, 2, (ROWS, 1))).astype("f4")
    positions = (spectra[:, :2] + rng.standard_normal((ROWS, 2))).astype("f4")
    cases = []
    for metric in ("euclidean", "cosine"):
        for k in (1, 5, 15):
            cases.append({
                "metric": metric, "k": k,
                "trustworthiness": trustworthiness(spectra, positions, n_neighbors=k, metric=metric)})
            if metric == "euclidean":
                cases[-1]["continuity"] = trustworthiness(positions, spectra, n_neighbors=k)
    golden = {"rows": ROWS, "channels": CHANNELS, "spectra": numbers(spectra),
              "positions": numbers(positions), "cases": cases}
    path = pathlib.Path(__file__).parent / "embedding_metrics.json"
    path.write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
