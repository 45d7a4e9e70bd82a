"""How many voices there are, and which window is whose: spectral clustering of what the voices look like.

After Wang et al., Speaker Diarization with LSTM (ICASSP 2018): the affinity of all windows is sharpened by pruning,
symmetrising and diffusion, and the largest gap among the eigenvalues of its normalised form tells the number of
groups (von Luxburg, A Tutorial on Spectral Clustering, 2007). The gap is relative and splits one voice as gladly as
two; so groups whose means are alike are one voice in the end, by the embedder's own measure.
"""

from __future__ import annotations

import numpy as np

__all__ = ["MOST_SPEAKERS", "cluster_voices"]

MOST_SPEAKERS = 8

_KEPT = 0.1
"""Share of each row's affinities that is kept: less than the rarest of eight voices has. At 0.3, five and more
made-up voices fell together."""

_FEWEST_KEPT = 4
_PRUNED = 0.01
"""What is left of the others, as in the paper: none at all would tear a loose group apart."""

_MOST_COMPARED = 1500
"""Windows up to which each is compared with each. Above, they are first gathered into half as many neighbourhoods:
the matrix stops growing, and the time grows with the length of the film alone."""


def cluster_voices(embeddings: np.ndarray, *, alike: float) -> np.ndarray:
    """Whose voice each window is.

    Args:
        embeddings: (n, d) float32, rows of length 1.
        alike: As VoiceEmbedder has it.

    Returns:
        (n,) int64, groups from 0 to at most `MOST_SPEAKERS` - 1; the same embeddings give the same groups.
    """
    if len(embeddings) < 2:
        return np.zeros(len(embeddings), np.int64)
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # the matrices are small: more threads wait for each other, many times as long
        if len(embeddings) > _MOST_COMPARED:
            near, hoods = _neighbourhoods(embeddings)
            return _merged(embeddings, _spectral(hoods)[near], alike)
        return _merged(embeddings, _spectral(embeddings), alike)


def _neighbourhoods(embeddings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which neighbourhood each lies in, and their means, of length 1."""
    from sklearn.cluster import MiniBatchKMeans

    fitted = MiniBatchKMeans(_MOST_COMPARED // 2, random_state=0, n_init=1, batch_size=2048)  # type: ignore[arg-type]
    used, near = np.unique(fitted.fit_predict(embeddings), return_inverse=True)
    means = np.stack([embeddings[near == place].mean(axis=0) for place in range(len(used))])
    return near, _unit(means)


def _spectral(embeddings: np.ndarray) -> np.ndarray:
    from scipy.linalg import eigh
    from sklearn.cluster import KMeans

    affinity = _refined(np.clip(embeddings @ embeddings.T, 0.0, 1.0).astype(np.float64))
    weight = 1 / np.sqrt(np.maximum(affinity.sum(axis=1), 1e-12))
    count = len(affinity)
    top = min(MOST_SPEAKERS + 1, count)
    values, vectors = eigh(affinity * weight[:, None] * weight, subset_by_index=[count - top, count - 1])
    values, vectors = values[::-1], vectors[:, ::-1]
    groups = int(np.argmax(values[:-1] - values[1:])) + 1
    groups = min(max(groups, 2), MOST_SPEAKERS, count)  # one voice is told by its means, not by the gap
    points = _unit(vectors[:, :groups])
    fitted = KMeans(groups, random_state=0, n_init=10)  # type: ignore[arg-type]
    return np.asarray(fitted.fit_predict(points), np.int64)


def _refined(affinity: np.ndarray) -> np.ndarray:
    """Row-wise pruning, symmetrisation and diffusion."""
    kept = min(len(affinity), max(_FEWEST_KEPT, round(_KEPT * len(affinity))))
    edge = np.partition(affinity, -kept, axis=1)[:, -kept][:, None]
    pruned = np.where(affinity >= edge, affinity, affinity * _PRUNED)
    even = np.maximum(pruned, pruned.T)
    spread = even @ even.T
    return spread / max(spread.max(), 1e-12)


def _merged(embeddings: np.ndarray, groups: np.ndarray, alike: float) -> np.ndarray:
    """The groups, two at a time made one while the most similar two are alike."""
    groups = groups.copy()
    while True:
        names = np.unique(groups)
        means = _unit(np.stack([embeddings[groups == name].mean(axis=0) for name in names]))
        likeness = means @ means.T - 2 * np.eye(len(names))
        one, other = np.unravel_index(int(likeness.argmax()), likeness.shape)
        if len(names) < 2 or likeness[one, other] < alike:
            return np.searchsorted(names, groups).astype(np.int64)
        groups[groups == names[other]] = names[one]


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
