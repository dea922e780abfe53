#!/usr/bin/env python3
"""Writes what numpy and scikit-learn themselves draw, for tests/sdk/table/sklearn_split_test.cpp.

    python make_sklearn_splits.py --out ../goldens/table/sklearn_splits.json

Labels come from splitmix64, so that the test can make the same ones; lists are kept as the first
20 digits of their SHA-256.
Needs numpy, scikit-learn and pandas."""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn.model_selection import train_test_split

from draws import splitmix64


def digest(items):
    return hashlib.sha256(",".join(str(item) for item in items).encode()).hexdigest()[:20]


def labels(n, weights, label_seed):
    """Class c with probability weights[c] / sum; classes are numbered from -1 to see that only their order counts."""
    edges = np.cumsum(weights)
    return [int(np.searchsorted(edges, splitmix64(label_seed + i) % int(edges[-1]), side="right")) - 1
            for i in range(n)]


def permutations():
    for n, seed in [(0, 0), (1, 0), (2, 1), (3, 2), (10, 42), (255, 7), (256, 8), (257, 9), (1488, 0), (1812, 0),
                    (65536, 3), (65537, 4), (100000, 2**32 - 1)]:
        yield {"n": n, "seed": seed, "order": digest(np.random.RandomState(seed).permutation(n))}


def plain():
    for n in (2, 3, 5, 10, 17, 100, 1488, 1812, 4369, 5631, 20000):
        for size in sorted({1, n // 2, n - 1, max(1, n // 5)}):
            for seed in (0, 1, 42):
                train, test = train_test_split(np.arange(n), test_size=size, random_state=seed)
                yield {"n": n, "test_size": size, "seed": seed, "train": digest(train), "test": digest(test)}


def stratified():
    balances = [[1, 1], [9, 1], [1, 1, 1], [5, 3, 2], [1] * 7, [70, 10, 8, 5, 4, 2, 1], [2, 2, 2, 1], [1] * 40]
    for weights in balances:
        for n in (20, 53, 200, 1000, 5003, 30000):
            for size in sorted({max(1, n // 5), n // 2, n // 3, n - n // 4, 40, min(n - 1, 920)}):
                for seed in (0, 42, 12345):
                    y = labels(n, weights, 1000 * n + len(weights))
                    try:
                        train, test = train_test_split(np.arange(n), test_size=size, random_state=seed, stratify=y)
                        found = {"train": digest(train), "test": digest(test)}
                    except ValueError:
                        found = {"refused": True}
                    yield {"n": n, "weights": weights, "label_seed": 1000 * n + len(weights), "test_size": size,
                           "seed": seed, **found}


def fractions():
    for n in (5, 10, 99, 100, 101, 9948, 455954):
        for fraction in (0.1, 0.2, 0.25, 1 / 3, 0.07, 0.999):
            try:
                _, test = train_test_split(np.arange(n), test_size=fraction, random_state=0)
                yield {"n": n, "fraction": fraction, "test_size": len(test)}
            except ValueError:
                continue


def balanced():
    """FairMedFM's recipe at the sizes of Harvard-GF and FairVLMed: men are spread evenly over the numbered files."""
    for men, women, form in [(1488, 1812, "data_%04d.npz"), (4369, 5631, "data_%05d.npz"), (7, 9, "%d")]:
        n = men + women
        table = pd.DataFrame({"filename": [form % (i + 1) for i in range(n)],
                              "gender": ["male" if i * men // n != (i + 1) * men // n else "female"
                                         for i in range(n)]})
        names = {gender: table[table["gender"] == gender]["filename"] for gender in ("male", "female")}
        size = min(int(0.2 * column.nunique()) for column in names.values())
        chosen = np.concatenate([train_test_split(np.unique(column), test_size=size, random_state=0)[1]
                                 for column in names.values()])
        test = table[table["filename"].isin(chosen)]["filename"].tolist()
        yield {"men": men, "women": women, "digits": form, "test_size": size, "count": len(test), "test": digest(test)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    document = {"versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__}}
    for part in (permutations, plain, stratified, fractions, balanced):
        document[part.__name__] = list(part())
    args.out.parent.mkdir(parents=True, exist_ok=True)
    lines = [f'{json.dumps(name)}: ' + (json.dumps(part) if isinstance(part, dict) else
             "[\n" + ",\n".join(json.dumps(case) for case in part) + "\n]") for name, part in document.items()]
    args.out.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print({name: len(part) for name, part in document.items()},
          sum("refused" in case for case in document["stratified"]), "refused")


if __name__ == "__main__":
    main()
