#!/usr/bin/env python3
"""Networks as ONNX files: does onnxruntime say what we say?

    cmake --preset bench
    cmake --build --preset bench --target whiteline_command
    python3 bench/peers/onnx_export.py [--rows dense_tpe,conv_tpe] [--json FILE]

Each row is a preset, trained for an epoch on a part of the set W and exported by `whiteline
convert`; the graph takes raw spectra (window, maximum). The file must pass ONNX's checker,
probabilities of all spectra must be ours to within 1e-5, and labels the same wherever ours are
surer than that: else the program fails. A venv with onnxruntime is made where this Python has none.
How fast our own inference is, networks.py says.
"""
import json
import pathlib

import peers

HERE = pathlib.Path(__file__).resolve().parent
PRESETS = ["dense_tpe", "dense_tpe_500", "dense_rs_10", "dense_rs_30", "conv_tpe", "conv_tpe_500",
           "conv_rs_10", "conv_rs_30"]
MODULES = ["onnxruntime", "onnx", "numpy"]


def main():
    parser = peers.command_line(__doc__, PRESETS, peers.ROOT / "build/peers/onnx")
    parser.add_argument("--python", help="one with onnxruntime and onnx")
    parser.add_argument("--scale", type=float, default=0.1, help="times the 4094 spectra of W")
    options, wanted = peers.parsed(parser, PRESETS)
    work = pathlib.Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    program = peers.program(options, "whiteline")
    python = options.python or peers.python_with(MODULES, MODULES, work / "venv-onnx")
    data = work / "w.npz"

    def whiteline(*words):
        return peers.run_json([program, *words, "--force", "--quiet", "--json"])

    whiteline("synth", "w", "--scale", options.scale, "-o", data)
    print("| preset | parameters | spectra | largest difference of probabilities |\n|---|---|---|---|")
    rows = []
    for preset in wanted:
        model, exported = work / f"{preset}.safetensors", work / f"{preset}.onnx"
        trained = whiteline("train", data, "--model", f"net:{preset}", "--window", "600:775",
                            "--normalise", "max", "--learning-rate", 1e-3, "--epochs", 1,
                            "--device", "cpu", "-o", model)
        whiteline("convert", model, exported)
        whiteline("classify", data, "--model", model, "--device", "cpu", "-o", work / preset)
        found = peers.run_json([python, HERE / "onnx_runtime.py", data, exported,
                                work / preset / "labels.csv"])
        rows.append({"preset": preset, "parameters": trained["network"]["parameters"], **found})
        print(f"| {preset} | {rows[-1]['parameters']} | {found['spectra']} | "
              f"{found['difference']:.2g} |", flush=True)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
