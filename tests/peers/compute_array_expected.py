#!/usr/bin/env python3
"""Computes what `medvlm run` must find on the trees of make_array_trees.py, with none of medvlm's code: arrays by numpy, the
split by scikit-learn, scores by transformers' CLIPModel with Pillow's image processor, AUROC by scikit-learn.

    python compute_array_expected.py --trees ../goldens/trees/arrays --checkpoint ../goldens/contrastive/clip

Writes expected.json into the folder of the trees. Needs torch, transformers, Pillow, numpy, pandas, scikit-learn."""

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from PIL import Image
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from compute_expected import CONFIDENCE, ROUNDS, SEED, Peer, interval

PNEUMONIA = ["normal", "pneumonia"]
DERMA = ["actinic keratoses and intraepithelial carcinoma", "basal cell carcinoma", "benign keratosis-like lesions",
         "dermatofibroma", "melanoma", "melanocytic nevi", "vascular lesions"]
CHEST = ["atelectasis", "cardiomegaly", "effusion", "infiltration", "mass", "nodule", "pneumonia", "pneumothorax",
         "consolidation", "edema", "emphysema", "fibrosis", "pleural", "hernia"]
GLAUCOMA = ["benign retina", "glaucomatous retina"]
FUNDUS = ["a benign scanning laser ophthalmoscope fundus image", " a glaucoma scanning laser ophthalmoscope fundus image"]


def medmnist(file):
    arrays = np.load(file)
    for i, (pixels, label) in enumerate(zip(arrays["test_images"], arrays["test_labels"])):
        yield f"test/{i}", Image.fromarray(pixels), label.tolist()


def benchmark_rows(file):
    """FairMedFM's split_82, test side."""
    table = pd.read_csv(file)
    names = [table[table["gender"] == gender]["filename"] for gender in ("male", "female")]
    size = min(int(0.2 * column.nunique()) for column in names)
    chosen = np.concatenate([train_test_split(np.unique(column), test_size=size, random_state=0)[1] for column in names])
    return table[table["filename"].isin(chosen)]


def harvard_gf(root):
    for _, row in benchmark_rows(root / "data_summary.csv").iterrows():
        path = f"{row['use'].capitalize()}/{row['filename']}"
        x = np.load(root / path)["rnflt"]
        x = (x - (-2)) / (350 - (-2)) * 255
        yield path, Image.fromarray(x.astype(np.uint8)), [int(row["glaucoma"] == "yes")]


def fairvlmed(root):
    for _, row in benchmark_rows(root / "ReadMe" / "data_summary.csv").iterrows():
        folder = row["use"].capitalize()
        path = f"{folder}/slo_fundus_{row['filename'][5:10]}.jpg"
        if (root / path).exists():
            image = Image.open(root / path)
        else:
            image = Image.fromarray(np.load(root / folder / row["filename"])["slo_fundus"])
        yield path, image, [int(row["glaucoma"] == "yes")]


def smallest_gap(scores):
    """Rounding far below it cannot change the order of the scores of any class, so nor AUROC."""
    return float(min(np.diff(np.sort(column)).min() for column in scores.T))


def expected(peer, samples, texts):
    samples = list(samples)
    images, labels = [image.convert("RGB") for _, image, _ in samples], np.array([label for _, _, label in samples])
    document = {}
    if labels.shape[1] > 1:
        logits = peer.logits(images, texts + ["no " + text for text in texts]).reshape(len(samples), 2, -1)
        scores = torch.from_numpy(logits).softmax(1)[:, 0].numpy()
        document["auroc"] = roc_auc_score(labels, scores, average="macro")
    else:
        scores = torch.from_numpy(peer.logits(images, texts)).softmax(-1).numpy()
        labels = labels[:, 0]
        if len(texts) == 2:
            document["auroc"] = roc_auc_score(labels, scores[:, 1])
            document["ci"] = interval(labels, scores[:, 1], [name for name, _, _ in samples])
        else:
            document["auroc"] = roc_auc_score(labels, scores, average="macro", multi_class="ovr")
    document["smallest_gap"] = smallest_gap(scores[:, 1:] if len(texts) == 2 else scores)
    document["samples"] = [{"id": name, "scores": [float(v) for v in row]}
                           for (name, _, _), row in zip(samples, scores)]
    return document


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trees", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    peer = Peer(args.checkpoint)
    sets = args.trees / "MedMNIST"
    parts = {"PneumoniaMNIST": (medmnist(sets / "pneumoniamnist_32.npz"), PNEUMONIA),
             "DermaMNIST": (medmnist(sets / "dermamnist.npz"), DERMA),
             "ChestMNIST": (medmnist(sets / "chestmnist.npz"), CHEST),
             "Harvard-GF": (harvard_gf(args.trees / "Harvard-GF"), GLAUCOMA),
             "FairVLMed": (fairvlmed(args.trees / "FairVLMed"), FUNDUS)}
    document = {"rounds": ROUNDS, "seed": SEED, "confidence": CONFIDENCE}
    for name, (samples, texts) in parts.items():
        one = document[name] = expected(peer, samples, texts)
        print(name, len(one["samples"]), "samples, auroc", one["auroc"], "smallest gap", one["smallest_gap"])
    lines = [f"{json.dumps(name)}: {json.dumps(part)}" for name, part in document.items()]
    (args.trees / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
