#!/usr/bin/env python3
"""Writes arrays of every type with numpy itself, and what is in them, for tests/sdk/table/npz_test.cpp.

    python make_npz.py --out ../goldens/npz

Needs numpy."""

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

TYPES = ["?", "|i1", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8", "|u1", "<u2", ">u2", "<u4", ">u4", "<u8", ">u8",
         "<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "|S5", "<U4", ">U4"]
SHAPES = [(), (1,), (7,), (3, 4), (2, 3, 5), (0, 3), (2, 1, 2, 2)]
WORDS = ["", "a", "yes", "\u00e9t\u00e9", "\u65e5\u672c", "x\U0001f600", "long"]


def array(rng, dtype, shape):
    kind = np.dtype(dtype).kind
    count = int(np.prod(shape))
    if kind in "SU":
        words = [w for w in WORDS if kind == "U" or w.isascii()]
        values = np.array([words[i % len(words)] for i in range(count)] or [""], dtype=dtype)[:count]
    elif kind == "b":
        values = rng.integers(0, 2, count).astype(bool)
    elif kind == "f":
        values = (rng.normal(0, 100, count)).astype(dtype)
    else:
        info = np.iinfo(dtype)
        values = rng.integers(max(info.min, -2**62), min(info.max, 2**62), count, endpoint=True).astype(dtype)
    return values.reshape(shape)


def plain(values):
    kind = values.dtype.kind
    flat = values.ravel(order="C").tolist()
    if kind == "S":
        return [value.decode() for value in flat]
    return [int(value) for value in flat] if kind == "b" else flat


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")  # numpy warns of versions that old readers do not know
    rng = np.random.default_rng(11)
    arrays, expected = {}, {}
    for dtype in TYPES:
        for shape in SHAPES:
            for order in "CF":
                values = array(rng, dtype, shape)
                values = np.asfortranarray(values) if order == "F" else np.ascontiguousarray(values).reshape(shape)
                name = f"a{len(arrays)}"
                arrays[name] = values
                expected[name] = {"kind": values.dtype.kind, "shape": list(values.shape), "values": plain(values)}
    np.savez(args.out / "stored.npz", **arrays)
    np.savez_compressed(args.out / "deflated.npz", **arrays)
    for version in ((1, 0), (2, 0), (3, 0)):
        with open(args.out / f"version{version[0]}.npy", "wb") as stream:
            npy.write_array(stream, np.arange(6, dtype="<i4").reshape(2, 3), version=version)
    with open(args.out / "objects.npy", "wb") as stream:
        npy.write_array(stream, np.array([1, "a", None], dtype=object))
    np.save(args.out / "records.npy", np.zeros(3, dtype=[("x", "<i4"), ("y", "<f8")]))
    np.save(args.out / "complex.npy", np.zeros(3, dtype=complex))
    np.save(args.out / "times.npy", np.zeros(3, dtype="datetime64[s]"))
    (args.out / "expected.json").write_text(json.dumps({"numpy": np.__version__, "arrays": expected}) + "\n")
    print(len(arrays), "arrays")


if __name__ == "__main__":
    main()
