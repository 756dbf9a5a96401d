"""What the side-by-side programs of this folder share: environments, pinned runs, rows, tables.

Standard library only. A row says how we do against another tool on the same data, on the same
processor, in the same run:

    {"row", "ours", "peer", "unit", "ratio", "peer_name", "quality_ours", "quality_peer", "threads"}

ratio > 1 means that ours is better, whatever the unit. Quality is what each row's script says
(objective, accuracy, ...); None where there is nothing to compare.
"""
import argparse
import dataclasses
import json
import mmap
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
                    "BLIS_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclasses.dataclass
class Row:
    row: str
    ours: float
    peer: float
    unit: str
    peer_name: str
    quality_ours: float | None = None
    quality_peer: float | None = None
    threads: int = 1

    @property
    def ratio(self):
        smaller_is_better = self.unit in ("s", "ms", "us", "bytes")
        return self.peer / self.ours if smaller_is_better else self.ours / self.peer

    def as_json(self):
        return {"row": self.row, "ours": self.ours, "peer": self.peer, "unit": self.unit,
                "ratio": self.ratio, "peer_name": self.peer_name,
                "quality_ours": self.quality_ours, "quality_peer": self.quality_peer,
                "threads": self.threads}


def table(rows):
    """Rows as a Markdown table."""
    def number(value):
        return "" if value is None else f"{value:.6g}"
    lines = ["| row | ours | peer | unit | ratio | peer name | quality, ours | peer | threads |",
             "|---|---|---|---|---|---|---|---|---|"]
    for row in rows:
        lines.append(f"| {row.row} | {row.ours:.4g} | {row.peer:.4g} | {row.unit} | "
                     f"{row.ratio:.3g} | {row.peer_name} | {number(row.quality_ours)} | "
                     f"{number(row.quality_peer)} | {row.threads} |")
    return "\n".join(lines)


def write_json(path, rows):
    path = pathlib.Path(path)
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(json.dumps([row.as_json() for row in rows], indent=1) + "\n")
    temporary.replace(path)


def python_with(modules, packages, folder):
    """A Python that imports `modules`: this one, else a venv in `folder`, made when missing."""
    def has_all(python):
        return subprocess.run([python, "-c", "import " + ", ".join(modules)],
                              stderr=subprocess.DEVNULL, check=False).returncode == 0
    if has_all(sys.executable):
        return sys.executable
    python = str(pathlib.Path(folder) / "bin/python")
    if not pathlib.Path(python).exists():
        print(f"making {folder} with {', '.join(packages)}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    if not has_all(python):
        sys.exit(f"{python} cannot import {', '.join(modules)}: remove {folder} and try again")
    return python


def test_data():
    """The folder of measured and fixed sets, which only some machines have."""
    return pathlib.Path(os.environ.get("WHITELINE_TEST_DATA", ROOT / "../shared/data"))


def program(options, name):
    """One of our programs; where it is missing, says what builds it."""
    path = pathlib.Path(options.bin) / name
    if not path.exists():
        timing = "" if name == "whiteline" else name + " "
        sys.exit(f"there is no {path}: cmake --preset bench && "
                 f"cmake --build --preset bench --target {timing}whiteline_command")
    return path


def white_lines(options, folder):
    """WL as .npz: the set that is given or the fixed one, else one that is generated."""
    source = pathlib.Path(options.data) if options.data else \
        test_data() / "wl-hard/wl_hard_7187x700.npz"
    if not source.exists():
        source = folder / "synth_wl.npz"
        if not source.exists():
            subprocess.run([program(options, "whiteline"), "synth", "wl", "-o", source, "--quiet"],
                           check=True)
    return source


def touch_memory(gibibytes):
    """Takes memory and gives it back. A virtual machine gets a page from its host when it is first
    touched, which can take longer than the work that is timed, and is no part of either side's."""
    block = bytes(1 << 20)
    with mmap.mmap(-1, gibibytes << 30) as memory:
        for _ in range(gibibytes << 10):
            memory.write(block)


def allowed_cores():
    return sorted(os.sched_getaffinity(0))


def pinned(command, threads=1):
    """`command`, and the environment for it, on the first `threads` cores this process may use."""
    environment = dict(os.environ) | {name: str(threads) for name in THREAD_VARIABLES}
    if shutil.which("taskset"):
        cores = ",".join(str(core) for core in allowed_cores()[:threads])
        command = ["taskset", "-c", cores, *command]
    return [str(word) for word in command], environment


def run_json(command, threads=1):
    """Runs a program, pinned, that prints one JSON object."""
    command, environment = pinned(command, threads)
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"failed with {done.returncode}: {' '.join(command)}")
    return json.loads(done.stdout)


def in_turn(ours, peer, rounds):
    """Runs both programs `rounds` times in turn; the medians of all their times, and the last
    answers. Each is a function that returns {"seconds": [...], ...}."""
    seconds = {"ours": [], "peer": []}
    answers = {}
    for _ in range(rounds):
        for name, program in (("ours", ours), ("peer", peer)):
            answers[name] = program()
            seconds[name] += answers[name]["seconds"]
    return (statistics.median(seconds["ours"]), statistics.median(seconds["peer"]),
            answers["ours"], answers["peer"])


def command_line(description, names, work):
    """The options that all these programs have, for more to be added. `work`: folder for data."""
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default=",".join(names), help="row ids between commas")
    parser.add_argument("--rounds", type=int, default=3, help="ours and theirs in turn")
    parser.add_argument("--clock", choices=["wall", "processor"], default="wall",
                        help="processor time (rows of one thread) suffers less on a busy machine")
    parser.add_argument("--json", help="file for the rows")
    parser.add_argument("--bin", default=ROOT / "build/bench/bin", help="our programs")
    parser.add_argument("--work", default=work, help="for data and, where one is made, a venv")
    return parser


def parsed(parser, names):
    """The options, and the rows asked for, which are among `names`."""
    options = parser.parse_args()
    wanted = options.rows.split(",")
    unknown = sorted(set(wanted) - set(names))
    if unknown:
        parser.error(f"no row {', '.join(unknown)}; there are {', '.join(names)}")
    return options, wanted


def run_rows(comparisons, run, path):
    """run(one) for each (one, row id, threads) that this machine has the cores for; prints the
    table and, with a path, writes the rows so far after each."""
    rows = []
    for one, name, threads in comparisons:
        if threads > len(allowed_cores()):
            print(f"{name}: left out, this machine has fewer than {threads} cores")
            continue
        rows.append(run(one))
        if path:
            write_json(path, rows)
    print(table(rows))
