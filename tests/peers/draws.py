"""The random draws of medvlm, written again in Python from their description in docs and core/src: the train/test split
of a dataset without one, and the bootstrap's resamples."""

import math

MASK = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15


def splitmix64(state):
    state = (state + GAMMA) & MASK
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & MASK
    return state ^ (state >> 31)


def derive_seed(seed, purpose):
    state = splitmix64(seed)
    for byte in purpose.encode():
        state = splitmix64(state ^ byte)
    return state


def draw_counts(seed, units):
    """How often each of the units is drawn in `units` draws with replacement; each 64-bit number gives two draws."""
    counts, drawn, state = [0] * units, 0, seed
    while drawn < units:
        bits = splitmix64(state)
        state = (state + GAMMA) & MASK
        for half in (bits >> 32, bits & 0xFFFFFFFF):
            if drawn < units:
                counts[(half * units) >> 32] += 1
                drawn += 1
    return counts


def resample(seed, round_number, clusters):
    """Multiplicity of every sample in one round; `clusters` holds the cluster of every sample."""
    names = list(dict.fromkeys(clusters))
    counts = draw_counts(splitmix64((derive_seed(seed, "bootstrap") + round_number) & MASK), len(names))
    of_name = dict(zip(names, counts))
    return [of_name[cluster] for cluster in clusters]


def split(items, seed, fraction):
    """items: (id, group, stratum). Returns {id: "train" or "test"}; a group never lies on both sides."""
    groups = {}
    for _, group, stratum in items:
        strata = groups.setdefault(group, {})
        strata[stratum] = strata.get(stratum, 0) + 1
    by_stratum = {}
    for group, strata in groups.items():
        major = min(strata, key=lambda name: (-strata[name], name))
        by_stratum.setdefault(major, []).append((derive_seed(seed, "split:" + group), group, sum(strata.values())))
    names = sorted(by_stratum)
    exact = {name: fraction * sum(size for _, _, size in by_stratum[name]) for name in names}
    targets = {name: int(exact[name]) for name in names}
    wanted = math.floor(fraction * len(items) + 0.5)
    for name in sorted(names, key=lambda name: -(exact[name] - targets[name])):
        if sum(targets.values()) < wanted:
            targets[name] += 1
    side, left = {}, 0
    for name in names:
        left += targets[name]
        for _, group, size in sorted(by_stratum[name]):
            fits = size <= left
            left -= size if fits else 0
            side[group] = "test" if fits else "train"
    return {name: side[group] for name, group, _ in items}
