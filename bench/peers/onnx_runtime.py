"""Probabilities of an ONNX file for the spectra of an .npz by onnxruntime, one thread, against those
of a labels.csv of `whiteline classify`."""
import csv
import json
import sys
import time

import numpy
import onnx
import onnxruntime

data, model, labels = sys.argv[1:]
onnx.checker.check_model(onnx.load(model), full_check=True)
spectra = numpy.load(data)["spectra"].astype(numpy.float32)
with open(labels, newline="", encoding="utf-8") as file:
    rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
names = json.loads(onnx.load(model).metadata_props[0].value)
ours = numpy.array([[float(row[f"P({name})"]) for name in names] for row in rows])

threads = onnxruntime.SessionOptions()
threads.intra_op_num_threads = threads.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(model, threads, providers=["CPUExecutionProvider"])
start = time.perf_counter()
parts = [session.run(["labels", "probabilities"], {"spectra": spectra[first:first + 256]})
         for first in range(0, len(spectra), 256)]
seconds = time.perf_counter() - start
found, theirs = (numpy.concatenate(part) for part in zip(*parts))

difference = float(abs(theirs - ours).max())
if not difference < 1e-4:
    sys.exit(f"{model}: probabilities differ by {difference}")
sure = numpy.sort(ours, axis=1)
sure = sure[:, -1] - sure[:, -2] > 2e-4
if (found[sure] != ours.argmax(axis=1)[sure]).any():
    sys.exit(f"{model}: labels differ")
print(json.dumps({"seconds": [seconds], "spectra": len(spectra), "difference": difference}))
