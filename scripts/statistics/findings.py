"""Reference values for tests/unit/findings-numerics.test.ts, from SciPy, scikit-learn and statsmodels.

    pip install scipy scikit-learn statsmodels
    python scripts/statistics/findings.py

Writes tests/fixtures/statistics/findings.json. Numbers are made by the small generator of generator.py, which the tests
repeat, so that only results are stored.
"""

import json
from itertools import permutations
from pathlib import Path

import numpy as np
import scipy
import sklearn
import statsmodels
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.stats import bootstrap, f_oneway, kruskal, mannwhitneyu, pearsonr, rankdata, spearmanr
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests

from generator import whole_numbers


def sample(seed, sizes, step, levels):
    """Values of some classes, those of class k larger by k · step, cut to `levels` so that some are equal."""
    noise = whole_numbers(seed, sum(sizes))
    labels = np.repeat(np.arange(len(sizes)), sizes)
    return (noise * levels // 256 + step * labels).astype(float), labels


def contrasts():
    cases = []
    for seed, sizes, step, levels in [
        (3, [6, 6, 6], 4, 64),
        (4, [2, 5, 9], 30, 256),
        (5, [4, 4], 3, 5),
        (6, [2, 2, 2, 2, 2, 2, 2], 10, 16),
    ]:
        values, labels = sample(seed, sizes, step, levels)
        groups = [values[labels == each] for each in range(len(sizes))]
        units = len(values)
        h = float(kruskal(*groups).statistic)
        f = float(f_oneway(*groups).statistic)
        classes = len(sizes)
        deltas = []
        for each in range(classes):
            rest = values[labels != each]
            u = mannwhitneyu(groups[each], rest, alternative="two-sided").statistic
            deltas.append(float(2 * u / (len(groups[each]) * len(rest)) - 1))
        cases.append(
            {
                "seed": seed,
                "sizes": sizes,
                "step": step,
                "levels": levels,
                "epsilonSquared": h / (units - 1),
                "etaSquared": f * (classes - 1) / (f * (classes - 1) + units - classes),
                "deltas": deltas,
            }
        )
    return cases


def exact_permutation():
    """All ways to label 7 units as 3 and 4: what the permutation test comes to with ever more permutations."""
    values, labels = sample(9, [3, 4], 40, 256)
    statistic = lambda order: kruskal(*(values[np.array(order) == each] for each in (0, 1))).statistic
    observed = statistic(labels)
    every = [statistic(order) for order in set(permutations(labels.tolist()))]
    p = float(np.mean([each >= observed - 1e-9 for each in every]))
    return {"seed": 9, "sizes": [3, 4], "step": 40, "levels": 256, "p": p, "meanEffect": float(np.mean(every) / 6)}


def delta_bootstrap():
    """SciPy's percentile bootstrap of Cliff's delta, drawing within both groups."""
    values, labels = sample(11, [9, 16], 60, 256)
    groups = (values[labels == 0], values[labels == 1])

    def delta(one, other, axis=-1):
        return np.sign(one[..., :, None] - other[..., None, :]).mean(axis=(-1, -2))

    result = bootstrap(groups, delta, vectorized=True, n_resamples=50_000, method="percentile", rng=np.random.default_rng(1))
    return {
        "seed": 11,
        "sizes": [9, 16],
        "step": 60,
        "levels": 256,
        "value": float(delta(*groups)),
        "low": float(result.confidence_interval.low),
        "high": float(result.confidence_interval.high),
    }


def false_discovery():
    p = (whole_numbers(21, 40) + 1) ** 2 / 65536
    return {"seed": 21, "count": 40, "q": multipletests(p, method="fdr_bh")[1].tolist()}


def kappas():
    cases = []
    for seed, classes, count, same in [(31, 3, 60, 150), (32, 5, 120, 60), (33, 2, 25, 0)]:
        noise = whole_numbers(seed, 3 * count).reshape(count, 3)
        first = noise[:, 0] * classes // 256
        second = np.where(noise[:, 2] < same, first, noise[:, 1] * classes // 256)
        confusion = np.zeros((classes, classes), dtype=int)
        np.add.at(confusion, (first, second), 1)
        result = cohens_kappa(confusion)
        assert abs(result.kappa - cohen_kappa_score(first, second)) < 1e-12
        cases.append(
            {
                "confusion": confusion.tolist(),
                "kappa": float(result.kappa),
                "low": float(result.kappa_low),
                "high": float(result.kappa_upp),
            }
        )
    return cases


def correlations():
    rows, length = 5, 30
    table = whole_numbers(41, rows * length).reshape(length, rows) // 8
    covariate = whole_numbers(42, length) / 255

    def partial(values, other):
        design = np.column_stack([np.ones(length), other])
        rest = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
        return np.corrcoef(rest.T)

    ranks = np.apply_along_axis(rankdata, 0, table)
    return {
        "rows": rows,
        "length": length,
        "pearson": [[float(pearsonr(table[:, a], table[:, b])[0]) for b in range(rows)] for a in range(rows)],
        "spearman": spearmanr(table)[0].tolist(),
        "partialPearson": partial(table, covariate).tolist(),
        "partialSpearman": partial(ranks, rankdata(covariate)).tolist(),
    }


def clusters():
    items = 24
    points = whole_numbers(51, 2 * items).reshape(items, 2) / 255
    similarity = 1 - np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=-1))
    tree = linkage(squareform(1 - similarity, checks=False), "average")
    return {
        "items": items,
        "heights": (1 - tree[:, 2]).tolist(),
        "sizes": tree[:, 3].astype(int).tolist(),
        "groups": {str(at): fcluster(tree, 1 - at, "distance").tolist() for at in (0.5, 0.7, 0.85)},
    }


references = {
    "versions": {
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
        "statsmodels": statsmodels.__version__,
        "numpy": np.__version__,
    },
    "contrasts": contrasts(),
    "exactPermutation": exact_permutation(),
    "deltaBootstrap": delta_bootstrap(),
    "falseDiscovery": false_discovery(),
    "kappas": kappas(),
    "correlations": correlations(),
    "clusters": clusters(),
}
target = Path(__file__).parents[2] / "tests" / "fixtures" / "statistics" / "findings.json"
target.write_text(json.dumps(references, indent=1) + "\n")
