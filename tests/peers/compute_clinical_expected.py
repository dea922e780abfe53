#!/usr/bin/env python3
"""Computes what `medvlm run` must find on the trees of make_clinical_trees.py, as compute_expected.py does for the others.
DICOM files are read by pydicom and windowed by numpy.

    python compute_clinical_expected.py --trees ../goldens/trees --checkpoint ../goldens/contrastive/clip

Writes expected_clinical.json into the folder of the trees."""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pydicom
import torch
from PIL import Image

from compute_expected import CONFIDENCE, ROUNDS, SEED, Peer, expected, read_csv
from make_clinical_trees import CAMELYON_TEST, camelyon_sample

TEXTS = {"PAPILA": ["benign fundus", "glaucoma fundus"], "Camelyon17": ["negative tumor", "positive tumor"],
         "radiographs": ["a healthy chest", "a chest with pneumonia"]}


def papila(trees, _):
    side = {row["id"]: row["split"] for row in read_csv(trees / "papila_split.csv")}
    for eye in ("OD", "OS"):
        book = trees / "PAPILA" / "ClinicalData" / f"patient_data_{eye.lower()}.xlsx"
        sheet = pd.read_excel(book, header=None, skiprows=3)
        for row in sheet.itertuples(index=False):
            name = f"RET{row[0][1:]}{eye}"
            if row[3] != 2 and side[name] == "test":
                yield name, trees / "PAPILA" / "FundusImages" / f"{name}.jpg", int(row[3]), row[0][1:]


def camelyon(trees, _):
    root = trees / "camelyon17_v1.0"
    metadata = pd.read_csv(root / "metadata.csv", index_col=0, dtype={"patient": str})
    for row in camelyon_sample(metadata, 1, CAMELYON_TEST).itertuples():
        node = f"patient_{row.patient}_node_{row.node}"
        name = f"{node}_x_{row.x_coord}_y_{row.y_coord}"
        yield name, root / "patches" / node / f"patch_{name}.png", int(row.tumor), row.patient


def eight_bits(data):
    slope, intercept = float(data.get("RescaleSlope", 1)), float(data.get("RescaleIntercept", 0))
    values = data.pixel_array.astype(np.float64) * slope + intercept
    if "WindowCenter" not in data:
        gray = (values - values.min()) / (values.max() - values.min()) * 255
    else:
        centre, width = float(data.WindowCenter), float(data.WindowWidth)
        if data.get("VOILUTFunction", "LINEAR") == "SIGMOID":
            gray = 255 / (1 + np.exp(-4 * (values - centre) / width))
        else:
            gray = ((values - (centre - 0.5)) / (width - 1) + 0.5) * 255
    gray = np.clip(np.floor(gray + 0.5), 0, 255).astype(np.uint8)
    return 255 - gray if data.PhotometricInterpretation == "MONOCHROME1" else gray


def radiographs(trees, scratch):
    root = trees / "radiographs"
    for label, name in enumerate(["normal", "pneumonia"]):
        files = [file for file in (root / "test" / name).rglob("*") if file.is_file()]
        for file in sorted(files, key=lambda file: file.relative_to(root).as_posix().encode()):
            picture = file
            if file.suffix == ".dcm":
                picture = scratch / (file.stem + ".png")
                Image.fromarray(eight_bits(pydicom.dcmread(file))).save(picture)
            yield file.relative_to(root).as_posix(), picture, label, file.parent.name


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trees", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    peer = Peer(args.checkpoint)
    document = {"rounds": ROUNDS, "seed": SEED, "confidence": CONFIDENCE}
    with tempfile.TemporaryDirectory() as scratch:
        for name, read in (("PAPILA", papila), ("Camelyon17", camelyon), ("radiographs", radiographs)):
            document[name] = one = expected(peer, read(args.trees, Path(scratch)), TEXTS[name])
            print(name, len(one["samples"]), "samples,", sum(s["label"] for s in one["samples"]), "positive, auroc",
                  one["auroc"], "smallest gap", one["smallest_gap"])
    (args.trees / "expected_clinical.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
