#!/usr/bin/env python3
"""What scikit-learn draws from a table like Camelyon17's metadata.csv when it samples as the original benchmark did.

    python make_camelyon_draws.py --out ../goldens/table/camelyon_draws.json

The table is written by rule, here and in tests/plugins/datasets/camelyon17_test.cpp."""

import argparse
import hashlib
import json
from pathlib import Path

import pandas as pd
from sklearn.model_selection import train_test_split


def table(rows):
    index = pd.RangeIndex(rows)
    slide = index % 50
    return pd.DataFrame({"tumor": (index % 7 < 3).astype(int), "center": slide // 10,
                         "split": (index % 11 == 0).astype(int)})


def parents(frame, rule):
    if rule == "split_column":
        return frame[frame.split == 0], frame[frame.split == 1]
    return frame[frame.center.isin([0, 3, 4]) & (frame.split == 0)], frame[frame.center == 2]


def draw(frame, size, seed):
    _, chosen = train_test_split(frame, test_size=size, stratify=frame["tumor"], random_state=seed)
    rows = [int(row) for row in chosen.index]
    text = "".join(f"{row}\n" for row in rows)
    return {"size": len(rows), "first": rows[:5], "sha256": hashlib.sha256(text.encode()).hexdigest()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    frame = table(20000)
    document = []
    for rule in ("split_column", "wilds"):
        for seed in (42, 7):
            train, test = parents(frame, rule)
            document.append({"parents": rule, "seed": seed, "train": draw(train, 3680, seed), "test": draw(test, 920, seed)})
    parser.parse_args().out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
