#!/usr/bin/env python3
"""Writes which gray level numpy makes of a thickness, in each type, for tests/plugins/datasets/harvard_gf_test.cpp.

    python make_thickness.py --out ../goldens/table/thickness.json

Needs numpy."""

import argparse
import json
from pathlib import Path

import numpy as np


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    rng = np.random.default_rng(3)
    cases = []
    for dtype in ("<f2", "<f4", "<f8", "<i2"):
        # Thicknesses whose level is next to a whole number are where the types differ; then some beyond the range.
        steps = np.arange(256) / 255 * 352 - 2
        values = np.concatenate([steps[::4], np.nextafter(steps[1::4], 0), rng.uniform(-2, 350, 40), [-3, -100, 351, 400]])
        values = values.astype(dtype)
        levels = ((values - (-2)) / (350 - (-2)) * 255).astype(np.uint8)
        for value, level in zip(values, levels):
            case = {"type": dtype, "value": float(value), "level": int(level)}
            cases.append(case | ({"bits": int(value.view(np.uint16))} if dtype == "<f2" else {}))
    lines = ",\n".join(json.dumps(case) for case in cases)
    args.out.write_text(f'{{"numpy": {json.dumps(np.__version__)}, "cases": [\n{lines}\n]}}\n')
    print(len(cases), "cases")


if __name__ == "__main__":
    main()
