"""Peer values for core/analysis: scipy, statsmodels, sklearn, and definitions over all pairs in numpy.

    python tests/peers/make_statistics_goldens.py tests/goldens/analysis/statistics.json
"""
import json
import sys

import numpy as np
import scipy.stats
from sklearn.metrics import roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests


def placements(scores, truth):
    """DeLong's structural components by their definition: every positive against every negative."""
    positives, negatives = scores[truth == 1], scores[truth == 0]
    wins = (positives[:, None] > negatives[None, :]) + 0.5 * (positives[:, None] == negatives[None, :])
    return wins.mean(1), wins.mean(0)


def covariance(first, second, truth):
    """The covariance matrix of two AUROCs (DeLong, DeLong, Clarke-Pearson 1988, equations 4 to 6)."""
    v10 = np.array([placements(s, truth)[0] for s in (first, second)])
    v01 = np.array([placements(s, truth)[1] for s in (first, second)])
    return np.cov(v10) / v10.shape[1] + np.cov(v01) / v01.shape[1]


def delong_case(generator, n, decimals):
    truth = (generator.random(n) < 0.4).astype(int)
    first = np.round(generator.normal(size=n) + truth, decimals)
    second = np.round(0.6 * first + 0.8 * generator.normal(size=n), decimals)
    aurocs = [roc_auc_score(truth, s) for s in (first, second)]
    s = covariance(first, second, truth)
    variance = s[0, 0] + s[1, 1] - 2 * s[0, 1]
    z = (aurocs[0] - aurocs[1]) / np.sqrt(variance)
    reach = scipy.stats.norm.ppf(0.975) * np.sqrt(variance)
    return {'truth': truth.tolist(), 'first': first.tolist(), 'second': second.tolist(), 'aurocs': aurocs,
            'variances': [s[0, 0], s[1, 1]], 'variance': variance, 'z': z, 'p': 2 * scipy.stats.norm.sf(abs(z)),
            'low': aurocs[0] - aurocs[1] - reach, 'high': aurocs[0] - aurocs[1] + reach}


def clustered_case(generator, clusters, size):
    """Obuchowski (1997): sums of components over clusters; truth may differ within a cluster."""
    cluster = np.repeat(np.arange(clusters), size)
    truth = (generator.random(cluster.size) < 0.5).astype(int)
    scores = generator.normal(size=clusters)[cluster] + generator.normal(size=cluster.size) + truth
    v10, v01 = placements(scores, truth)
    theta, m, n = v10.mean(), (truth == 1).sum(), (truth == 0).sum()
    a = np.array([(v10[cluster[truth == 1] == c] - theta).sum() for c in range(clusters)])
    b = np.array([(v01[cluster[truth == 0] == c] - theta).sum() for c in range(clusters)])
    i10 = len(set(cluster[truth == 1]))
    i01 = len(set(cluster[truth == 0]))
    variance = (i10 / ((i10 - 1) * m) * (a**2).sum() / m + i01 / ((i01 - 1) * n) * (b**2).sum() / n
                + 2 * clusters / ((clusters - 1) * m * n) * (a * b).sum())
    return {'truth': truth.tolist(), 'scores': scores.tolist(), 'cluster': cluster.tolist(), 'auroc': theta, 'variance': variance}


def macro_case(generator, n, classes):
    label = generator.integers(0, classes, n)
    scores = generator.random((n, classes))
    scores[np.arange(n), label] += 0.4
    scores /= scores.sum(1, keepdims=True)
    return {'label': label.tolist(), 'scores': scores.tolist(),
            'auroc': roc_auc_score(label, scores, multi_class='ovr', average='macro')}


def mcnemar_case(b, c):
    table = [[10, b], [c, 10]]
    corrected = mcnemar(table, exact=False, correction=True)
    exact = mcnemar(table, exact=True)
    less = scipy.stats.binom.cdf(min(b, c), b + c, 0.5)
    point = scipy.stats.binom.pmf(min(b, c), b + c, 0.5)
    return {'b': b, 'c': c, 'exact': exact.pvalue, 'mid_p': 1 - point / 2 if b == c else 2 * less - point,
            'chi_square': corrected.statistic if b + c else 0, 'corrected': corrected.pvalue}


def multiple_case(p):
    return {'p': p, 'holm': multipletests(p, method='holm')[1].tolist(), 'bh': multipletests(p, method='fdr_bh')[1].tolist()}


def main():
    generator = np.random.default_rng(20240611)
    quantiles = [1e-12, 1e-4, 0.025, 0.2, 0.5, 0.8, 0.975, 0.9999]
    document = {
        'normal': {'q': quantiles, 'x': scipy.stats.norm.ppf(quantiles).tolist(),
                   'z': [0, 0.5, 1.96, 6], 'p': [2 * scipy.stats.norm.sf(z) for z in (0, 0.5, 1.96, 6)]},
        'delong': [delong_case(generator, n, decimals) for n, decimals in ((30, 6), (80, 1), (200, 0))],
        'clustered': [clustered_case(generator, clusters, size) for clusters, size in ((40, 5), (200, 2))],
        'macro': [macro_case(generator, 120, classes) for classes in (3, 7)],
        'mcnemar': [mcnemar_case(b, c) for b, c in ((1, 7), (0, 5), (4, 4), (121, 59), (30, 31), (600, 520))],
        'multiple': [multiple_case(p) for p in ([0.01, 0.04, 0.03, 0.005], [0.5], [0.2, 0.2, 0.2],
                                                generator.beta(0.4, 2, 144).tolist())],
        'student': {'degrees': [1.5, 3, 40.25], 'q975': scipy.stats.t.ppf(0.975, [1.5, 3, 40.25]).tolist()},
    }
    with open(sys.argv[1], 'w', encoding='utf-8') as file:
        json.dump(document, file, separators=(',', ':'))
        file.write('\n')


if __name__ == '__main__':
    main()
