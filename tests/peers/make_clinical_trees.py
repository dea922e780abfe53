#!/usr/bin/env python3
"""Writes small image sets in the public layouts of PAPILA and Camelyon17-WILDS, and radiographs as DICOM files in class
folders: generated pixels, invented rows.

    python make_clinical_trees.py --out ../goldens/trees

Needs numpy, Pillow, openpyxl, pandas, scikit-learn and pydicom. The same versions give the same files but for the time
inside the workbooks; the seeds were chosen so that scores lie far enough apart."""

import argparse
import shutil
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pydicom
from PIL import Image, ImageDraw, ImageFilter
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless)
from sklearn.model_selection import train_test_split

from draws import split
from make_trees import save_jpeg, write_csv

SPLIT_SEED, TEST_FRACTION = 42, 0.5
CAMELYON_TEST, CAMELYON_TRAIN = 44, 20


def noisy(image, rng, strength):
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(1)), np.float64)
    return np.clip(pixels + rng.normal(0, strength, pixels.shape), 0, 255).astype(np.uint8)


def fundus_image(rng, diagnosis):
    size = int(rng.integers(52, 64)), int(rng.integers(44, 52))
    image = Image.new("RGB", size, (8, 4, 4))
    draw = ImageDraw.Draw(image)
    draw.ellipse([3, 2, size[0] - 3, size[1] - 2], fill=tuple(int(v) for v in rng.integers((150, 60, 20), (220, 110, 60))))
    x, y, r = rng.integers(14, size[0] - 14), rng.integers(14, size[1] - 14), int(rng.integers(5, 9))
    draw.ellipse([int(x - r), int(y - r), int(x + r), int(y + r)], fill=(240, 200, 120))
    cup = r * (0.3 + 0.25 * diagnosis)
    draw.ellipse([int(x - cup), int(y - cup), int(x + cup), int(y + cup)], fill=(255, 240, 210))
    for _ in range(4):
        end = rng.integers(0, size[0]), rng.integers(0, size[1])
        draw.line([int(x), int(y), int(end[0]), int(end[1])], fill=(110, 20, 20), width=1)
    return Image.fromarray(noisy(image, rng, 6))


def eye_sheet(title, rows):
    """The release's header: titles over merged cells, the names below them, "ID" alone in the third row."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    sheet.append([None, "Age", "Gender", "Diagnosis", "Refractive_Defect", None, None, "Phakic/Pseudophakic", "IOP", None,
                  "Pachymetry", "Axial_Length", "VF_MD"])
    sheet.append([None, None, None, None, "dioptre_1", "dioptre_2", "astigmatism", None, "Pneumatic", "Perkins"])
    sheet.append(["ID"])
    for cells in ("E1:G1", "I1:J1"):
        sheet.merge_cells(cells)
    for row in rows:
        sheet.append(row)
    return book


def write_papila(root, rng):
    sheets, items = {"OD": [], "OS": []}, []
    for patient in range(2, 62):
        age, gender = int(rng.integers(20, 90)), int(rng.integers(0, 2))
        for eye in ("OD", "OS"):
            diagnosis = int(rng.choice([0, 1, 2], p=[.6, .25, .15]))
            measures = [round(float(v), 2) for v in rng.uniform((-3, -2, 0), (3, 0, 180))]
            pressure = int(rng.integers(10, 25))
            sheets[eye].append([f"#{patient:03d}", age, gender, diagnosis, *measures, 0, pressure, None, 540, 23.5, None])
            if diagnosis == 2:
                continue
            name = f"RET{patient:03d}{eye}"
            items.append((name, f"{patient:03d}", str(diagnosis)))
            save_jpeg(fundus_image(rng, diagnosis), root / "FundusImages" / f"{name}.jpg", int(rng.integers(75, 92)))
    (root / "ClinicalData").mkdir(parents=True)
    for eye, rows in sheets.items():
        eye_sheet(eye, rows).save(root / "ClinicalData" / f"patient_data_{eye.lower()}.xlsx")
    sides = split(items, SPLIT_SEED, TEST_FRACTION)
    write_csv(root.parent / "papila_split.csv",
              [["id", "group", "split", "seed", "test_fraction"]] +
              [[name, group, sides[name], SPLIT_SEED, TEST_FRACTION] for name, group, _ in sorted(items)])
    for name, _, _ in items:  # only the test split's pictures are read
        if sides[name] != "test":
            (root / "FundusImages" / f"{name}.jpg").unlink()


def patch_image(rng, tumor):
    image = Image.new("RGB", (48, 48), tuple(int(v) for v in rng.integers((215, 170, 200), (245, 215, 235))))
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(10, 18)) + 12 * tumor):
        x, y, r = rng.integers(0, 48), rng.integers(0, 48), int(rng.integers(1, 3 + 2 * tumor))
        colour = tuple(int(v) for v in rng.integers((80, 40, 120), (150, 90, 180)))
        draw.ellipse([int(x - r), int(y - r), int(x + r), int(y + r)], fill=colour)
    return image.quantize(24).convert("RGB")


def camelyon_sample(metadata, part, size):
    """As the original benchmark drew it; the parent is the natural reading, column split."""
    parent = metadata[metadata.split == part]
    return train_test_split(parent, test_size=size, stratify=parent["tumor"], random_state=42)[1]


def write_camelyon(root, rng):
    rows = []
    for i in range(260):
        slide = int(rng.integers(0, 20))
        tumor = int(rng.random() < 0.4)
        rows.append([f"{4 + slide // 2:03d}", slide % 2, int(rng.integers(0, 2000)) * 32, i * 32, tumor, slide, slide // 4,
                     int(rng.random() < 0.4)])
    metadata = pd.DataFrame(rows, columns=["patient", "node", "x_coord", "y_coord", "tumor", "slide", "center", "split"])
    root.mkdir(parents=True)
    metadata.to_csv(root / "metadata.csv")
    for row in camelyon_sample(metadata, 1, CAMELYON_TEST).itertuples():
        node = f"patient_{row.patient}_node_{row.node}"
        file = root / "patches" / node / f"patch_{node}_x_{row.x_coord}_y_{row.y_coord}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        patch_image(rng, row.tumor).save(file)


def chest_values(rng, ill):
    """12-bit values of something like a chest, bright where dense."""
    height, width = int(rng.integers(34, 44)), int(rng.integers(34, 44))
    image = Image.new("L", (width, height), int(rng.integers(70, 220)))
    draw = ImageDraw.Draw(image)
    for left in (0.12, 0.56):
        draw.ellipse([int(left * width), int(0.15 * height), int((left + 0.32) * width), int(0.85 * height)],
                     fill=int(rng.integers(5, 110)))
    for _ in range(int(rng.integers(2, 5)) if ill else 0):
        x, y, r = rng.integers(6, width - 6), rng.integers(6, height - 6), int(rng.integers(2, 12))
        draw.ellipse([int(x - r), int(y - r), int(x + r), int(y + r)], fill=int(rng.integers(150, 240)))
    noise = rng.normal(0, rng.uniform(2, 20), (height, width))
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(1)), np.float64) + noise
    return np.clip(pixels * 16, 0, 4095).astype(np.uint16)


def dicom(values, kind):
    """One of six ways to store the same values."""
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.1"
    data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = "2.25.4711"
    data.file_meta.TransferSyntaxUID = {2: ImplicitVRLittleEndian, 3: DeflatedExplicitVRLittleEndian}.get(
        kind, ExplicitVRLittleEndian)
    data.Rows, data.Columns = values.shape
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
    if kind in (1, 3, 4):
        data.WindowCenter, data.WindowWidth = "1400", "2600"
    if kind == 1:
        data.PhotometricInterpretation, values = "MONOCHROME1", 4095 - values
        data.WindowCenter = "2696"
    if kind == 5:
        data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 15, 1
        data.RescaleSlope, data.RescaleIntercept = "0.5", "-200"
        data.WindowCenter, data.WindowWidth, data.VOILUTFunction = "500", "1300", "SIGMOID"
    data.PixelData = np.ascontiguousarray(values).tobytes()
    data["PixelData"].VR = "OW"
    if kind == 4:
        data.compress(RLELossless, generate_instance_uid=False)
    return data


def write_radiographs(root, rng):
    number = 0
    for patient in range(26):
        ill = bool(rng.random() < 0.45)
        for _ in range(int(rng.integers(1, 3))):
            folder = root / "test" / ("pneumonia" if ill else "normal") / f"patient{patient:02d}"
            folder.mkdir(parents=True, exist_ok=True)
            values = chest_values(rng, ill)
            if number % 7 == 6:
                Image.fromarray((values >> 4).astype(np.uint8)).save(folder / f"{number}.png")
            else:
                pydicom.dcmwrite(folder / f"{number}.dcm", dicom(values, number % 6), enforce_file_format=True)
            number += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    for name, write, seed in (("PAPILA", write_papila, 5), ("camelyon17_v1.0", write_camelyon, 2),
                              ("radiographs", write_radiographs, 31)):
        shutil.rmtree(args.out / name, ignore_errors=True)
        write(args.out / name, np.random.default_rng(seed))
        print(name, sum(p.stat().st_size for p in (args.out / name).rglob("*") if p.is_file()) // 1024, "KiB")


if __name__ == "__main__":
    main()
