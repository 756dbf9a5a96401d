#!/usr/bin/env python3
"""Makes golden/prepare/hyperspy.json: what HyperSpy 1.7.3 makes of a small spectrum image.

    apt-get install -y python3-hyperspy && /usr/bin/python3 tests/golden/make_prepare.py
"""
import json
import pathlib
import warnings

import numpy as np

warnings.filterwarnings("ignore")
import hyperspy.api as hs  # noqa: E402

hs.set_log_level("ERROR")
HERE = pathlib.Path(__file__).resolve().parent
HEIGHT, WIDTH, CHANNELS, OFFSET, DISPERSION = 4, 4, 60, 400.0, 1.0
WINDOW = (410.0, 430.0)  # an even number of channels, both ends on one


def counts():
    random = np.random.default_rng(7)
    energy = OFFSET + DISPERSION * np.arange(CHANNELS)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH][..., None]
    mean = 3e9 * (1 + 0.1 * x) * energy ** -2.7 + np.where(energy > 440, 60.0 * y, 0)
    mean = mean + 90 * x * np.exp(-0.5 * ((energy - 450) / 3) ** 2)
    return random.poisson(mean).astype("f4")


def signal(data):
    s = hs.signals.EELSSpectrum(data.copy())
    axis = s.axes_manager[-1]
    axis.offset, axis.scale, axis.units = OFFSET, DISPERSION, "eV"
    return s


def main():
    data = counts()
    shifts = np.linspace(-2.3, 1.7, HEIGHT * WIDTH).reshape(HEIGHT, WIDTH)
    moved = signal(data)
    moved.shift1D(shifts, crop=True, show_progressbar=False)
    parts = {}
    for weighting in (False, True):
        s = signal(data)
        s.decomposition(normalize_poissonian_noise=weighting, algorithm="SVD", print_info=False)
        parts["poisson" if weighting else "none"] = {
            "factors": s.get_decomposition_factors().data[:3],
            "explained": s.get_explained_variance_ratio().data[:3]}
    background = signal(data).remove_background(WINDOW, background_type="Power law", fast=True,
                                                plot_remainder=False, show_progressbar=False)
    filled = signal(data).remove_background(WINDOW, background_type="Power law", fast=True,
                                            zero_fill=True, plot_remainder=False,
                                            show_progressbar=False)
    result = {
        "hyperspy": hs.__version__ if hasattr(hs, "__version__") else "1.7.3",
        "height": HEIGHT, "width": WIDTH, "offset": OFFSET, "dispersion": DISPERSION,
        "window": WINDOW, "counts": data, "background": background.data, "filled": filled.data,
        "shifts": shifts, "shifted": moved.data, "shifted_offset": moved.axes_manager[-1].offset,
        "rebinned": signal(data).rebin(scale=(2, 2, 3)).data, "components": parts}

    def plain(value):
        if isinstance(value, np.ndarray):
            return [float(f"{number:.7g}") for number in value.ravel()]
        raise TypeError(type(value))
    text = json.dumps(result, default=plain, separators=(",", ":"))
    (HERE / "prepare" / "hyperspy.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
