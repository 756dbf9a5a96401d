"""One task of svm.py with scikit-learn: the same arguments and answer as whiteline_svm_timing."""
import argparse
import json
import time
import warnings

import numpy as np
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.preprocessing import normalize
from sklearn.svm import SVC

NAMES = {"polynomial": "poly", "cosine": "linear"}


def timed(run, options):
    clock = time.process_time if options.clock == "processor" else time.perf_counter
    seconds = []
    for _ in range(options.repeats):
        start = clock()
        result = run()
        seconds.append(clock() - start)
    return seconds, result


def spectra(options, x):
    """For cosine: rows of unit length, on which scikit-learn's linear kernel is the cosine."""
    return normalize(x) if options.kernel == "cosine" else x


def classifier(options, **more):
    return SVC(kernel=NAMES.get(options.kernel, options.kernel), C=options.C, gamma=options.gamma,
               coef0=options.coef0, tol=options.tolerance, cache_size=options.cache, **more)


def objective(model, options, x):
    """Of all pairs' duals together: 1/2 a'Ka - sum |a|, in float64."""
    dots = model.support_vectors_ @ model.support_vectors_.T
    if options.kernel == "rbf":
        norms = np.diag(dots)
        K = np.exp(-options.gamma * np.maximum(norms[:, None] + norms - 2 * dots, 0))
    elif options.kernel == "sigmoid":
        K = np.tanh(options.gamma * dots + options.coef0)
    else:
        K = dots
    ends = np.cumsum(model.n_support_)
    starts = ends - model.n_support_
    total = 0.0
    for i in range(len(ends)):
        for j in range(i + 1, len(ends)):
            a, b = slice(starts[i], ends[i]), slice(starts[j], ends[j])
            signed = (np.concatenate([model.dual_coef_[j - 1, a], model.dual_coef_[i, b]])
                      if len(ends) > 2 else model.dual_coef_[0])
            rows = np.r_[a, b]
            total += 0.5 * signed @ K[np.ix_(rows, rows)] @ signed - np.abs(signed).sum()
    return total


def fit(options, x, y):
    seconds, model = timed(lambda: classifier(options).fit(spectra(options, x), y), options)
    return {"seconds": seconds, "quality": objective(model, options, spectra(options, x)),
            "support_vectors": int(model.n_support_.sum())}


def brier(model, options, x, y):
    p = model.predict_proba(spectra(options, x))
    return float(((p - (y[:, None] == model.classes_)) ** 2).sum(axis=1).mean())


def probability(options, x, y):
    def run(rows):
        return classifier(options, probability=True, random_state=1).fit(
            spectra(options, x[rows]), y[rows])
    seconds, _ = timed(lambda: run(slice(None)), options)
    half = run(slice(0, None, 2))
    return {"seconds": seconds, "quality": brier(half, options, x[1::2], y[1::2])}


def predict(options, x, y):
    model = classifier(options).fit(spectra(options, x), y)
    seconds, labels = timed(lambda: model.predict(spectra(options, x)), options)
    return {"seconds": seconds, "quality": float((labels == y).mean()),
            "support_vectors": int(model.n_support_.sum())}


def grid(options, x, y):
    def run():
        return GridSearchCV(classifier(options), {"C": options.Cs, "gamma": options.gammas},
                            cv=StratifiedKFold(options.folds), refit=False, n_jobs=1).fit(x, y)
    seconds, search = timed(run, options)
    # The tie rule of whiteline: the lowest C, then the lowest gamma.
    cells = zip(search.cv_results_["mean_test_score"], search.cv_results_["params"])
    best = min(cells, key=lambda cell: (-round(cell[0], 12), cell[1]["C"], cell[1]["gamma"]))
    return {"seconds": seconds, "quality": float(best[0]), "best": best[1]}


def matrix(options, x, y):
    seconds, K = timed(lambda: rbf_kernel(x, gamma=options.gamma), options)
    return {"seconds": seconds, "quality": float(K.astype(np.float64).mean())}


TASKS = {"fit": fit, "probability": probability, "predict": predict, "grid": grid,
         "matrix": matrix}


def numbers(text):
    return [float(word) for word in text.split(",")]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("data")
    parser.add_argument("--kernel", default="rbf")
    for name, value in (("C", 1.0), ("gamma", 1.0), ("coef0", 0.0), ("tolerance", 1e-3)):
        parser.add_argument("--" + name, type=float, default=value)
    parser.add_argument("--Cs", type=numbers, default=[])
    parser.add_argument("--gammas", type=numbers, default=[])
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--clock", choices=["wall", "processor"], default="wall")
    parser.add_argument("--cache", type=float, default=200, help="MiB, of scikit-learn")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=FutureWarning)
    with np.load(options.data) as data:
        x, y = data["spectra"], data["labels"]
    print(json.dumps(TASKS[options.task](options, x, y)))


if __name__ == "__main__":
    main()
