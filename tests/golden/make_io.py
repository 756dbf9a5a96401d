#!/usr/bin/env python3
"""Makes the small files of tests/golden/io with NumPy and h5py: what other programs write.

Run: /usr/bin/python3 tests/golden/make_io.py (python3-numpy, python3-h5py). The numbers follow one
rule, value(y, x, E) = 100 y + 10 x + E, so that the tests know them.
"""
import json
import pathlib
import zipfile

import h5py
import numpy as np

FOLDER = pathlib.Path(__file__).parent / "io"
H, W, E = 2, 3, 40
CUBE = (100 * np.arange(H)[:, None, None] + 10 * np.arange(W)[None, :, None]
        + np.arange(E)[None, None, :])


def numpy_files():
    for name, dtype in [("f4", "<f4"), ("big_f8", ">f8"), ("u2", "<u2"), ("big_i4", ">i4"),
                        ("i8", "<i8"), ("f2", "<f2")]:
        np.save(FOLDER / f"cube_{name}.npy", CUBE.astype(dtype))
    np.save(FOLDER / "cube_fortran.npy", np.asfortranarray(CUBE.astype("<f4")))
    with open(FOLDER / "cube_version2.npy", "wb") as file:
        np.lib.format.write_array(file, CUBE.astype("<f4"), version=(2, 0))
    table = CUBE.reshape(H * W, E)
    energy = 460 + 0.25 * np.arange(E)
    np.savez(FOLDER / "set_stored.npz", spectra=table.astype("f4"),
             labels=np.array([0, 1, 2, 0, 1, -1], "i8"), energy=energy,
             class_names=np.array([b"FeO", b"Fe3O4", b"MnO"]),
             truth_shift=np.linspace(-1, 1, 6))
    np.savez_compressed(FOLDER / "set_sklearn.npz", X=table.astype("f8"),
                        y=np.array(["Mn2+", "FeO", "FeO", "Mn3+", "Mn2+", "Mn2+"]))
    np.savez_compressed(FOLDER / "set_numbers.npz", X=table, y=np.array([3, 7, 7, 3, 11, -1]))
    np.savez_compressed(FOLDER / "image.npz", spectra=CUBE.astype("f4"), energy=energy,
                        labels=np.array([[0, 1, 1], [-1, 0, 1]]),
                        class_names=np.array(["FeO", "Fe₃O₄"]))
    with zipfile.ZipFile(FOLDER / "set_zip64.npz", "w") as archive:  # as numpy.savez, sizes unknown
        with archive.open("spectra.npy", "w", force_zip64=True) as member:
            np.lib.format.write_array(member, table.astype("f4"))
        with archive.open("labels.npy", "w", force_zip64=True) as member:
            np.lib.format.write_array(member, np.zeros(H * W, "i4"))


def axis(group, index, name, size, scale, offset, units, navigate=None, fixed=False):
    found = group.create_group(f"axis-{index}")
    text = (lambda s: np.bytes_(s)) if fixed else (lambda s: s)
    found.attrs["name"] = text(name)
    found.attrs["units"] = text(units)
    found.attrs["size"] = size
    found.attrs["scale"] = float(scale)
    found.attrs["offset"] = float(offset)
    if navigate is not None:
        found.attrs["navigate"] = bool(navigate)


def cube_axes(group, navigate=True, fixed=False):
    for index, entry in enumerate([("y", H, 0.5, 0, "nm"), ("x", W, 0.25, 0, "nm"),
                                   ("Energy loss", E, 0.25, 460, "eV")]):
        axis(group, index, *entry, navigate=(index < 2) if navigate else None, fixed=fixed)


def hyperspy_files():
    with h5py.File(FOLDER / "version_1_0.hspy", "w") as file:  # no root attributes, byte strings
        group = file.create_group("Experiments/__unnamed__")
        group["data"] = CUBE.astype("f4")
        cube_axes(group, navigate=False, fixed=True)
        mapped = group.create_group("mapped_parameters")
        mapped.attrs["title"] = np.bytes_("old scan")
        mapped.attrs["record_by"] = np.bytes_("spectrum")
        mapped.attrs["signal_type"] = np.bytes_("EELS")
        mapped.create_group("TEM").attrs["beam_energy"] = 200.0
        mapped["TEM"].create_group("EELS").attrs["collection_angle"] = 33.0
        group.create_group("original_parameters").attrs["Exposure"] = 0.25
    with h5py.File(FOLDER / "version_3_1.hspy", "w") as file:
        file.attrs["file_format"] = "HyperSpy"
        file.attrs["file_format_version"] = "3.1"
        group = file.create_group("Experiments/EELS Spectrum Image")
        group.create_dataset("data", data=CUBE.astype("u2"), chunks=(1, 2, E), compression="gzip",
                             compression_opts=4, shuffle=True)
        cube_axes(group)
        metadata = group.create_group("metadata")
        metadata.create_group("General").attrs["title"] = "Größe"
        metadata.create_group("Signal").attrs["signal_type"] = "EELS"
        tem = metadata.create_group("Acquisition_instrument/TEM")
        tem.attrs["beam_energy"] = 300.0
        tem.attrs["convergence_angle"] = 21.4
        tem.create_group("Detector/EELS").attrs["collection_angle"] = 50
        metadata.create_group("Sample").create_dataset("_list_elements",
                                                       data=np.array([b"Fe", b"O"]))
        metadata["Sample"].attrs["description"] = "_None_"
        group.create_group("original_metadata").attrs["flag"] = True
        other = file.create_group("Experiments/low loss")  # one spectrum, its axis a list
        other["data"] = np.arange(E, dtype="f8")
        axis(other, 0, "Energy loss", E, 1, 0, "eV", navigate=False)
        other["axis-0"].attrs["_type"] = "DataAxis"
        other["axis-0"]["axis"] = -2 + 0.5 * np.arange(E)
        other.create_group("metadata")
        other.create_group("original_metadata")
        complex_data = file.create_group("Experiments/phase")
        complex_data["data"] = np.ones(4, "c8")
        axis(complex_data, 0, "Energy loss", 4, 1, 0, "eV", navigate=False)
        complex_data.create_group("metadata")
        complex_data.create_group("original_metadata")
    with h5py.File(FOLDER / "lies_about_size.hspy", "w") as file:  # a terabyte in no bytes
        group = file.create_group("Experiments/huge")
        group.create_dataset("data", shape=(65536, 65536, 64), dtype="f4", chunks=(16, 16, 64))
    with h5py.File(FOLDER / "elsewhere.hspy", "w") as file:  # data of another file
        group = file.create_group("Experiments/stolen")
        group.create_dataset("data", shape=(8,), dtype="u1", external=[("/etc/hostname", 0, 8)])
        axis(group, 0, "Energy loss", 8, 1, 0, "eV", navigate=False)
        file["Experiments/linked"] = h5py.ExternalLink("version_3_1.hspy", "/Experiments/phase")


def calibrations(*entries):
    return [{"offset": offset, "scale": scale, "units": units} for offset, scale, units in entries]


def nion_files():
    spatial = calibrations((-1.5, 0.5, "nm"), (0, 0.25, "nm"), (460, 0.25, "eV"))
    said = {"instrument": {"high_tension": 60000, "convergence_angle": 0.03},
            "hardware_source": {"signal_type": "eels"}}
    exported = {"version": 1, "title": "Spectrum Image (EELS)", "is_sequence": False,
                "collection_dimension_count": 2, "datum_dimension_count": 1,
                "spatial_calibrations": spatial, "metadata": said}
    project = {"version": 13, "uuid": "0", "title": "in a project", "data_shape": [H, W, E],
               "collection_dimension_count": 2, "datum_dimension_count": 1,
               "dimensional_calibrations": spatial, "metadata": said}
    old = {"version": 8, "title": "an old project", "data_sources": [
        {"data_shape": [H, W, E], "is_sequence": False, "collection_dimension_count": 2,
         "datum_dimension_count": 1, "dimensional_calibrations": spatial}]}
    frames = {"title": "camera frames", "is_sequence": True, "collection_dimension_count": 0,
              "datum_dimension_count": 2, "dimensional_calibrations": spatial}

    def ndata(name, description, array, array_first=False):
        with zipfile.ZipFile(FOLDER / f"{name}.ndata", "w", zipfile.ZIP_STORED) as archive:
            def add_array():
                with archive.open("data.npy", "w") as member:
                    np.save(member, array)
            if array_first:
                add_array()
            archive.writestr("metadata.json", json.dumps(description))
            if not array_first:
                add_array()

    ndata("nion_export", exported, CUBE.astype("f4"))
    ndata("nion_project", project, CUBE.astype("f8"), array_first=True)
    ndata("nion_old", old, CUBE.astype("u2"))
    ndata("nion_frames", frames, CUBE.astype("f4"))
    with h5py.File(FOLDER / "nion_project.h5", "w") as file:
        file.create_dataset("data", data=CUBE.astype("f4")).attrs["properties"] = json.dumps(project)
    with h5py.File(FOLDER / "nion_export.h5", "w") as file:
        for name in ("0", "1"):
            item = file.create_dataset(f"data/{name}", data=CUBE.astype("f4") + int(name))
            item.attrs["properties"] = json.dumps(exported)


def other_hdf5_files():
    with h5py.File(FOLDER / "nexus.nxs", "w") as file:
        group = file.create_group("entry/eels")
        group.attrs["signal"] = "counts"
        group.attrs["axes"] = ["y", "x", "energy"]
        group.create_dataset("counts", data=CUBE.astype("i4")).attrs["exposure"] = 0.5
        group["y"], group["x"] = 0.5 * np.arange(H), 0.25 * np.arange(W)
        group["energy"] = 460 + 0.25 * np.arange(E)
        group["energy"].attrs["units"] = "eV"
        group["x"].attrs["units"] = group["y"].attrs["units"] = "nm"
        file["entry/name"] = "no array"
    with h5py.File(FOLDER / "berkeley.emd", "w") as file:  # energy first
        group = file.create_group("signals/cube")
        group["data"] = np.moveaxis(CUBE, -1, 0).astype("f4")
        for number, name, units, values in [(1, "E", "[e_V]", 460 + 0.25 * np.arange(E)),
                                            (2, "y", "[n_m]", 0.5 * np.arange(H)),
                                            (3, "x", "[n_m]", 0.25 * np.arange(W))]:
            axis = group.create_dataset(f"dim{number}", data=values)
            axis.attrs["name"], axis.attrs["units"] = np.bytes_(name), np.bytes_(units)


FOLDER.mkdir(exist_ok=True)
numpy_files()
nion_files()
other_hdf5_files()
hyperspy_files()
