"""The search of whiteline_search_timing with Optuna's TPESampler at the same settings: the same
arguments and answer."""
import argparse
import json
import time

import optuna

parser = argparse.ArgumentParser()
parser.add_argument("--trials", type=int, default=500)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--clock", default="wall")
options = parser.parse_args()

CHOICES = {"structure": 14, "activation": 6, "optimizer": 3, "learning_rate": 6, "output": 2}
NUMBERS = {"layers": (1, 10), "units": (16, 1024)}
WITH_DROPOUT = (5, 6, 7, 8, 9, 11)


def suggested(trial):
    """Shares of the active parameters, drawn in the order of the space."""
    shares = {}
    for name in ("structure", "layers", "units", "activation", "optimizer", "learning_rate",
                 "output"):
        if name in CHOICES:
            shares[name] = trial.suggest_categorical(name, list(range(CHOICES[name]))) \
                / (CHOICES[name] - 1)
        else:
            low, high = NUMBERS[name]
            shares[name] = (trial.suggest_int(name, low, high) - low) / (high - low)
    if round(shares["structure"] * 13) in WITH_DROPOUT:
        shares["dropout"] = trial.suggest_categorical("dropout", list(range(5))) / 4
    return shares


optuna.logging.set_verbosity(optuna.logging.ERROR)
clock = time.process_time if options.clock == "processor" else time.perf_counter
study = optuna.create_study(sampler=optuna.samplers.TPESampler(
    seed=options.seed, n_startup_trials=20, n_ei_candidates=24))
seconds = []
for _ in range(options.trials):
    start = clock()
    trial = study.ask()
    shares = suggested(trial)
    seconds.append(clock() - start)
    study.tell(trial, sum((share - 0.3) ** 2 for share in shares.values()) / len(shares))
print(json.dumps({"seconds": seconds[-20:], "best": study.best_value}))
