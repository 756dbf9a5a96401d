#!/usr/bin/env python3
"""Fits edge shapes to measured references and writes edge_table.cpp.

    pip install numpy scipy            (matplotlib for --plot)
    fit_edges.py DATA_FOLDER > edge_table.cpp      fit_edges.py DATA_FOLDER --plot FOLDER

A shape is a sum of Gaussian peaks h exp(-4 ln 2 (E - c)^2 / w^2) and arctan steps
h (atan(2 (E - c) / w) / pi + 1/2) (c / E)^decay, scaled so that its white lines (peaks and steps,
integrated over `line`) have unit area. Sources, all with open licences (see the data's README):

  mno-l23        mean of the 448 thinnest of 659 MnO spectra, calibrated to L3 at 640.5 eV;
                 M. Chatzidakis and G. A. Botton, Sci. Rep. 9 (2019) 2126 (MIT)
  mn-references  MnO, LaMnO3, SrMnO3, MnO2 reference curves, X. Lin (MIT). Their continuum was
                 removed; the MnO set's takes its place, scaled so that the white-line area for
                 each hole in the 3d shell is the same (5, 6, 7 holes for Mn2+, Mn3+, Mn4+)
  eelsdb         Fe2O3, EELS Data Base, Qiang Xu (ODbL); the channels at 706.95 and 716.10 eV are
                 bad; calibrated to the Fe3+ L3 maximum of 709.5 eV

Parametric, not fitted, because no open measurement exists: Fe2+ (L3 at 707.8 eV; the positions of
P. A. van Aken and B. Liebscher, Phys. Chem. Minerals 29 (2002) 188) and the O K edges of FeO and
Fe3O4 (peaks near 530, 540, 546 and 562 eV; C. Colliex, T. Manoubi and C. Ortiz, Phys. Rev. B 44
(1991) 11402).
"""
import argparse
import os

import numpy as np

HOLES = {"Mn2": 5, "Mn3": 6, "Mn4": 7}
DECAY = 3.0  # exponent of a continuum beyond its edge


def peak(energy, centre, fwhm, height):
    return height * np.exp(-4 * np.log(2) * ((energy - centre) / fwhm) ** 2)


def step(energy, centre, fwhm, height, decay=DECAY):
    rise = np.arctan(2 * (energy - centre) / fwhm) / np.pi + 0.5
    return height * rise * (centre / energy) ** decay


def total(energy, peaks, steps):
    return sum(peak(energy, *p) for p in peaks) + sum(step(energy, *s) for s in steps)


def fit(energy, intensity, l3, l2, peak_count, onset, last_peak, delayed):
    """Peaks added one by one where the residual is largest; steps of 2 : 1 at l3 and l2, and, if
    `delayed`, a third and wider one after l2."""
    from scipy.optimize import least_squares

    fixed = 5 if delayed else 2  # parameters before those of the peaks

    def unpack(v):
        steps = [(l3, v[1], v[0]), (l2, v[1], v[0] / 2)] + ([tuple(v[2:5])] if delayed else [])
        return v[fixed:].reshape(-1, 3), steps

    def residual(v):
        return total(energy, *unpack(v)) - intensity

    end = max(intensity[-5:].mean(), 1e-3)
    v = np.array([end / 1.5, 1.0, l2 + 8, 6.0, end / 3][:fixed])
    for peaks in range(1, peak_count + 1):
        left = -np.convolve(residual(v), np.ones(5) / 5, "same")
        centre = energy[np.argmax(np.where((energy > onset + 1) & (energy < last_peak), left, 0))]
        v = np.append(v, [centre, 1.5, max(left.max(), 1e-3)])
        low = [0, 0.3, l2 + 2, 2, 0][:fixed] + [onset, 0.3, 0] * peaks
        high = [1, 3, l2 + 25, 20, 1][:fixed] + [last_peak, 9, 3] * peaks
        v = least_squares(residual, np.clip(v, low, high), bounds=(low, high)).x
    peaks, steps = unpack(v)
    peaks = sorted(tuple(p) for p in peaks if p[2] > 1e-3)
    return peaks, steps, np.sqrt(np.mean(residual(v) ** 2))


def read_msa(path):
    rows = [line.replace(",", " ").split() for line in open(path) if not line.startswith("#")]
    return np.array([r for r in rows if len(r) == 2], float).T


def reference(folder, name):
    table = np.genfromtxt(f"{folder}/mn-references/{name}.csv", delimiter=",", skip_header=1)
    energy, intensity = table[np.argsort(table[:, 0])].T
    energy, first = np.unique(energy, return_index=True)
    grid = np.arange(energy[0], energy[-1], 0.1)
    intensity = np.interp(grid, energy, intensity[first])
    intensity = intensity - np.median(intensity[:15])
    return grid, intensity / intensity.max()


def mno_set(folder):
    spectra = np.load(f"{folder}/mno-l23/mno_659x700_f32.npy").astype(float)
    mean = spectra[np.load(f"{folder}/mno-l23/thinnest_rows_448_i32.npy")].mean(axis=0)
    energy = 615 + 0.1 * np.arange(700)
    energy += 640.5 - energy[mean.argmax()]
    used = energy > 630
    mean = mean - mean[(energy > 625) & (energy < 634)].mean()
    return energy[used], mean[used] / mean.max()


def iron_oxide(folder):
    energy, counts = read_msa(f"{folder}/eelsdb/fe2o3_l23_DspecTi3wqG.msa")
    bad = (abs(energy - 706.95) < 0.03) | (abs(energy - 716.10) < 0.03)
    counts[bad] = np.interp(energy[bad], energy[~bad], counts[~bad])
    before = energy < 706
    line = np.polyfit(np.log(energy[before]), np.log(counts[before]), 1)
    counts = counts - np.exp(np.polyval(line, np.log(energy)))
    energy = energy + 709.5 - energy[counts.argmax()]
    used = energy > 700
    return energy[used], counts[used] / counts.max()


def fitted_shapes(folder):
    """(name, source, (energy, intensity), peaks, steps, rms, line) of each measured reference."""
    shapes, line = [], (637.0, 660.0)
    data = mno_set(folder)
    peaks, continuum, rms = fit(*data, 640.5, 652.0, 9, 636.5, 660.0, True)
    shapes.append(("mn2_set", "MnO, mean of mno-l23", data, peaks, continuum, rms, line))
    fine = np.arange(*line, 0.05)
    area = total(fine, peaks, []).sum()
    rows = [("Mn2", "Data2_MnO", 9, 640.5, 652.0), ("Mn2", "Data3_MnO", 9, 640.5, 652.0),
            ("Mn3", "Data2_LaMnO3", 8, 642.0, 653.0), ("Mn3", "Data3_LaMnO3", 8, 642.0, 653.0),
            ("Mn4", "Data2_SrMnO3", 8, 643.0, 654.0), ("Mn4", "Data3_MnO2", 8, 643.5, 654.5)]
    for valence, name, count, l3, l2 in rows:
        data = reference(folder, name)
        peaks, steps, rms = fit(*data, l3, l2, count, data[0][0], 660.0, False)
        scale = total(fine, peaks, []).sum() / area * HOLES["Mn2"] / HOLES[valence]
        moved = [(c + m, w, h * scale) for (c, w, h), m in
                 zip(continuum, (l3 - 640.5, l2 - 652.0, l2 - 652.0))]
        key = valence.lower() + "_" + name.lower().replace("data", "ref")
        shapes.append((key, name.split("_")[1] + ", mn-references " + name, data, peaks, moved, rms,
                       line, (peaks, steps)))
    data = iron_oxide(folder)
    peaks, steps, rms = fit(*data, 709.5, 722.0, 8, 704.0, 732.0, True)
    shapes.append(("fe3", "Fe2O3, eelsdb", data, peaks, steps, rms, (703.0, 730.0)))
    return shapes


PARAMETRIC = [
    ("fe2", "parametric, L3 at 707.8 eV",
     [(707.8, 1.7, 1.0), (709.6, 2.3, 0.38), (712.5, 4.0, 0.08), (720.6, 2.0, 0.17),
      (722.8, 2.6, 0.14)],
     [(707.8, 1.2, 0.06), (720.6, 1.2, 0.03), (732.0, 8.0, 0.05)], (703.0, 730.0)),
    ("o_feo", "parametric, O K of FeO",
     [(532.3, 2.2, 0.16), (537.6, 4.2, 0.42), (541.4, 4.6, 0.52), (546.5, 6.0, 0.16),
      (560.5, 11.0, 0.26)],
     [(536.0, 3.0, 0.48)], (526.0, 560.0)),
    ("o_fe3o4", "parametric, O K of Fe3O4",
     [(530.4, 2.1, 0.34), (537.2, 4.0, 0.30), (540.2, 4.4, 0.54), (545.8, 6.0, 0.20),
      (563.0, 11.0, 0.26)],
     [(535.2, 3.0, 0.48)], (526.0, 560.0)),
]


def normalised(peaks, steps, line):
    energy = np.arange(line[0], line[1], 0.05)
    scale = 1 / (total(energy, peaks, steps).sum() * 0.05)
    return [(c, w, h * scale) for c, w, h in peaks], [(c, w, h * scale) for c, w, h in steps]


def write(shapes):
    print("// Written by fit_edges.py, which names the sources; do not edit.")
    print('#include "algorithms/synth/edge_table.hpp"\n\nnamespace whiteline::synth {\nnamespace {\n')
    for name, source, peaks, steps, _, line in shapes:
        peaks, steps = normalised(peaks, steps, line)
        print(f"// {source}.\nconstexpr Peak {name}_peaks[] = {{")
        print("".join(f"    {{{c:.2f}, {w:.3f}, {h:.6f}}},\n" for c, w, h in peaks) + "};")
        print(f"constexpr Step {name}_steps[] = {{")
        print("".join(f"    {{{c:.2f}, {w:.3f}, {h:.6f}, {DECAY}}},\n" for c, w, h in steps) + "};")
    print("\nconstexpr EdgeShape table[] = {")
    for name, source, _, _, rms, line in shapes:
        print(f'    {{"{name}", "{source}", {rms:.4f}, {line[0]}, {line[1]}, {name}_peaks, '
              f"{name}_steps}},")
    print("};\n\n}  // namespace\n")
    print("std::span<const EdgeShape> edge_table() { return table; }\n")
    print("}  // namespace whiteline::synth")


def plot(shapes, folder):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot

    os.makedirs(folder, exist_ok=True)
    for name, source, data, peaks, steps, rms, line, *shown in shapes:
        figure, axes = pyplot.subplots(figsize=(9, 5))
        energy = np.arange(line[0] - 15, line[1] + 60, 0.05)
        if data is not None:
            axes.plot(*data, "k.", ms=2, label="measured")
            axes.plot(data[0], total(data[0], *(shown[0] if shown else (peaks, steps))), "r",
                      label="fit")
        axes.plot(energy, total(energy, peaks, steps), "b--", lw=0.7, label="table")
        axes.set_title(f"{name}: {source}, rms {rms:.4f}")
        axes.legend()
        figure.savefig(f"{folder}/{name}.png", dpi=60)
        pyplot.close(figure)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", help="folder of measured spectra")
    parser.add_argument("--plot", metavar="FOLDER", help="draw the fits instead")
    arguments = parser.parse_args()
    shapes = fitted_shapes(arguments.data)
    shapes += [(n, s, None, p, t, 0.0, line) for n, s, p, t, line in PARAMETRIC]
    if arguments.plot:
        return plot(shapes, arguments.plot)
    write([(s[0], s[1], s[3], s[4], s[5], s[6]) for s in shapes])


if __name__ == "__main__":
    main()
