"""Reference values for tests/unit/{ssim,pca,bootstrap}.test.ts, from scikit-image, scikit-learn and SciPy.

    pip install scikit-image scikit-learn scipy
    python scripts/statistics/references.py

Writes tests/fixtures/statistics/references.json. Pictures and numbers are made by the small generator of generator.py, which the
tests repeat, so that only results are stored.
"""

import json
from pathlib import Path

import numpy as np
import scipy
import skimage
import sklearn
from scipy.stats import bootstrap
from skimage.metrics import structural_similarity
from sklearn.decomposition import PCA

from generator import numbers


def staves(seed, side):
    """White paper with a black line every seventh row, and noise."""
    noise = numbers(seed, side * side).reshape(side, side)
    rows = np.arange(side)[:, None]
    paper = np.where(rows % 7 == 0, 30, 240)
    return ((3 * paper + noise) // 4).astype(np.uint8)


def similarity(original, reconstruction):
    return structural_similarity(
        original.astype(np.float64) / 255,
        reconstruction.astype(np.float64) / 255,
        data_range=1.0,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )


def ssim_references():
    cases = []
    for side, seed, other in [(11, 1, 2), (16, 3, 4), (32, 5, 5), (37, 6, 7), (112, 8, 9)]:
        original = staves(seed, side)
        noisy = ((3 * original.astype(int) + numbers(other + 100, side * side).reshape(side, side)) // 4).astype(np.uint8)
        cases.append(
            {
                "side": side,
                "seed": seed,
                "other": other,
                "noisy": similarity(original, noisy),
                "inverted": similarity(original, 255 - original),
                "white": similarity(original, np.full_like(original, 255)),
            }
        )
    return cases


def pca_references():
    cases = []
    for rows, length, components in [(12, 30, 5), (20, 9, 4), (9, 64, 8), (30, 400, 29)]:
        train = numbers(rows, rows * length).reshape(rows, length) / 255
        held = numbers(rows + 1, 6 * length).reshape(6, length) / 255
        pca = PCA(n_components=components, svd_solver="full").fit(train)
        painted = pca.inverse_transform(pca.transform(held))
        cases.append(
            {
                "rows": rows,
                "length": length,
                "components": components,
                "variances": pca.explained_variance_.tolist(),
                "errors": ((painted - held) ** 2).mean(axis=1).tolist(),
                "first": painted[0].tolist(),
            }
        )
    return cases


def eigen_reference():
    size = 40
    square = numbers(77, size * size).reshape(size, size).astype(np.float64)
    return {"size": size, "seed": 77, "values": np.linalg.eigvalsh(square + square.T).tolist()}


def bootstrap_reference():
    """SciPy's percentile bootstrap of a ratio of sums over clusters, whose sums are the observations."""
    clusters = 14
    sizes = 1 + numbers(5, clusters) % 6
    values = [numbers(50 + cluster, int(size)) / 255 for cluster, size in enumerate(sizes)]
    sums = np.array([each.sum() for each in values])
    result = bootstrap(
        (sums, sizes.astype(float)),
        lambda above, below, axis=-1: above.sum(axis=axis) / below.sum(axis=axis),
        paired=True,
        vectorized=True,
        n_resamples=200_000,
        method="percentile",
        rng=np.random.default_rng(1),
    )
    return {
        "clusters": clusters,
        "value": float(sums.sum() / sizes.sum()),
        "low": float(result.confidence_interval.low),
        "high": float(result.confidence_interval.high),
        "quantiles": [float(np.quantile([3.0, 1.0, 4.0, 1.5, 9.0], share)) for share in (0, 0.025, 0.3, 0.5, 0.975, 1)],
    }


references = {
    "versions": {
        "scikit-image": skimage.__version__,
        "scikit-learn": sklearn.__version__,
        "scipy": scipy.__version__,
        "numpy": np.__version__,
    },
    "ssim": ssim_references(),
    "pca": pca_references(),
    "eigen": eigen_reference(),
    "bootstrap": bootstrap_reference(),
}
target = Path(__file__).parents[2] / "tests" / "fixtures" / "statistics" / "references.json"
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text(json.dumps(references, indent=1) + "\n")
