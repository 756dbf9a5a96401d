"""A fit with LIBSVM's own library (apt: libsvm-tools), data in memory; arguments as svm_sklearn.py.

Called through ctypes, because svm-train would be timed with the reading of its text.
"""
import argparse
import ctypes
import json
import re
import time

import numpy as np

KERNELS = {"linear": 0, "cosine": 0, "rbf": 2, "sigmoid": 3}


class Problem(ctypes.Structure):
    _fields_ = [("l", ctypes.c_int), ("y", ctypes.c_void_p), ("x", ctypes.c_void_p)]


class Parameter(ctypes.Structure):
    _fields_ = [("svm_type", ctypes.c_int), ("kernel_type", ctypes.c_int),
                ("degree", ctypes.c_int), ("gamma", ctypes.c_double), ("coef0", ctypes.c_double),
                ("cache_size", ctypes.c_double), ("eps", ctypes.c_double), ("C", ctypes.c_double),
                ("nr_weight", ctypes.c_int), ("weight_label", ctypes.c_void_p),
                ("weight", ctypes.c_void_p), ("nu", ctypes.c_double), ("p", ctypes.c_double),
                ("shrinking", ctypes.c_int), ("probability", ctypes.c_int)]


def nodes(x):
    """Rows as LIBSVM keeps them: (index, value) pairs, zeros left out, each row ended by -1."""
    kind = np.dtype([("index", "i4"), ("value", "f8")], align=True)
    rows = []
    for row in x:
        columns = np.flatnonzero(row)
        one = np.zeros(len(columns) + 1, kind)
        one["index"][:-1] = columns + 1
        one["value"][:-1] = row[columns]
        one["index"][-1] = -1
        rows.append(one)
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("task", choices=["fit"])
    parser.add_argument("data")
    parser.add_argument("--kernel", choices=KERNELS, default="rbf")
    for name, value in (("C", 1.0), ("gamma", 1.0), ("coef0", 0.0), ("tolerance", 1e-3)):
        parser.add_argument("--" + name, type=float, default=value)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--clock", choices=["wall", "processor"], default="wall")
    options = parser.parse_args()
    with np.load(options.data) as data:
        x, y = data["spectra"].astype(np.float64), data["labels"].astype(np.float64)
    if options.kernel == "cosine":
        x /= np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-300)
    library = ctypes.CDLL("libsvm.so.3")
    library.svm_train.restype = ctypes.c_void_p
    library.svm_get_nr_sv.argtypes = [ctypes.c_void_p]
    said = []
    callback = ctypes.CFUNCTYPE(None, ctypes.c_char_p)(said.append)
    library.svm_set_print_string_function(callback)
    rows = nodes(x)
    pointers = np.array([row.ctypes.data for row in rows], np.uintp)
    problem = Problem(len(y), y.ctypes.data, pointers.ctypes.data)
    parameter = Parameter(0, KERNELS[options.kernel], 3, options.gamma, options.coef0, 200,
                          options.tolerance, options.C, 0, None, None, 0.5, 0.1, 1, 0)
    clock = time.process_time if options.clock == "processor" else time.perf_counter
    seconds = []
    for _ in range(options.repeats):
        said.clear()
        start = clock()
        model = library.svm_train(ctypes.byref(problem), ctypes.byref(parameter))
        seconds.append(clock() - start)
    text = b"".join(said).decode()
    objective = sum(float(value) for value in re.findall(r"obj = (\S+),", text))
    print(json.dumps({"seconds": seconds, "quality": objective,
                      "support_vectors": library.svm_get_nr_sv(model)}))


if __name__ == "__main__":
    main()
