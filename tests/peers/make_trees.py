#!/usr/bin/env python3
"""Writes small image sets in the public layouts of HAM10000 and CheXpert-v1.0-small: generated pixels, invented rows.

    python make_trees.py --out ../goldens/trees [--seed 7]

Needs numpy and Pillow. The same seed gives the same files with the same Pillow."""

import argparse
import csv
import shutil
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from draws import split

SPLIT_SEED, TEST_FRACTION = 42, 0.3
DIAGNOSES = ["akiec", "bcc", "bkl", "df", "mel", "nv", "vasc"]
FINDINGS = ["No Finding", "Enlarged Cardiomediastinum", "Cardiomegaly", "Lung Opacity", "Lung Lesion", "Edema",
            "Consolidation", "Pneumonia", "Atelectasis", "Pneumothorax", "Pleural Effusion", "Pleural Other",
            "Fracture", "Support Devices"]


def write_csv(file, rows):
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file, "w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def save_jpeg(image, file, quality):
    file.parent.mkdir(parents=True, exist_ok=True)
    image.save(file, quality=quality)


def lesion_image(rng, dx):
    size = (int(rng.integers(54, 66)), int(rng.integers(40, 50)))
    skin = tuple(int(v) for v in rng.integers((190, 130, 110), (245, 190, 170)))
    image = Image.new("RGB", size, skin)
    draw = ImageDraw.Draw(image)
    dark = DIAGNOSES.index(dx) * 12
    for _ in range(int(rng.integers(2, 7))):
        x, y = rng.integers(8, size[0] - 8), rng.integers(8, size[1] - 8)
        rx, ry = rng.integers(3, 18, 2)
        colour = tuple(int(v) for v in np.clip(rng.integers(20, 160, 3) - dark, 0, 255))
        draw.ellipse([int(x - rx), int(y - ry), int(x + rx), int(y + ry)], fill=colour)
    noise = rng.normal(0, 9, (size[1], size[0], 3))
    return Image.fromarray(np.clip(np.asarray(image.filter(ImageFilter.GaussianBlur(1))) + noise, 0, 255)
                           .astype(np.uint8))


def write_ham10000(root, rng):
    rows = [["lesion_id", "image_id", "dx", "dx_type", "age", "sex", "localization"]]
    items, number, lesion = [], 0, 0
    while number < 150:
        lesion += 1
        dx = str(rng.choice(DIAGNOSES, p=[.15, .1, .15, .05, .2, .25, .1]))
        age, sex = str(rng.choice(["25.0", "40.0", "55.0", "70.0"])), str(rng.choice(["male", "female"]))
        place = str(rng.choice(["back", "face", "trunk"]))
        missing = rng.random()
        age, sex = ("" if missing < 0.02 else age), ("unknown" if 0.02 <= missing < 0.04 else sex)
        for _ in range(int(rng.integers(1, 4))):
            name, group = f"ISIC_{24306 + number:07d}", f"HAM_{lesion:07d}"
            rows.append([group, name, dx, "histo", age, sex, place])
            part = "HAM10000_images_part_1" if number < 80 else "HAM10000_images_part_2"
            save_jpeg(lesion_image(rng, dx), root / part / f"{name}.jpg", int(rng.integers(70, 95)))
            if age and sex != "unknown":
                items.append((name, group, dx))
            number += 1
    # The public table is not in the order of the images.
    write_csv(root / "HAM10000_metadata.csv", rows[:1] + [rows[1 + i] for i in rng.permutation(len(rows) - 1)])
    sides = split(items, SPLIT_SEED, TEST_FRACTION)
    write_csv(root.parent / "ham10000_split.csv",
              [["id", "group", "split", "seed", "test_fraction"]] +
              [[name, group, sides[name], SPLIT_SEED, TEST_FRACTION] for name, group, _ in sorted(items)])


def chest_image(rng, healthy):
    width, height = int(rng.integers(56, 72)), int(rng.integers(56, 72))
    image = Image.new("L", (width, height), int(rng.integers(90, 170)))
    draw = ImageDraw.Draw(image)
    for left in (0.14, 0.56):
        box = [left * width, 0.15 * height, (left + 0.3) * width, 0.85 * height]
        draw.ellipse([int(v) for v in box], fill=int(rng.integers(20, 70)))
    for _ in range(0 if healthy else int(rng.integers(1, 5))):
        x, y, r = rng.integers(10, width - 10), rng.integers(10, height - 10), rng.integers(3, 11)
        draw.ellipse([int(x - r), int(y - r), int(x + r), int(y + r)], fill=int(rng.integers(150, 255)))
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(1.2))) + rng.normal(0, 8, (height, width))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def write_chexpert(root, rng):
    for name, folder, first, count in (("train.csv", "train", 1, 12), ("valid.csv", "valid", 64541, 60)):
        rows = [["Path", "Sex", "Age", "Frontal/Lateral", "AP/PA"] + FINDINGS]
        patient = first
        while len(rows) <= count:
            sex, age = str(rng.choice(["Male", "Female"])), int(rng.integers(20, 90))
            for study in range(1, int(rng.integers(1, 3)) + 1):
                healthy = bool(rng.random() < 0.4)
                views = ["view1_frontal"] + (["view2_lateral"] if rng.random() < 0.3 else [])
                for view in views:
                    path = f"{folder}/patient{patient:05d}/study{study}/{view}.jpg"
                    values = ["1.0" if healthy else "0.0" if folder == "valid" else ""]
                    values += ["0.0" if healthy else str(rng.choice(["1.0", "0.0", "-1.0", ""]))
                               for _ in FINDINGS[1:]]
                    frontal = view.endswith("frontal")
                    rows.append([f"{root.name}/{path}", sex, age, "Frontal" if frontal else "Lateral",
                                 str(rng.choice(["AP", "PA"])) if frontal else ""] + values)
                    save_jpeg(chest_image(rng, healthy), root / path, int(rng.integers(75, 95)))
            patient += 1
        write_csv(root / name, rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    for name, write in (("HAM10000", write_ham10000), ("CheXpert-v1.0-small", write_chexpert)):
        shutil.rmtree(args.out / name, ignore_errors=True)
        write(args.out / name, np.random.default_rng(args.seed))
    print(sum(p.stat().st_size for p in args.out.rglob("*") if p.is_file()) // 1024, "KiB")


if __name__ == "__main__":
    main()
