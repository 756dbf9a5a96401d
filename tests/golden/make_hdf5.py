"""Writes tests/golden/hdf5: the same numbers in many layouts. Needs h5py (Debian python3-h5py)."""

import pathlib

import h5py
import numpy

folder = pathlib.Path(__file__).parent / "hdf5"
folder.mkdir(exist_ok=True)

stack, rows, columns, channels = 2, 5, 7, 33
numbers = numpy.arange(stack * rows * columns * channels).reshape(stack, rows, columns, channels)
numbers = numbers * 7919 % 251  # they fit into a byte
cube = numbers[0]

with h5py.File(folder / "layouts.h5", "w", libver="earliest") as file:
    for name in ["u1", "i2", "<u2", ">u2", "<i4", ">i4", "<i8", ">u8", "<f4", ">f4", "<f8", ">f8"]:
        file[f"contiguous_{name.replace('<', 'little_').replace('>', 'big_')}"] = cube.astype(name)
    for chunk in [(1, 1, 33), (2, 3, 33), (2, 3, 10), (5, 7, 33), (1, 4, 5), (3, 7, 33)]:
        name = "chunks_" + "_".join(map(str, chunk))
        file.create_dataset(name, data=cube.astype("<f4"), chunks=chunk, compression="gzip")
    packed = dict(compression="gzip", shuffle=True)
    file.create_dataset("packed_u2", data=cube.astype("<u2"), chunks=(2, 7, 33), **packed)
    file.create_dataset("packed_big_i4", data=cube.astype(">i4"), chunks=(2, 3, 33), **packed)
    file.create_dataset("packed_f8", data=cube.astype("<f8"), chunks=(4, 3, 12), **packed)
    file.create_dataset("stack", data=numbers.astype("<i2"), chunks=(1, 2, 7, 33), **packed)
    file.create_dataset("stack_across", data=numbers.astype("<f4"), chunks=(2, 2, 3, 20), **packed)
    file["stack_contiguous"] = numbers.astype("<i2")
    file.create_dataset("line", data=cube[0].astype("<f4"), chunks=(3, 33), **packed)
    file.create_dataset("spectrum", data=cube[0, 0].astype("<f4"), chunks=(20,), **packed)
    file.create_dataset("holes", shape=cube.shape, dtype="<f4", chunks=(2, 3, 33), fillvalue=5)
    file["holes"][2:4] = cube[2:4]
    file.create_dataset("never_written", shape=cube.shape, dtype="<f4")

with h5py.File(folder / "user_block.h5", "w", userblock_size=512) as file:
    file["cube"] = cube.astype("<u2")
