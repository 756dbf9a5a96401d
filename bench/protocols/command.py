"""The `whiteline` command, as the protocols run it."""
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(whiteline, *arguments):
    """Runs the command; what it prints with --json, as an object. Ends the program on failure."""
    command = [str(whiteline), *map(str, arguments), "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"failed with {done.returncode}: {' '.join(command)}")
    return json.loads(done.stdout)
