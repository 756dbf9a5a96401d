#!/usr/bin/env python3
"""Makes tests/golden/hyperspy/*.hspy with HyperSpy itself: what its users' files look like.

Run: /usr/bin/python3 tests/golden/make_hyperspy.py (python3-hyperspy 1.7.3). The numbers follow one
rule, value(z, y, x, E) = 1000 z + 100 y + 10 x + E, so that the tests know them.
"""
import pathlib

import hyperspy.api as hs
import numpy as np

FOLDER = pathlib.Path(__file__).parent / "hyperspy"


def numbers(shape):
    steps = np.array([1000, 100, 10, 1])[4 - len(shape):]
    return (np.indices(shape).T * steps).sum(-1).T.astype("f4")


def calibrated(signal, units=("nm", "nm", "s")):
    for axis, name, unit, scale in zip(signal.axes_manager.navigation_axes, "xyz", units,
                                       (0.25, 0.5, 2.0)):
        axis.name, axis.units, axis.scale = name, unit, scale
    energy = signal.axes_manager.signal_axes[0]
    energy.name, energy.units, energy.offset, energy.scale = "Energy loss", "eV", 460.0, 0.25
    return signal


def save(signal, name, **options):
    signal.save(FOLDER / f"{name}.hspy", overwrite=True, **options)


FOLDER.mkdir(exist_ok=True)
cube = calibrated(hs.signals.EELSSpectrum(numbers((2, 3, 40))))
cube.set_microscope_parameters(beam_energy=200.0, convergence_angle=20.0, collection_angle=30.0)
cube.metadata.General.title = "a cube / of ours"
cube.metadata.set_item("Sample.elements", ["Fe", "O"])
cube.metadata.set_item("Sample.notes", ["Größe", "b"])
cube.metadata.set_item("Sample.thickness", [0.5])
cube.metadata.set_item("Sample.counts", (1, 2, 3))
cube.metadata.set_item("Sample.nothing", [])
cube.metadata.set_item("Sample.unknown", None)
cube.original_metadata.add_dictionary({"ImageList": {"TagGroup0": {"flag": True, "text": "°"}}})
save(cube, "cube")
save(calibrated(hs.signals.EELSSpectrum(numbers((2, 2, 3, 40)))), "stack", chunks=(1, 2, 2, 40))
save(calibrated(hs.signals.EELSSpectrum(numbers((3, 40)))), "line", compression=None)
save(calibrated(hs.signals.EELSSpectrum(numbers((40,)))), "one")
even = hs.signals.EELSSpectrum(numbers((3, 40)), axes=[
    {"size": 3, "navigate": True}, {"axis": 460 + 0.25 * np.arange(40), "units": "eV"}])
save(even, "list_even")
uneven = hs.signals.EELSSpectrum(numbers((3, 40)), axes=[
    {"size": 3, "navigate": True}, {"axis": 460 * 1.01 ** np.arange(40), "units": "eV"}])
save(uneven, "list_uneven")
formula = hs.signals.EELSSpectrum(numbers((3, 40)), axes=[
    {"size": 3, "navigate": True},
    {"expression": "1240 / x", "x": {"offset": 1.0, "scale": 0.1, "size": 40}, "units": "eV"}])
save(formula, "formula")
