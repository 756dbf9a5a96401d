#!/usr/bin/env python3
"""Writes folds.json: labels, and the folds that scikit-learn's StratifiedKFold gives them."""
import json
import pathlib

import numpy
import sklearn
from sklearn.model_selection import StratifiedKFold

random = numpy.random.RandomState(7)
cases = []
for labels, folds in [
    ([0, 0, 1, 1, 0, 1, 0, 1], 2),
    ([5, -3, 5, 5, -3, -3, 5, -3, 5, 5, 5], 3),
    (list(random.randint(0, 3, 40)), 5),
    (sorted(random.randint(0, 4, 61)), 4),
    (list(numpy.repeat([9, 2, 7], [33, 7, 20])), 7),
    (list(random.permutation(numpy.repeat([2, 0, 1], [101, 13, 52]))), 10),
]:
    labels = [int(label) for label in labels]
    fold = [0] * len(labels)
    for number, (_, held_out) in enumerate(StratifiedKFold(folds).split(labels, labels)):
        for row in held_out:
            fold[row] = number
    cases.append({"labels": labels, "folds": folds, "fold": fold})
text = json.dumps({"scikit-learn": sklearn.__version__, "cases": cases}, separators=(",", ":"))
pathlib.Path(__file__).with_name("folds.json").write_text(text.replace("{\"labels", "\n{\"labels") + "\n")
