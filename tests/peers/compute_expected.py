#!/usr/bin/env python3
"""Computes what `medvlm run` must find on the trees of make_trees.py, with none of medvlm's code: scores by transformers'
CLIPModel with Pillow's image processor, AUROC by scikit-learn, percentiles by numpy.

    python compute_expected.py --trees ../goldens/trees --checkpoint ../goldens/contrastive/clip

Writes expected.json into the folder of the trees. Needs torch, transformers, Pillow, numpy, scikit-learn."""

import argparse
import csv
import json
from pathlib import Path

import numpy as np
import PIL
import sklearn
import torch
import transformers
from PIL import Image
from sklearn.metrics import roc_auc_score
from transformers import CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

from draws import resample

ROUNDS, SEED, CONFIDENCE = 1000, 42, 0.95
TEXTS = {"HAM10000": ["benign keratosis-like lesions", "actinic keratoses or melanoma"],
         "CheXpert": ["diseased xray", "normal xray"]}


def read_csv(file):
    with open(file, newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def ham10000(trees):
    root = trees / "HAM10000"
    side = {row["id"]: row["split"] for row in read_csv(trees / "ham10000_split.csv")}
    for row in read_csv(root / "HAM10000_metadata.csv"):
        name = row["image_id"]
        if side.get(name) != "test":
            continue
        file = next(p for p in root.glob(f"HAM10000_images_part_*/{name}.jpg"))
        yield name, file, int(row["dx"] in ("akiec", "mel")), row["lesion_id"]


def chexpert(trees):
    for row in read_csv(trees / "CheXpert-v1.0-small" / "valid.csv"):
        name = row["Path"].split("/", 1)[1]
        yield name, trees / row["Path"], int(row["No Finding"] == "1.0"), name.split("/")[1]


class Peer:
    def __init__(self, folder):
        self.model = CLIPModel.from_pretrained(folder, attn_implementation="eager").eval()
        self.tokenizer = CLIPTokenizer.from_pretrained(folder)
        self.processor = CLIPImageProcessorPil.from_pretrained(folder)

    @torch.no_grad()
    def logits(self, images, texts):
        tokens = self.tokenizer(["a photo of " + text for text in texts], padding=True, truncation=True,
                                return_tensors="pt")
        logits = []
        for image in images:
            pixels = self.processor([image], return_tensors="pt")["pixel_values"]
            logits.append(self.model(pixel_values=pixels, **tokens).logits_per_image)
        return torch.cat(logits).double().numpy()

    def scores(self, files, texts):
        logits = self.logits((Image.open(file).convert("RGB") for file in files), texts)
        return torch.from_numpy(logits).softmax(-1).numpy()


def interval(labels, positive, clusters):
    values = []
    for number in range(ROUNDS):
        count = np.array(resample(SEED, number, clusters))
        drawn = np.repeat(np.arange(len(labels)), count)
        if len(set(labels[drawn])) == 2:  # a round with one class has no AUROC and is left out
            values.append(roc_auc_score(labels[drawn], positive[drawn]))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.percentile(values, [100 * tail, 100 * (1 - tail)], method="linear")
    return {"low": low, "high": high, "mean": np.mean(values), "std": np.std(values), "valid_rounds": len(values)}


def expected(peer, samples, texts):
    samples = list(samples)
    scores = peer.scores([file for _, file, _, _ in samples], texts)
    labels, positive = np.array([label for _, _, label, _ in samples]), scores[:, 1]
    ordered = np.sort(positive)
    return {"prompts": ["a photo of " + text for text in texts],
            "auroc": roc_auc_score(labels, positive),
            "smallest_gap": float(np.diff(ordered).min()),  # rounding far below it cannot change the order, so nor AUROC
            "ci": {"sample": interval(labels, positive, [name for name, _, _, _ in samples]),
                   "cluster": interval(labels, positive, [cluster for _, _, _, cluster in samples])},
            "samples": [{"id": name, "label": int(label), "cluster": cluster, "scores": [float(v) for v in row]}
                        for (name, _, label, cluster), row in zip(samples, scores)]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trees", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    peer = Peer(args.checkpoint)
    document = {"versions": {"torch": torch.__version__, "transformers": transformers.__version__,
                             "pillow": PIL.__version__, "numpy": np.__version__, "scikit-learn": sklearn.__version__},
                "rounds": ROUNDS, "seed": SEED, "confidence": CONFIDENCE,
                "HAM10000": expected(peer, ham10000(args.trees), TEXTS["HAM10000"]),
                "CheXpert": expected(peer, chexpert(args.trees), TEXTS["CheXpert"])}
    (args.trees / "expected.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    for name in TEXTS:
        one = document[name]
        print(name, len(one["samples"]), "samples,", sum(s["label"] for s in one["samples"]), "positive, auroc",
              one["auroc"], one["ci"], "smallest gap", one["smallest_gap"])


if __name__ == "__main__":
    main()
