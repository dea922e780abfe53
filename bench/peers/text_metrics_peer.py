"""Times the usual Python way of scoring answers with torchmetrics or NLTK, and of a bootstrap.

    python text_metrics_peer.py [n=6719] [rounds=1000] [repeats=1] [scorer: torchmetrics, or nltk for BLEU by NLTK]

Same answers as bench/text_metrics_bench.cpp; the values on the full set, which both print, agree to single precision.
Two parts, of which medvlm does both:
- means_seconds: scores of each answer (word F1, sentence BLEU, ROUGE) once, then their means in every round by numpy;
- corpus_seconds: BLEU of the corpus in every round. It is no mean of scores, so the libraries count each resample anew.
  A few rounds are timed and the rest reckoned from them.
median_seconds is their sum. Needs torch, torchmetrics, nltk, numpy.
"""
import json
import re
import statistics
import sys
import time
from collections import Counter

import numpy
import torchmetrics
from torchmetrics.functional.text import bleu_score, rouge_score

MASK = (1 << 64) - 1
WORDS = """the a left right lung heart normal no yes mass in of upper lower lobe effusion pleural acute chronic cells
tissue region two increased density x-ray shows seen consolidation edema""".split()


class Splitmix64:
    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = ((self.state ^ (self.state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) >> 32) * bound >> 32


def make_data(n):
    random = Splitmix64(20240611)

    def sentence(words):
        return " ".join(WORDS[random.below(len(WORDS))] for _ in range(words))

    pairs = []
    for _ in range(n):
        is_open = random.below(2) == 1
        reference = sentence(1 + random.below(6))
        begins = random.below(2) == 1
        more = sentence(1 + random.below(10))
        pairs.append((is_open, reference + " " + more if begins else more, reference))
    return pairs


def normalised(text):
    """Enough of the VQA convention for the texts made here: lower case, hyphens, articles, number words."""
    words = re.sub("-", " ", text.lower()).split()
    return " ".join("2" if word == "two" else word for word in words if word not in ("a", "an", "the"))


def overlap(answer, reference):
    words, wanted = Counter(answer.split()), Counter(reference.split())
    shared = sum((words & wanted).values())
    if not shared:
        return (float(not words and not wanted),) * 3
    precision, recall = shared / sum(words.values()), shared / sum(wanted.values())
    return 2 * precision * recall / (precision + recall), precision, recall


def bleus(answer, reference, scorer):
    if scorer == "nltk":
        from nltk.translate.bleu_score import sentence_bleu
        return [sentence_bleu([reference.split()], answer.split(), weights=(1 / n,) * n) for n in range(1, 5)]
    return [bleu_score([answer], [[reference]], n_gram=n).item() for n in range(1, 5)]


def score(pairs, scorer):
    rows = []
    for _, answer, reference in pairs:
        answer, reference = normalised(answer), normalised(reference)
        rouge = rouge_score(answer, reference, rouge_keys=("rouge1", "rouge2", "rougeL"))
        rows.append([*overlap(answer, reference), *bleus(answer, reference, scorer),
                     *(rouge[f"{key}_{part}"].item() for key in ("rougeL", "rouge1", "rouge2")
                       for part in ("fmeasure", "precision", "recall"))])
    return numpy.array(rows)


def bootstrap(rows, is_open, rounds, seed):
    random = numpy.random.default_rng(seed)
    values = []
    for _ in range(rounds):
        drawn = random.integers(0, len(rows), len(rows))
        taken, taken_open = rows[drawn], is_open[drawn]
        values.append([taken.mean(0), taken[taken_open].mean(0), taken[~taken_open].mean(0)])
    return numpy.percentile(values, [2.5, 97.5], axis=0)


def corpus_bleus(answers, references, scorer):
    if scorer == "nltk":
        from nltk.translate.bleu_score import corpus_bleu
        wanted, given = [[each.split()] for each in references], [each.split() for each in answers]
        return [corpus_bleu(wanted, given, weights=(1 / n,) * n) for n in range(1, 5)]
    return [bleu_score(answers, [[each] for each in references], n_gram=n).item() for n in range(1, 5)]


def corpus_round(pairs, is_open, drawn, scorer):
    """Over all, open and closed questions of one resample."""
    for group in (drawn, drawn[is_open[drawn]], drawn[~is_open[drawn]]):
        yield corpus_bleus([pairs[i][0] for i in group], [pairs[i][1] for i in group], scorer)


def time_corpus(pairs, is_open, scorer, timed_rounds=3):
    """Seconds of a round, and the values on the full set."""
    texts = [(normalised(answer), normalised(reference)) for _, answer, reference in pairs]
    random = numpy.random.default_rng(0)
    start = time.perf_counter()
    for _ in range(timed_rounds):
        list(corpus_round(texts, is_open, random.integers(0, len(texts), len(texts)), scorer))
    seconds = (time.perf_counter() - start) / timed_rounds
    return seconds, next(corpus_round(texts, is_open, numpy.arange(len(texts)), scorer))


def main():
    scorer = sys.argv[4] if len(sys.argv) > 4 else "torchmetrics"
    given = [int(argument) for argument in sys.argv[1:4]]
    n, rounds, repeats = given + [6719, 1000, 1][len(given):]
    pairs = make_data(n)
    is_open = numpy.array([each[0] for each in pairs])
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        rows = score(pairs, scorer)
        bootstrap(rows, is_open, rounds, 0)
        seconds.append(time.perf_counter() - start)
    round_seconds, corpus = time_corpus(pairs, is_open, scorer)
    means_seconds = statistics.median(seconds)
    means = rows.mean(0)
    print(json.dumps({
        "program": f"torchmetrics {torchmetrics.__version__}, BLEU by {scorer}", "task": "text_metrics_bootstrap",
        "n": n, "rounds": rounds, "repeats": repeats,
        "median_seconds": round(means_seconds + rounds * round_seconds, 3), "means_seconds": round(means_seconds, 6), "corpus_seconds": round(rounds * round_seconds, 3),
        "token_f1": round(means[0], 9), "token_f1[open]": round(rows[is_open].mean(0)[0], 9),
        "bleu1": round(corpus[0], 9), "bleu4": round(corpus[3], 9), "sentence_bleu1": round(means[3], 9),
        "sentence_bleu4": round(means[6], 9), "rougeL": round(means[7], 9), "rougeL_recall": round(means[9], 9)}))


if __name__ == "__main__":
    main()
