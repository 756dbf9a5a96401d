#!/usr/bin/env python3
"""Networks as ONNX files in onnxruntime, beside our own inference of the same model.

    cmake --preset bench
    cmake --build --preset bench --target whiteline_command
    python3 bench/peers/onnx.py [--rows dense_tpe,conv_tpe] [--json FILE]

Each row is a preset, trained for an epoch on a part of the set W and exported by `whiteline
convert`. The file must pass ONNX's checker; probabilities of all spectra must be ours to within
1e-4, labels the same wherever ours are surer than that: else the program fails. Units are
raw spectra a second, prepared (window, maximum) and classified; quality of the peer is the largest
difference between the two's probabilities. A venv with onnxruntime is made where this Python has
none.
"""
import json
import pathlib
import subprocess
import sys

import peers

HERE = pathlib.Path(__file__).resolve().parent
PRESETS = ["dense_tpe", "dense_tpe_500", "dense_rs_10", "dense_rs_30", "conv_tpe", "conv_tpe_500",
           "conv_rs_10", "conv_rs_30"]


def main():
    parser = peers.command_line(__doc__, PRESETS, peers.ROOT / "build/peers/onnx")
    parser.add_argument("--python", help="one with onnxruntime and onnx")
    parser.add_argument("--scale", type=float, default=0.1, help="times the 4094 spectra of W")
    options, wanted = peers.parsed(parser, PRESETS)
    work = pathlib.Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    command = [peers.program(options, "whiteline")]
    python = options.python or peers.python_with(["onnxruntime", "onnx", "numpy"],
                                                 ["onnxruntime", "onnx", "numpy"],
                                                 work / "venv-onnx")
    data = work / "w.npz"
    peers.run_json([*command, "synth", "w", "--scale", options.scale, "-o", data, "--force",
                    "--json"])

    def run(preset):
        model = work / f"{preset}.safetensors"
        peers.run_json([*command, "train", data, "--model", f"net:{preset}", "--window", "600:775",
                        "--normalise", "max", "--learning-rate", 1e-3, "--epochs", 1, "--device",
                        "cpu", "-o", model, "--force", "--json"])
        peers.run_json([*command, "convert", model, model.with_suffix(".onnx"), "--force",
                        "--json"])

        def ours():
            record = peers.run_json([*command, "classify", data, "--model", model, "--device",
                                     "cpu", "--threads", 1, "-o", work / preset, "--force",
                                     "--json"])
            return {"seconds": [record["phases"]["classify"]], "spectra": record["spectra"]}

        def theirs():
            return peers.run_json([python, HERE / "onnx_runtime.py", data,
                                   model.with_suffix(".onnx"), work / preset / "labels.csv"])
        seconds, peer_seconds, answer, peer_answer = peers.in_turn(ours, theirs, options.rounds)
        spectra = peer_answer["spectra"]
        return peers.Row(preset, spectra / seconds, spectra / peer_seconds, "spectra/s",
                         "onnxruntime", None, peer_answer["difference"])

    peers.run_rows([(name, name, 1) for name in wanted], run, options.json)


if __name__ == "__main__":
    main()
