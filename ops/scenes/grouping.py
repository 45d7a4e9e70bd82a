"""Scenes: neighbouring shots that show and sound the same place, told apart by the best way to cut the film's list.

Each pair of shots near each other speaks for one scene or for two, by how alike they look and sound; the groups are the
runs of shots whose pairs agree best, found exactly by dynamic programming (as Rotman, Porat and Ashour, "Robust and
efficient video scene detection using optimal sequential grouping", 2016; here the number of scenes follows from where
alike ends and is not given). In a dialogue the camera goes to and fro, so a shot is asked about its best matches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["Likeness", "ShotSound", "group_scenes"]

Likeness = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""How alike the shots of one list look to those of another, pair by pair."""

_REACH = 12
"""Shots that a shot is compared with on each side, and …"""

_REACH_S = 45.0
"""… seconds: what looks alike a minute later may be another visit to the place."""

_BEST = 2
"""A shot belongs with the two before or after it that it is most like."""

_ALIKE = 0.32
"""Likeness from which two shots speak for one scene. With the two numbers below, of the seven boundaries of a film of
two minutes assembled from eight places it finds six, and nine in all, of which two part what a clip shows of its own;
0.28 finds five of eight, 0.36 six of eleven. A film with another hand and other places would move it a little."""

_BRIEF_S, _BRIEF = 5.0, 1.2
"""A scene is rarely shorter than five seconds: what speaks against one of length zero, in units of `_ALIKE`."""

_SOUND = 0.25
"""The share of the sound in the likeness of two shots; the rest is the picture's. More lets one song that plays over
two places join them."""

_LEVEL_LU = 12.0
"""Difference of loudness at which two shots have nothing in common."""

_THROUGH_BLACK = 0.5
"""What a fade speaks for two scenes, in units of a pair of shots without anything in common."""

_DISSOLVE = 0.15


@dataclass(frozen=True, eq=False)
class ShotSound:
    """What is heard over each shot.

    Attributes:
        loudness: (N,) mean LUFS.
        kinds: (N, K) shares of the kinds of sound, each row summing to 1.
    """

    loudness: np.ndarray
    kinds: np.ndarray


def group_scenes(
    likeness: Likeness, sound: ShotSound, spans_s: np.ndarray, *, faded: np.ndarray, dissolved: np.ndarray
) -> np.ndarray:
    """Number the scenes; the time grows with the number of shots, and not with its square.

    Args:
        likeness: How alike pairs of shots look, 0 to 1; asked of pairs within reach of each other.
        sound: How they sound.
        spans_s: (N, 2) when each shot begins and ends.
        faded: (N,) bool, whether a shot comes in through black or another plain picture.
        dissolved: (N,) bool, whether it comes in by a dissolve or wipe.

    Returns:
        (N,) int64, the scene of each shot, from 0, rising by at most one.
    """
    count = len(spans_s)
    agreement = _agreement(_verdicts(likeness, sound, spans_s.mean(axis=1)))
    price = np.where(faded, -_THROUGH_BLACK, np.where(dissolved, -_DISSOLVE, 0.0)) * _ALIKE
    best = np.full(count + 1, -np.inf)
    best[0] = 0.0
    came_from = np.zeros(count + 1, np.int64)
    # gain[first] is what the shots first … last agree on as one scene; each new last adds its pairs with them
    gain = np.zeros(count)
    # Scenes that begin before `low` are out of reach and long enough: each last adds the same to all of them, so that
    # the best of them stays the best and stands for them all.
    low, far = 0, -1
    for last in range(count):
        near = np.arange(low, last + 1)
        if last:
            adds = agreement[last, np.minimum(last - near[:-1], _REACH) - 1]
            gain[low:last] += adds + price[last]
            if far >= 0:
                gain[far] += agreement[last, _REACH - 1] + price[last]
        lengths = spans_s[last, 1] - spans_s[near, 0]
        total = best[near] + gain[near] - _BRIEF * _ALIKE * np.clip(1 - lengths / _BRIEF_S, 0, 1)
        nth = int(np.argmax(total))
        came_from[last + 1], best[last + 1] = near[nth], total[nth]
        if far >= 0 and best[far] + gain[far] >= total[nth]:
            came_from[last + 1], best[last + 1] = far, best[far] + gain[far]
        while last - low >= _REACH and spans_s[last, 1] - spans_s[low, 0] >= _BRIEF_S:
            if far < 0 or best[low] + gain[low] > best[far] + gain[far]:
                far = low
            low += 1
    scenes = np.zeros(count, np.int64)
    end = count
    starts = []
    while end > 0:
        starts.append(int(came_from[end]))
        end = starts[-1]
    for number, start in enumerate(reversed(starts)):
        scenes[start:] = number
    return scenes


def _verdicts(likeness: Likeness, sound: ShotSound, middle_s: np.ndarray) -> np.ndarray:
    """(N, _REACH) of each shot with the first, second … before it: for one scene above 0, for two below.

    0 for pairs out of reach.
    """
    later, back = np.nonzero(np.arange(len(middle_s))[:, None] > np.arange(_REACH)[None])
    earlier = later - back - 1
    # neighbours are in reach, however long they are
    near = (back == 0) | (np.abs(middle_s[later] - middle_s[earlier]) <= _REACH_S)
    later, earlier, back = later[near], earlier[near], back[near]
    level = np.clip(1 - np.abs(sound.loudness[later] - sound.loudness[earlier]) / _LEVEL_LU, 0, 1)
    kind = np.minimum(sound.kinds[later], sound.kinds[earlier]).sum(axis=1)
    verdicts = np.zeros((len(middle_s), _REACH))
    verdicts[later, back] = (1 - _SOUND) * likeness(later, earlier) + _SOUND * level * kind - _ALIKE
    return verdicts


def _agreement(verdicts: np.ndarray) -> np.ndarray:
    """(N, _REACH) what each shot adds to a scene that began one, two … shots before it: the mean of its best matches.

    What it adds to a scene that began sooner is the last of them.
    """
    adds = np.empty_like(verdicts)
    best = np.full((len(verdicts), _BEST), -np.inf)
    for back in range(verdicts.shape[1]):
        found = np.where(verdicts[:, back] == 0, -np.inf, verdicts[:, back])
        best = -np.sort(-np.column_stack([best, found]), axis=1)[:, :_BEST]
        matches = np.isfinite(best)
        mean = np.where(matches, best, 0.0).sum(axis=1) / np.maximum(1, matches.sum(axis=1))
        adds[:, back] = np.where(matches.any(axis=1), mean, -_ALIKE)
    return adds
