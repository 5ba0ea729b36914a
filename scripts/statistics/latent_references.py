"""Reference values for tests/unit/latent-numerics.test.ts, from scikit-learn, SciPy and umap-learn.

    pip install scikit-learn scipy umap-learn
    python scripts/statistics/latent_references.py

Writes tests/fixtures/statistics/latent.json. Numbers are made by the small generator of generator.py, which the tests
repeat, so that only results are stored.
"""

import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
import umap
from scipy.spatial.distance import cdist
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import Ridge
from sklearn.metrics import balanced_accuracy_score, r2_score
from sklearn.neighbors import LocalOutlierFactor
from umap.umap_ import find_ab_params, fuzzy_simplicial_set

from generator import numbers


def codes(seed, rows, columns):
    return numbers(seed, rows * columns).reshape(rows, columns) / 255


def neighbours(values, count):
    distances = cdist(values, values)
    np.fill_diagonal(distances, np.inf)
    order = np.argsort(distances, axis=1, kind="stable")[:, :count]
    return order, np.take_along_axis(distances, order, axis=1)


def pca_reference():
    values = codes(3, 60, 9)
    pca = PCA(n_components=4, svd_solver="full").fit(values)
    return {
        "seed": 3,
        "rows": 60,
        "columns": 9,
        "shares": pca.explained_variance_ratio_.tolist(),
        "variances": pca.explained_variance_.tolist(),
        "places": np.abs(pca.transform(values)[:5]).tolist(),
    }


def neighbour_reference():
    values = codes(11, 45, 7)
    order, distances = neighbours(values, 6)
    return {"seed": 11, "rows": 45, "columns": 7, "count": 6, "indices": order.tolist(), "distances": distances.tolist()}


def outlier_reference():
    values = codes(11, 45, 7)
    factors = -LocalOutlierFactor(n_neighbors=6, algorithm="brute").fit(values).negative_outlier_factor_
    return {"factors": factors.tolist()}


def fuzzy_reference():
    """umap-learn counts a row as its own first neighbour."""
    values = codes(11, 45, 7)
    order, distances = neighbours(values, 6)
    own = np.arange(len(values))[:, None]
    graph, _, _ = fuzzy_simplicial_set(
        values,
        7,
        np.random.RandomState(1),
        "euclidean",
        knn_indices=np.hstack([own, order]),
        knn_dists=np.hstack([np.zeros_like(own, dtype=np.float32), distances]).astype(np.float32),
    )
    dense = graph.toarray()
    return {"pairs": int((dense > 0).sum()), "sum": float(dense.sum()), "rows": dense[:4].tolist()}


def curve_reference():
    return [
        {"minimumDistance": distance, "a": float(a), "b": float(b)}
        for distance in (0.0, 0.1, 0.25, 0.5, 0.99)
        for a, b in [find_ab_params(1.0, distance)]
    ]


def standardised(train, test):
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / deviation, (test - mean) / deviation


def discriminant_reference():
    """Classes of equal size, for which scikit-learn's covariance, weighted by its priors, is the pooled one."""
    classes, each, columns = 3, 20, 8
    labels = np.repeat(np.arange(classes), each)
    values = codes(21, classes * each, columns) + 0.25 * np.eye(classes)[labels] @ codes(5, classes, columns)
    held = codes(22, 30, columns) + 0.25 * np.eye(classes)[np.arange(30) % classes] @ codes(5, classes, columns)
    train, test = standardised(values, held)
    rows = len(train)
    # Covariances divided by the rows less the classes, where scikit-learn divides by the rows: the same rule but for
    # a factor that the equal priors make irrelevant.
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.1, priors=[1 / classes] * classes).fit(train, labels)
    return {
        "classes": classes,
        "each": each,
        "columns": columns,
        "predicted": model.predict(test).tolist(),
        "rows": rows,
    }


def ridge_reference():
    rows, columns = 50, 6
    values, held = codes(31, rows, columns), codes(32, 12, columns)
    target = values @ np.arange(1, columns + 1) + codes(33, rows, 1)[:, 0]
    train, test = standardised(values, held)
    return {
        "rows": rows,
        "columns": columns,
        "predicted": Ridge(alpha=0.1 * rows).fit(train, target).predict(test).tolist(),
    }


def controlled_reference():
    """The same after a least-squares fit of two controls to the training codes was subtracted from both sides."""
    rows, columns = 50, 6
    values, held = codes(31, rows, columns), codes(32, 12, columns)
    controls, held_controls = standardised(codes(41, rows, 2), codes(42, 12, 2))
    values = values + controls @ codes(43, 2, columns)
    held = held + held_controls @ codes(43, 2, columns)
    target = values @ np.arange(1, columns + 1) + codes(33, rows, 1)[:, 0]
    slopes, *_ = np.linalg.lstsq(controls, values - values.mean(axis=0), rcond=None)
    train, test = standardised(values - controls @ slopes, held - held_controls @ slopes)
    return {"predicted": Ridge(alpha=0.1 * rows).fit(train, target).predict(test).tolist()}


def score_reference():
    truth = numbers(51, 80) % 4
    named = np.where(numbers(52, 80) < 120, truth, numbers(53, 80) % 4)
    actual, predicted = numbers(54, 30) / 255, numbers(55, 30) / 255
    return {
        "balanced": float(balanced_accuracy_score(truth, named)),
        "r2": float(r2_score(actual, predicted)),
    }


references = {
    "versions": {
        "scikit-learn": sklearn.__version__,
        "scipy": scipy.__version__,
        "umap-learn": umap.__version__,
        "numpy": np.__version__,
    },
    "pca": pca_reference(),
    "neighbours": neighbour_reference(),
    "outliers": outlier_reference(),
    "fuzzy": fuzzy_reference(),
    "curves": curve_reference(),
    "discriminant": discriminant_reference(),
    "ridge": ridge_reference(),
    "controlled": controlled_reference(),
    "scores": score_reference(),
}
target = Path(__file__).parents[2] / "tests" / "fixtures" / "statistics" / "latent.json"
target.write_text(json.dumps(references, indent=1) + "\n")
