"""One row of neighbors.py with umap-learn, seeded: the same arguments and answer as
whiteline_umap_timing. What numba compiles is compiled before the clock starts."""
import argparse
import json
import time
import warnings

import numpy as np
import umap

parser = argparse.ArgumentParser()
parser.add_argument("rows")
parser.add_argument("out")
parser.add_argument("--channels", type=int)
parser.add_argument("--neighbors", type=int)
parser.add_argument("--min-dist", type=float)
parser.add_argument("--seed", type=int, default=42)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--repeats", type=int, default=1)
parser.add_argument("--clock", default="wall")
options = parser.parse_args()

warnings.simplefilter("ignore")
x = np.fromfile(options.rows, "f4").reshape(-1, options.channels)
clock = time.process_time if options.clock == "processor" else time.perf_counter


def fit(rows, epochs=None):
    return umap.UMAP(n_neighbors=options.neighbors, min_dist=options.min_dist, n_epochs=epochs,
                     random_state=options.seed, n_jobs=1).fit_transform(rows)


fit(x[:, :16], epochs=11)  # as many rows: umap-learn does small sets in another way
seconds = []
for _ in range(options.repeats):
    start = clock()
    found = fit(x)
    seconds.append(clock() - start)
found.astype("f4").tofile(options.out)
print(json.dumps({"seconds": seconds}))
