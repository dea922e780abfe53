#!/usr/bin/env python3
"""What json, pandas, pyarrow and Pillow read from the trees of make_vqa_trees.py, as the original benchmark would:

    python compute_vqa_expected.py --trees ../goldens/trees/vqa

Writes expected.json there: for each tree and split every question in order, the name of its picture and the hash of
Pillow's RGB pixels. Needs numpy, pandas, pyarrow and Pillow."""

import argparse
import hashlib
import io
import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from PIL import Image


def digest(data):
    return hashlib.sha256(data).hexdigest()


def is_yes_no(answer):
    return str(answer).strip().lower() in ("yes", "no")


def item(question, answer, is_open, data, image=None, pixels=None, **more):
    picture = Image.open(io.BytesIO(data)) if pixels is None else Image.fromarray(pixels)
    return {"question": question.strip(), "answer": str(answer).strip(), "open": bool(is_open),
            "image": image or "sha256:" + digest(data)[:16], "size": list(picture.size),
            "pixels": digest(picture.convert("RGB").tobytes()), **more}


def slake(root, language="en"):
    for split, name in (("train", "train"), ("validation", "validate"), ("test", "test")):
        rows = json.loads((root / f"{name}.json").read_text(encoding="utf-8"))
        yield split, [item(row["question"], row["answer"], row["answer_type"] == "OPEN",
                           (root / "imgs" / row["img_name"]).read_bytes(), row["img_name"], row=i,
                           modality=row["modality"], content_type=row["content_type"])
                      for i, row in enumerate(rows) if row["q_lang"].startswith(language)]


def slake_table(root, images):
    for split in ("train", "test"):
        rows = pq.read_table(root / "default" / split / "0000.parquet").to_pylist()
        yield split, [item(row["question"], row["answer"], row["answer_type"] == "OPEN",
                           (images / row["img_name"]).read_bytes(), row["img_name"], row=i)
                      for i, row in enumerate(rows) if row["q_lang"].startswith("en")]


def hub(root, splits):
    for split in splits:
        files = sorted((root / "data").glob(f"{split}-*.parquet"))
        rows = [row for file in files for row in pq.read_table(file).to_pylist()]
        yield split, [item(row["question"], row["answer"], not is_yes_no(row["answer"]), row["image"]["bytes"], row=i)
                      for i, row in enumerate(rows)]


def path_vqa(root):
    for split, name in (("train", "train"), ("validation", "val"), ("test", "test")):
        with open(root / "qas" / name / f"{name}_qa.pkl", "rb") as stream:
            rows = pickle.load(stream)
        images = [f"{name}/{row['image']}.jpg" for row in rows]
        yield split, [item(row["question"], row["answer"], not is_yes_no(row["answer"]),
                           (root / "images" / image).read_bytes(), image, row=i)
                      for i, (row, image) in enumerate(zip(rows, images))]


def vqa_rad(root):
    rows = json.loads((root / "VQA_RAD Dataset Public.json").read_text(encoding="utf-8"))
    for split in ("train", "test"):
        yield split, [item(row["question"], row["answer"], not is_yes_no(row["answer"]),
                           (root / "VQA_RAD Image Folder" / row["image_name"]).read_bytes(), row["image_name"], row=i,
                           annotated=row["answer_type"].strip() == "OPEN", organ=row["image_organ"])
                      for i, row in enumerate(rows) if row["phrase_type"].startswith("test") == (split == "test")]


def fairvlmed(root):
    for split in ("train", "validation", "test"):
        items = []
        for i, row in pd.read_csv(root / f"vqa_{split}.csv").dropna().iterrows():
            path = row["image_path"].removeprefix("./")
            if (root / path).exists():
                data, pixels = b"", np.load(root / path)["slo_fundus"]
            else:
                data, pixels = (root / path.replace("data_", "slo_fundus_").replace(".npz", ".jpg")).read_bytes(), None
            items.append(item(row["question"], row["answer"], row["question type"] == "OPEN", data, path, pixels, row=i,
                              patient=path[-9:-4]))
        yield split, items


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trees", type=Path, required=True)
    root = parser.parse_args().trees
    both = ("train", "validation", "test")
    parts = {"SLAKE": slake(root / "SLAKE"), "SLAKE-parquet": hub(root / "SLAKE-parquet", both),
             "SLAKE-table": slake_table(root / "SLAKE-table", root / "SLAKE" / "imgs"),
             "PathVQA": path_vqa(root / "PathVQA"), "PathVQA-parquet": hub(root / "PathVQA-parquet", both),
             "VQA-RAD": vqa_rad(root / "VQA-RAD"), "VQA-RAD-parquet": hub(root / "VQA-RAD-parquet", ("train", "test")),
             "FairVLMed": fairvlmed(root / "FairVLMed")}
    lines = []
    for name, splits in parts.items():
        part = dict(splits)
        print(name, {split: f"{len(items)} ({sum(i['open'] for i in items)} open)" for split, items in part.items()})
        lines.append(f"{json.dumps(name)}: {json.dumps(part)}")
    (root / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
