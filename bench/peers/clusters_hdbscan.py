"""One row of clusters.py with hdbscan or fast_hdbscan: the same arguments and answer as
whiteline_clusters_timing. The first run, which compiles, is not timed."""
import argparse
import json
import time

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("rows")
parser.add_argument("out")
parser.add_argument("--tool", choices=["hdbscan", "fast_hdbscan"])
parser.add_argument("--channels", type=int)
parser.add_argument("--min-cluster-size", type=int)
parser.add_argument("--min-samples", type=int)
parser.add_argument("--graph", type=int, default=0, help="ignored: they take no neighbours")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--repeats", type=int, default=1)
parser.add_argument("--clock", default="wall")
options = parser.parse_args()

x = np.fromfile(options.rows, "f4").reshape(-1, options.channels)
# Their min_samples does not count the row itself.
params = {"min_cluster_size": options.min_cluster_size, "min_samples": options.min_samples - 1}
if options.tool == "hdbscan":
    from hdbscan import HDBSCAN
    params |= {"core_dist_n_jobs": options.threads, "approx_min_span_tree": False}
else:
    import numba
    from fast_hdbscan import HDBSCAN
    numba.set_num_threads(options.threads)


def fit(rows):
    return HDBSCAN(**params).fit(rows).labels_


if options.tool == "fast_hdbscan":
    fit(np.random.default_rng(0).standard_normal((500, options.channels)).astype("f4"))
clock = time.process_time if options.clock == "processor" else time.perf_counter
seconds = []
for _ in range(options.repeats):
    start = clock()
    labels = fit(x)
    seconds.append(clock() - start)
np.asarray(labels, "i4").tofile(options.out)
print(json.dumps({"seconds": seconds}))
