"""Probabilities of an ONNX file for the spectra of an .npz by onnxruntime, against those of a
labels.csv of `whiteline classify`: DATA MODEL LABELS."""
import csv
import json
import sys

import numpy
import onnx
import onnxruntime

TOLERANCE = 1e-5

data, model, labels = sys.argv[1:]
graph = onnx.load(model)
onnx.checker.check_model(graph, full_check=True)
names = json.loads({entry.key: entry.value for entry in graph.metadata_props}["class_names"])
with open(labels, newline="", encoding="utf-8") as file:
    ours = numpy.array([[float(row[f"P({name})"]) for name in names]
                        for row in csv.DictReader(file)])
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
spectra = numpy.load(data)["spectra"].astype(numpy.float32)
parts = [session.run(["labels", "probabilities"], {"spectra": spectra[first:first + 64]})
         for first in range(0, len(spectra), 64)]
found, theirs = (numpy.concatenate(part) for part in zip(*parts))

difference = float(abs(theirs - ours).max())
if not difference < TOLERANCE:
    sys.exit(f"{model}: probabilities differ by {difference}")
ordered = numpy.sort(ours, axis=1)
sure = ordered[:, -1] - ordered[:, -2] > 2 * TOLERANCE
if (found[sure] != ours.argmax(axis=1)[sure]).any():
    sys.exit(f"{model}: labels differ")
print(json.dumps({"spectra": len(spectra), "difference": difference}))
