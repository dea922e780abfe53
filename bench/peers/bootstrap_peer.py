"""Times the usual Python bootstrap of AUROC: numpy draws, scikit-learn scores, one resample at a time.

    python bootstrap_peer.py [n=20000] [rounds=1000] [repeats=3] [decimals=0]

Same data as bench/bootstrap_bench.cpp (the AUROC on the full set, which both print, is equal).
"""
import json
import math
import statistics
import sys
import time

import numpy
import sklearn
from sklearn.metrics import roc_auc_score

MASK = (1 << 64) - 1


def uniforms(seed, count):
    state = seed
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield ((z ^ (z >> 31)) >> 11) * 2.0**-53


def make_data(n, decimals):
    stream = uniforms(20240611, 2 * n)
    truth, scores = numpy.zeros(n, dtype=numpy.int64), numpy.zeros(n)
    for i in range(n):
        truth[i] = next(stream) < 0.25
        scores[i] = 0.8 * next(stream) + (0.2 if truth[i] else 0.0)
        if decimals > 0:
            scores[i] = math.floor(scores[i] * 10.0**decimals) / 10.0**decimals
    return truth, scores


def bootstrap(truth, scores, rounds, seed):
    random = numpy.random.default_rng(seed)
    values = []
    for _ in range(rounds):
        drawn = random.integers(0, len(truth), len(truth))
        if truth[drawn].min() != truth[drawn].max():
            values.append(roc_auc_score(truth[drawn], scores[drawn]))
    return numpy.percentile(values, [2.5, 97.5])


def main():
    given = [int(argument) for argument in sys.argv[1:]]
    n, rounds, repeats, decimals = given + [20000, 1000, 3, 0][len(given):]
    truth, scores = make_data(n, decimals)
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        low, high = bootstrap(truth, scores, rounds, 0)
        seconds.append(time.perf_counter() - start)
    print(json.dumps({
        "program": f"scikit-learn {sklearn.__version__}", "task": "auroc_bootstrap", "n": n, "rounds": rounds,
        "decimals": decimals, "repeats": repeats, "median_seconds": round(statistics.median(seconds), 6),
        "min_seconds": round(min(seconds), 6), "max_seconds": round(max(seconds), 6),
        "auroc": float(roc_auc_score(truth, scores)), "low": round(float(low), 6), "high": round(float(high), 6)}))


if __name__ == "__main__":
    main()
