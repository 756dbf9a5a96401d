#!/usr/bin/env python3
"""Makes tests/golden/metrics/*.json with scikit-learn: labels, probabilities, and their scores.

Run: python3 tests/golden/make_metrics.py (scikit-learn 1.2.1, NumPy).
"""
import json
import pathlib
import warnings

import numpy as np
import sklearn.metrics as m
from sklearn.calibration import calibration_curve

FOLDER = pathlib.Path(__file__).parent / "metrics"


def scores_of(truth, predicted, classes):
    labels = list(range(classes))
    present = sorted(set(truth) | set(predicted))
    precision, recall, f1, support = m.precision_recall_fscore_support(
        truth, predicted, labels=labels, zero_division=0)
    out = {"confusion": m.confusion_matrix(truth, predicted, labels=labels).ravel().tolist(),
           "accuracy": m.accuracy_score(truth, predicted),
           "balanced_accuracy": m.balanced_accuracy_score(truth, predicted),
           "matthews": m.matthews_corrcoef(truth, predicted),
           "precision": precision.tolist(), "recall": recall.tolist(), "f1": f1.tolist(),
           "support": support.tolist(), "present": [int(c) for c in present]}
    for average in ("macro", "weighted"):
        p, r, f, _ = m.precision_recall_fscore_support(truth, predicted, labels=present,
                                                       average=average, zero_division=0)
        out[average] = [p, r, f]
    return out


def curve_of(holds, claimed, bins, strategy):
    observed, probability = calibration_curve(holds, claimed, n_bins=bins, strategy=strategy)
    return {"bins": bins, "strategy": strategy, "observed": observed.tolist(),
            "probability": probability.tolist()}


def probability_scores_of(truth, p):
    classes = p.shape[1]
    labels = list(range(classes))
    p64 = p.astype("f8")
    onehot = np.eye(classes)[truth]
    out = {"log_loss": m.log_loss(truth, p64 / p64.sum(1, keepdims=True), labels=labels,
                                  eps=float(np.finfo("f4").eps)),
           "brier": float(sum(m.brier_score_loss(onehot[:, c], p64[:, c]) for c in labels)),
           "top": [], "of_class": []}
    best = p64.argmax(1)
    for bins, strategy in [(10, "uniform"), (7, "quantile")]:
        out["top"].append(curve_of(best == truth, p64.max(1), bins, strategy))
        out["of_class"].append([curve_of(truth == c, p64[:, c], bins, strategy) for c in labels])
    return out


def make(name, rows, classes, seed, spread, absent_truth=(), absent_label=()):
    rng = np.random.default_rng(seed)
    truth = rng.choice([c for c in range(classes) if c not in absent_truth], rows)
    logits = spread * rng.standard_normal((rows, classes)) + 1.5 * np.eye(classes)[truth]
    logits[:, list(absent_label)] -= 30
    p = np.exp(logits - logits.max(1, keepdims=True))
    p = (p / p.sum(1, keepdims=True)).astype("f4")
    predicted = p.argmax(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        case = {"classes": classes, "truth": truth.tolist(), "predicted": predicted.tolist(),
                "probabilities": [float(f"{v:.9g}") for v in p.ravel()],
                **scores_of(truth, predicted, classes), **probability_scores_of(truth, p)}
    (FOLDER / f"{name}.json").write_text(json.dumps(case) + "\n")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    make("four_classes", 150, 4, 1, 1.0)
    make("two_classes", 90, 2, 2, 1.5)
    make("never_labelled", 80, 4, 3, 1.0, absent_label=[2])
    make("no_such_rows", 80, 4, 4, 1.0, absent_truth=[1])
    make("left_out", 80, 4, 5, 1.0, absent_truth=[3], absent_label=[3])
    make("sure", 60, 3, 6, 25.0)
