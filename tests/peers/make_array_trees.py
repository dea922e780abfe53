#!/usr/bin/env python3
"""Writes small image sets in the public layouts of MedMNIST, Harvard-GF and FairVLMed: generated pixels, invented rows.

    python make_array_trees.py --out ../goldens/trees/arrays

Of Harvard-GF and FairVLMed only the images of the original benchmark's test split are written, as scikit-learn draws it, and
the first few of its train split: a program that draws another one finds images missing. Needs numpy, scikit-learn and Pillow."""

import argparse
import shutil
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.model_selection import train_test_split

from make_trees import DIAGNOSES, chest_image, lesion_image, save_jpeg, write_csv

SUMMARY = ["filename", "age", "gender", "race", "ethnicity", "language", "maritalstatus", "note", "glaucoma", "use"]


def square(image, size):
    return np.asarray(image.resize((size, size), Image.Resampling.BICUBIC))


def write_set(save, file, make, label, counts):
    """`label` draws a label, `make` an image of it."""
    content = {}
    for prefix, count in zip(("train", "val", "test"), counts):
        labels = [label() for _ in range(count)]
        content[f"{prefix}_images"] = np.stack([make(row) for row in labels])
        content[f"{prefix}_labels"] = np.array(labels, np.uint8).reshape(count, -1)
    file.parent.mkdir(parents=True, exist_ok=True)
    save(file, **content)


def write_pneumonia(file, rng):
    write_set(np.savez_compressed, file, lambda y: square(chest_image(rng, not y), 32),
              lambda: int(rng.random() < 0.5), (6, 4, 44))


def write_derma(file, rng):
    write_set(np.savez, file, lambda y: square(lesion_image(rng, DIAGNOSES[y]), 28),
              lambda: int(rng.integers(0, 7)), (4, 3, 35))


def write_chest(file, rng):
    write_set(np.savez_compressed, file, lambda y: square(chest_image(rng, not any(y)), 28),
              lambda: [int(v) for v in rng.random(14) < 0.3], (3, 3, 30))


def summary(rng, men, women, form):
    """Rows of data_summary.csv, and the names of the benchmark's test split and the first of its train split."""
    count = men + women
    genders = rng.permutation(["male"] * men + ["female"] * women)
    rows, chosen = [], set()
    for i, gender in enumerate(genders):
        use = "training" if i < 0.7 * count else "validation" if i < 0.8 * count else "test"
        rows.append([form % (i + 1), f"{rng.uniform(20, 90):.2f}", str(gender), str(rng.choice(["asian", "black", "white"])),
                     str(rng.choice(["non-hispanic", "hispanic", "unknown"])), "english", "single",
                     'seen, as "suspect"\nfor glaucoma', str(rng.choice(["yes", "no"])), use])
    size = min(int(0.2 * men), int(0.2 * women))
    for wanted in ("male", "female"):
        names = np.unique([row[0] for row in rows if row[2] == wanted])
        chosen |= set(train_test_split(names, test_size=size, random_state=0)[1].tolist())
    return rows, chosen, {row[0] for row in rows[:8]} - chosen


def thickness(rng, sick):
    """A map with two arches of nerve fibres, thinner if sick; -2 where there is nothing."""
    height, width = 40, 44
    y, x = np.mgrid[0:height, 0:width]
    thick = np.full((height, width), 60.0)
    for centre in (0.25, 0.75):
        arch = np.exp(-(((y / height - centre) / 0.1) ** 2))
        thick += arch * rng.uniform(80, 140) * (0.6 if sick else 1.0) * (0.5 + x / width)
    thick += rng.normal(0, 12, thick.shape)
    hole = (y - height / 2) ** 2 + (x - width * rng.uniform(0.3, 0.7)) ** 2 < rng.integers(9, 60)
    return np.where(hole, -2, np.clip(thick, 0, 349)).astype(np.float32)


def write_harvard_gf(root, rng):
    rows, test, train = summary(rng, 112, 121, "data_%04d.npz")
    write_csv(root / "data_summary.csv", [SUMMARY[:7] + SUMMARY[8:]] + [row[:7] + row[8:] for row in rows])
    for row in rows:
        folder = root / row[-1].capitalize()
        folder.mkdir(parents=True, exist_ok=True)
        if row[0] in test | train:
            np.savez_compressed(folder / row[0], oct_bscans=np.zeros((2, 3, 3), np.uint8),
                                rnflt=thickness(rng, row[-2] == "yes"), md=np.float64(-1.5), glaucoma=row[-2] == "yes",
                                race=np.array([row[3]]))


def write_fairvlmed(root, rng):
    rows, test, train = summary(rng, 118, 112, "data_%05d.npz")
    write_csv(root / "ReadMe" / "data_summary.csv", [SUMMARY] + rows)
    for row in rows:
        folder = root / row[-1].capitalize()
        folder.mkdir(parents=True, exist_ok=True)
        if row[0] not in test | train:
            continue
        picture = chest_image(rng, row[-2] == "no").resize((52, 66))  # gray and taller than wide, as the real ones
        number = row[0][5:10]
        if int(number) % 3:
            save_jpeg(picture, folder / f"slo_fundus_{number}.jpg", 90)
        if int(number) % 3 != 1:  # a third has both files, which then differ: the JPEG counts
            pixels = np.asarray(picture) if int(number) % 3 == 0 else np.zeros((66, 52), np.uint8)
            np.savez_compressed(folder / row[0], slo_fundus=pixels, glaucoma=int(row[-2] == "yes"))


# Each with a seed for which no two scores lie so close together that rounding could exchange them.
PARTS = {"MedMNIST/pneumoniamnist_32.npz": (write_pneumonia, 34), "MedMNIST/dermamnist.npz": (write_derma, 9),
         "MedMNIST/chestmnist.npz": (write_chest, 1), "Harvard-GF": (write_harvard_gf, 3),
         "FairVLMed": (write_fairvlmed, 1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    shutil.rmtree(args.out, ignore_errors=True)
    for name, (write, seed) in PARTS.items():
        write(args.out / name, np.random.default_rng(seed))
    print(sum(p.stat().st_size for p in args.out.rglob("*") if p.is_file()) // 1024, "KiB")


if __name__ == "__main__":
    main()
