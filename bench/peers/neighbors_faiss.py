"""One row of neighbors.py with faiss: the same arguments and answer as
whiteline_neighbors_timing."""
import argparse
import json
import time

import faiss
import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("rows")
parser.add_argument("out")
parser.add_argument("--channels", type=int)
parser.add_argument("--k", type=int)
parser.add_argument("--metric", choices=["euclidean"], default="euclidean")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--repeats", type=int, default=1)
parser.add_argument("--clock", default="wall")
options = parser.parse_args()

faiss.omp_set_num_threads(options.threads)
x = np.fromfile(options.rows, "f4").reshape(-1, options.channels)
clock = time.process_time if options.clock == "processor" else time.perf_counter
seconds = []
for _ in range(options.repeats):
    start = clock()
    index = faiss.IndexFlatL2(x.shape[1])
    index.add(x)
    _, found = index.search(x, options.k + 1)
    seconds.append(clock() - start)
# Each row finds itself, first unless another is equal to it.
own = np.arange(len(x))[:, None]
keep = found != own
keep[keep.all(axis=1), -1] = False
found[keep].astype("i4").tofile(options.out)
print(json.dumps({"seconds": seconds}))
