#!/usr/bin/env python3
"""Writes small VQA datasets in the public layouts of SLAKE, PathVQA, VQA-RAD and FairVLMed, and in those of their
Parquet copies: generated pictures, invented questions.

    python make_vqa_trees.py --out ../goldens/trees/vqa

Needs numpy, Pillow and pyarrow."""

import argparse
import io
import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from make_trees import chest_image, lesion_image, save_jpeg, write_csv

SUMMARY = ["filename", "age", "gender", "race", "ethnicity", "language", "maritalstatus", "note", "glaucoma", "use"]
IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
CLOSED = [("Is this an axial view?", "Yes"), ("Is the heart enlarged?", "no"), ("Is there a pneumothorax?", " No "),
          ("are the lungs normal appearing?", "yes")]
CHOICES = [("Which side is the lesion on?", "Left"), ("CT or MRI?", "MRI"), ("Is liver or spleen bigger?", "Liver")]
OPEN = [("What is the organ on the left?", "Liver"), ("What is shown, in one word?", "atelectasis, \"plate-like\""),
        ("How many masses are there?", "2"), ("Wo liegt die Läsion?", "rechts, größer als 5 µm"),
        ("What is seen here?", "normal")]


def encoded(image, form="JPEG", **options):
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def draw_items(rng, count):
    """(question, answer, open or closed as an annotator has it)"""
    pools = [(CLOSED, "CLOSED"), (CHOICES, "CLOSED"), (OPEN, "OPEN")]
    for _ in range(count):
        pool, kind = pools[int(rng.integers(3))]
        yield (*pool[int(rng.integers(len(pool)))], kind)


def write_json(file, rows, indent=None):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(rows, ensure_ascii=indent is None, indent=indent), encoding="utf-8")


def write_parquet(file, columns, **options):
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), file, **{"row_group_size": 5, **options})


def slake_rows(rng, split, images, first):
    rows = []
    for i, (question, answer, kind) in enumerate(draw_items(rng, 14)):
        number = int(rng.choice(images))
        rows.append({"img_id": number, "img_name": f"xmlab{number}/source.jpg", "question": question, "answer": answer,
                     "q_lang": "zh" if i % 3 == 2 else "en", "location": ["Lung", "Abdomen"][number % 2],
                     "modality": ["X-Ray", "CT"][number % 2], "answer_type": kind, "base_type": "vqa",
                     "content_type": ["Organ", "Position", "Abnormality"][i % 3], "triple": ["vhead", "_", "_"],
                     "qid": first + i})
    return rows


def write_slake(root, rng):
    pictures = {n: chest_image(rng, n % 2 == 0) for n in range(1, 6)}
    for number, picture in pictures.items():
        save_jpeg(picture, root / "SLAKE" / "imgs" / f"xmlab{number}" / "source.jpg", 90)
    names = {"train": "train", "validation": "validate", "test": "test"}
    for i, (split, name) in enumerate(names.items()):
        rows = slake_rows(rng, split, [[1, 2, 3], [2, 4], [4, 5]][i], 100 * i)
        write_json(root / "SLAKE" / f"{name}.json", rows, indent=4 if split != "validation" else None)
        # One copy embeds the pictures and has English alone; another is the release's table, converted.
        english = [row for row in rows if row["q_lang"] == "en"]
        bytes_of = lambda row: (root / "SLAKE" / "imgs" / row["img_name"]).read_bytes()
        write_parquet(root / "SLAKE-parquet" / "data" / f"{split}-00000-of-00001.parquet", {
            "image": pa.array([{"bytes": bytes_of(row), "path": None} for row in english], IMAGE),
            "question": [row["question"] for row in english], "answer": [row["answer"] for row in english]})
        if split != "validation":
            write_parquet(root / "SLAKE-table" / "default" / split / "0000.parquet",
                          {key: [row[key] for row in rows] for key in rows[0]}, row_group_size=100)


def write_path_vqa(root, rng):
    for split, name, count in (("train", "train", 3), ("validation", "val", 2), ("test", "test", 6)):
        rows, embedded = [], []
        for i in range(count):
            picture = lesion_image(rng, "nv")
            if i == 1:
                picture = picture.convert("CMYK")  # as some of the real ones are
            data = encoded(picture, quality=85)
            file = f"{name}_{i:04d}"
            (root / "PathVQA" / "images" / name).mkdir(parents=True, exist_ok=True)
            (root / "PathVQA" / "images" / name / f"{file}.jpg").write_bytes(data)
            for question, answer, _ in draw_items(rng, int(rng.integers(2, 6))):
                rows.append({"image": file, "question": question, "answer": answer.strip().lower()})
                embedded.append({"bytes": data, "path": None})
        (root / "PathVQA" / "qas" / name).mkdir(parents=True, exist_ok=True)
        with open(root / "PathVQA" / "qas" / name / f"{name}_qa.pkl", "wb") as stream:
            pickle.dump(rows, stream)
        # Shards of unequal length, pages and row groups much smaller than the file, one shard for each kind of writing.
        kinds = [{"compression": "snappy"}, {"compression": "zstd", "use_dictionary": False, "data_page_size": 1500},
                 {"compression": "none", "data_page_version": "2.0", "write_page_checksum": True}]
        shards = len(kinds) if split == "test" else 1
        for shard in range(shards):
            part = slice(len(rows) * shard // shards, len(rows) * (shard + 1) // shards)
            file = root / "PathVQA-parquet" / "data" / f"{split}-{shard:05d}-of-{shards:05d}-0f3a{shard}.parquet"
            write_parquet(file, {
                "image": pa.array(embedded[part], IMAGE), "question": [row["question"] for row in rows[part]],
                "answer": [row["answer"] for row in rows[part]]}, row_group_size=7, write_batch_size=2, **kinds[shard])


def write_vqa_rad(root, rng):
    names = [f"synpic{number}.jpg" for number in (54610, 29265, 28602, 16170)]
    for name in names:
        save_jpeg(chest_image(rng, True), root / "VQA-RAD" / "VQA_RAD Image Folder" / name, 88)
    rows = []
    for i, (question, answer, kind) in enumerate(draw_items(rng, 40)):
        number = int(rng.integers(4))
        answer = int(answer) if answer.isdigit() else answer  # the release writes numbers as numbers
        phrase = ["freeform", "para", "test_freeform", "test_para"][int(rng.integers(4))]
        rows.append({"qid": str(i), "phrase_type": phrase, "qid_linked_id": f"03f451ca-de62-{i:04d}",
                     "image_case_url": "https://medpix.nlm.nih.gov/case?id=x",
                     "image_name": names[number], "image_organ": ["HEAD", "CHEST", "ABD"][number % 3],
                     "evaluation": "not evaluated", "question": question, "question_rephrase": "NULL",
                     "question_relation": "NULL", "question_frame": "NULL",
                     "question_type": ["PRES", "PRES, POS", "ABN"][i % 3], "answer": answer,
                     "answer_type": kind + (" " if i % 7 == 0 else "")})  # some of the real ones end in a space
    write_json(root / "VQA-RAD" / "VQA_RAD Dataset Public.json", rows)
    for split in ("train", "test"):
        part = [row for row in rows if row["phrase_type"].startswith("test") == (split == "test")]
        pictures = [(root / "VQA-RAD" / "VQA_RAD Image Folder" / row["image_name"]).read_bytes() for row in part]
        write_parquet(root / "VQA-RAD-parquet" / "data" / f"{split}-00000-of-00001.parquet", {
            "image": pa.array([{"bytes": data, "path": None} for data in pictures], IMAGE),
            "question": [row["question"] for row in part],
            "answer": [str(row["answer"]).strip().lower() for row in part]})


def write_fairvlmed(root, rng):
    uses = {"Training": "train", "Validation": "validation", "Test": "test"}
    summary, number = [SUMMARY], 0
    for folder, split in uses.items():
        rows = [["image_path", "filename", "gpt_summary", "question", "answer", "question type"]]
        for _ in range(3):
            number += 1
            name = f"data_{number:05d}.npz"
            picture = chest_image(rng, True).resize((40, 52))
            (root / folder).mkdir(parents=True, exist_ok=True)
            if number % 3:
                np.savez_compressed(root / folder / name, slo_fundus=np.asarray(picture), md=np.float64(-1.5))
            else:
                save_jpeg(picture, root / folder / f"slo_fundus_{number:05d}.jpg", 92)
            summary.append([name, "61.25", ["male", "female"][number % 2], "black", "non-hispanic", "english", "single",
                            "a note", "yes", folder.lower()])
            note = "cup-to-disc ratio 0.8,\nno haemorrhage"
            answers = ["The cup is large.", "None", "No cupping, \"healthy\"", ""]
            answer = answers[int(rng.integers(4))]
            rows.append([f"./{folder}/{name}", name, note, "How large is the cup?", answer, "OPEN"])
            rows.append([f"./{folder}/{name}", name, note if number != 2 else "NaN", "Is there glaucoma?",
                         ["Yes", "no", "Not stated"][number % 3], "CLOSED"])
        write_csv(root / f"vqa_{split}.csv", rows)
    write_csv(root / "ReadMe" / "data_summary.csv", summary)


def write_types(root, rng):
    """What a Parquet file can hold besides texts: for the reader's own tests."""
    count = 23
    pick = lambda values: [values[i % len(values)] for i in range(count)]
    blobs = [None if i % 6 == 5 else encoded(Image.new("L", (3, 2), i // 2 * 20), "PNG") for i in range(count)]
    columns = {
        "text": pa.array(pick(["a", "ä", None, ""])), "large": pa.array(pick(["x", "yz"]), pa.large_string()),
        "short": pa.array(pick([1, -2, None]), pa.int32()), "long": pa.array(pick([2**40, -7]), pa.int64()),
        "single": pa.array(pick([0.5, 0.1]), pa.float32()), "double": pa.array(pick([0.1, 1e300, -2.0]), pa.float64()),
        "flag": pa.array(pick([True, False, None])), "list": pa.array(pick([["a", "b"], []]), pa.list_(pa.string())),
        "category": pa.array(pick(["CT", "MRI"])).dictionary_encode(), "blob": pa.array(blobs, pa.binary()),
        "image": pa.array([blob and {"bytes": blob, "path": "p"} for blob in blobs], IMAGE),
        "bad": pa.array(pick([b"ok", b"\xff\xfe"]), pa.binary())}
    schema = pa.schema([pa.field(name, column.type) for name, column in columns.items()] +
                       [pa.field("required", pa.string(), nullable=False)])
    table = pa.table({**columns, "required": pa.array(pick(["r", "s", "t"]))}, schema=schema)
    root.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, root / "types.parquet", row_group_size=9, write_batch_size=2, data_page_size=64,
                   use_dictionary=["text", "category"], compression="gzip")
    pq.write_table(table.slice(0, 0), root / "empty.parquet")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    shutil.rmtree(args.out, ignore_errors=True)
    write_slake(args.out, np.random.default_rng(1))
    write_path_vqa(args.out, np.random.default_rng(2))
    write_vqa_rad(args.out, np.random.default_rng(3))
    write_fairvlmed(args.out / "FairVLMed", np.random.default_rng(4))
    write_types(args.out / "types", np.random.default_rng(5))
    print(sum(p.stat().st_size for p in args.out.rglob("*") if p.is_file()) // 1024, "KiB")


if __name__ == "__main__":
    main()
