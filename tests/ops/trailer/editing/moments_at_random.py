"""Candidates drawn at random, for tests of what is chosen among them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ops.trailer.editing.moments import Moments

__all__ = ["moments_at_random"]


def moments_at_random(count: int, seed: int, *, film_s: int = 600, rate: Fraction = Fraction(24)) -> Moments:
    """Shots of 1.2 to 8 s, spread over 85 % of a film, with traits and likenesses that mean nothing."""
    random = np.random.default_rng(seed)
    frames = int(film_s * rate)
    first = np.sort(random.integers(0, int(0.85 * frames) - 200, count))
    picture = random.standard_normal((count, 6))
    picture /= np.linalg.norm(picture, axis=1, keepdims=True)
    traits = random.random((count, 8))
    return Moments(
        rate=rate,
        frames=frames,
        shot=np.arange(count),
        scene=np.sort(random.integers(0, max(2, count // 6), count)),
        first=first,
        last=first + random.integers(30, 200, count),
        traits=traits,
        value=traits.mean(axis=1),
        intensity=random.permutation(count) / max(1, count - 1),
        pan=random.standard_normal(count) * 0.1,
        camera=random.random(count),
        speech=np.zeros(count),
        music=np.zeros(count),
        likeness=np.clip(picture @ picture.T, 0, 1),
        left_out={},
        spoiler_frame=int(0.85 * frames),
        step_s=0.25,
        highlight=random.random(4 * film_s),
        dark=np.zeros(4 * film_s, bool),
    )
