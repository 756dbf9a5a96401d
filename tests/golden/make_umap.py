#!/usr/bin/env python3
"""Makes tests/golden/umap.json with umap-learn: curves, graphs, and graphs that heed a target.

Run: python3 tests/golden/make_umap.py (umap-learn 0.5.12, scikit-learn, NumPy).
"""
import json
import pathlib

import numpy as np
import umap.umap_ as u
from sklearn.metrics import pairwise_distances

FILE = pathlib.Path(__file__).parent / "umap.json"


def numbers(values):
    return [float(f"{v:.9g}") for v in np.asarray(values).ravel()]


def neighbors_of(x, count):
    """Each row, then its `count` - 1 nearest in the order of (distance, row number)."""
    distance = np.sqrt(((x[:, None].astype("f8") - x[None].astype("f8")) ** 2).sum(-1)).astype("f4")
    np.fill_diagonal(distance, -1.0)
    order = np.argsort(distance, axis=1, kind="stable")[:, :count]
    found = np.take_along_axis(distance, order, axis=1)
    found[:, 0] = 0.0
    return order.astype("i4"), found


def sparse(matrix):
    matrix = matrix.tocsr()
    matrix.sum_duplicates()
    matrix.sort_indices()
    return {"offsets": matrix.indptr.tolist(), "columns": matrix.indices.tolist(),
            "weights": numbers(matrix.data)}


def graph_case(name, x, n_neighbors, connectivity=1.0, mix=1.0):
    indices, distances = neighbors_of(x, n_neighbors)
    graph, sigmas, rhos = u.fuzzy_simplicial_set(
        x, n_neighbors, np.random.RandomState(0), "euclidean", knn_indices=indices,
        knn_dists=distances, set_op_mix_ratio=mix, local_connectivity=connectivity)
    case = {"name": name, "rows": len(x), "n_neighbors": n_neighbors,
            "local_connectivity": connectivity, "set_op_mix_ratio": mix,
            "indices": indices[:, 1:].ravel().tolist(), "distances": numbers(distances[:, 1:]),
            "sigma": numbers(sigmas), "rho": numbers(rhos), "graph": sparse(graph)}
    return case, graph


def categories_case(graph, categories, target_weight):
    far = 2.5 / (1.0 - target_weight) if target_weight < 1.0 else 1e12
    changed = u.discrete_metric_simplicial_set_intersection(graph.copy(), categories, far_dist=far)
    return {"categories": categories.tolist(), "target_weight": target_weight,
            "graph": sparse(changed)}


def numbers_case(graph, values, n_neighbors, target_weight):
    values = values.astype("f4")
    distance = pairwise_distances(values[:, None], metric="l2")
    target, _, _ = u.fuzzy_simplicial_set(distance, n_neighbors, np.random.RandomState(0),
                                          "precomputed", {}, None, None, False, 1.0, 1.0, False)
    changed = u.general_simplicial_set_intersection(graph, target, target_weight)
    return {"numbers": numbers(values), "target_weight": target_weight,
            "target_n_neighbors": n_neighbors, "graph": sparse(u.reset_local_connectivity(changed))}


def main():
    rng = np.random.default_rng(5)
    blobs = (rng.standard_normal((40, 3)) + 6.0 * rng.integers(0, 3, (40, 1))).astype("f4")
    twins = blobs.copy()
    twins[5:9] = twins[4]
    twins[20] = twins[21]
    plain, graph = graph_case("plain", blobs, 8)
    graphs = [plain,
              graph_case("equal rows", twins, 5)[0],
              graph_case("two and a half sure neighbours", blobs, 10, connectivity=2.5)[0],
              graph_case("half a sure neighbour", blobs, 6, connectivity=0.5)[0],
              graph_case("mostly both ways", blobs, 6, mix=0.3)[0],
              graph_case("one neighbour", blobs, 2)[0],
              graph_case("large distances", 1e4 * blobs, 12)[0]]
    labels = rng.integers(-1, 3, 40)
    values = rng.standard_normal(40)
    FILE.write_text(json.dumps({
        "curves": [{"min_dist": m, "spread": s, "a": a, "b": b}
                   for m, s in [(0.1, 1.0), (0.5, 1.0), (1.0, 1.0), (0.0, 1.0), (0.25, 2.0)]
                   for a, b in [u.find_ab_params(s, m)]],
        "graphs": graphs,
        "categories": [categories_case(graph, labels, weight) for weight in (0.5, 0.9, 1.0)],
        "numbers": [numbers_case(graph, values, 8, weight) for weight in (0.3, 0.5, 0.8)],
    }) + "\n")


if __name__ == "__main__":
    main()
