#!/usr/bin/env python3
"""Computes DeLong's variance and intervals for the binary cases of the metric goldens from the definition, over all
pairs, with none of medvlm's code.

    python delong.py --goldens ../goldens/metrics

Writes delong.json there. Needs numpy, safetensors. Without goldens it prints a published example: the ratings of Hanley and
McNeil (Radiology 143, 1982), for which Stata's `roctab` gives 0.8932, standard error 0.0307, interval 0.83295 to 0.95339."""

import argparse
import json
from pathlib import Path
from statistics import NormalDist

import numpy as np

CONFIDENCE = 0.95


def placements(positives, negatives):
    """The share of negatives that each positive beats, and of positives that beat each negative; ties count half."""
    of_positives = np.empty(len(positives))
    of_negatives = np.zeros(len(negatives))
    for i, score in enumerate(positives):
        won = (score > negatives) + 0.5 * (score == negatives)
        of_positives[i] = won.mean()
        of_negatives += won
    return of_positives, of_negatives / len(positives)


def delong(truth, scores):
    positives, negatives = scores[truth == 1], scores[truth == 0]
    if len(positives) < 2 or len(negatives) < 2:
        return None
    of_positives, of_negatives = placements(positives, negatives)
    auroc = of_positives.mean()
    variance = of_positives.var(ddof=1) / len(positives) + of_negatives.var(ddof=1) / len(negatives)
    reach = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * np.sqrt(variance)
    plain = [max(0.0, auroc - reach), min(1.0, auroc + reach)]
    logit = [auroc, auroc]
    if variance > 0:
        middle, width = np.log(auroc / (1 - auroc)), reach / (auroc * (1 - auroc))
        logit = [1 / (1 + np.exp(-(middle + side * width))) for side in (-1, 1)]
    return {"auroc": float(auroc), "variance": float(variance), "plain": [float(v) for v in plain],
            "logit": [float(v) for v in logit]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--goldens", type=Path)
    args = parser.parse_args()
    if args.goldens is None:
        counts = {0: [33, 6, 6, 11, 2], 1: [3, 2, 2, 11, 33]}
        truth = np.repeat([0, 1], [sum(counts[0]), sum(counts[1])])
        scores = np.concatenate([np.repeat(np.arange(5.0), counts[kind]) for kind in (0, 1)])
        result = delong(truth, scores)
        print(result, "standard error", result["variance"] ** 0.5)
        return
    from safetensors.numpy import load_file
    arrays = load_file(args.goldens / "classification.safetensors")
    cases = json.loads((args.goldens / "classification.json").read_text())["cases"]
    document = {}
    for case in cases:
        if case["kind"] == "binary":
            name = case["name"]
            document[name] = delong(arrays[name + ".y_true"], arrays[name + ".y_score"].astype(np.float64))
    (args.goldens / "delong.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(sum(value is not None for value in document.values()), "of", len(document), "cases have a variance")


if __name__ == "__main__":
    main()
