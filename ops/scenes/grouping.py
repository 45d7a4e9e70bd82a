"""Scenes: neighbouring shots that show and sound the same place, told apart by the best way to cut the film's list.

Each pair of shots near each other speaks for one scene or for two, by how alike they look and sound; the groups are the
runs of shots whose pairs agree best, found exactly by dynamic programming (as Rotman, Porat and Ashour, "Robust and
efficient video scene detection using optimal sequential grouping", 2016; here the number of scenes follows from where
alike ends and is not given). In a dialogue the camera goes to and fro, so a shot is asked about its best matches.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["ShotSound", "group_scenes"]

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
    likeness: np.ndarray, sound: ShotSound, spans_s: np.ndarray, *, faded: np.ndarray, dissolved: np.ndarray
) -> np.ndarray:
    """Number the scenes.

    Args:
        likeness: (N, N) how alike the shots look, 0 to 1.
        sound: How they sound.
        spans_s: (N, 2) when each shot begins and ends.
        faded: (N,) bool, whether a shot comes in through black or another plain picture.
        dissolved: (N,) bool, whether it comes in by a dissolve or wipe.

    Returns:
        (N,) int64, the scene of each shot, from 0, rising by at most one.
    """
    count = len(spans_s)
    verdicts = _verdicts(likeness, sound, spans_s.mean(axis=1))
    price = np.where(faded, -_THROUGH_BLACK, np.where(dissolved, -_DISSOLVE, 0.0)) * _ALIKE
    best = np.full(count + 1, -np.inf)
    best[0] = 0.0
    came_from = np.zeros(count + 1, np.int64)
    # gain[first] is what the shots first … last agree on as one scene; each new last adds its pairs with them
    gain = np.zeros(count)
    for last in range(count):
        gain[: last + 1] += _agreement(verdicts, last)
        if last:
            gain[:last] += price[last]
        lengths = spans_s[last, 1] - spans_s[: last + 1, 0]
        brief = _BRIEF * _ALIKE * np.clip(1 - lengths / _BRIEF_S, 0, 1)
        total = best[: last + 1] + gain[: last + 1] - brief
        came_from[last + 1] = int(np.argmax(total))
        best[last + 1] = total[came_from[last + 1]]
    scenes = np.zeros(count, np.int64)
    end = count
    starts = []
    while end > 0:
        starts.append(int(came_from[end]))
        end = starts[-1]
    for number, start in enumerate(reversed(starts)):
        scenes[start:] = number
    return scenes


def _verdicts(likeness: np.ndarray, sound: ShotSound, middle_s: np.ndarray) -> np.ndarray:
    """(N, N) for one scene above 0, for two below; 0 for pairs out of reach."""
    level = np.clip(1 - np.abs(sound.loudness[:, None] - sound.loudness[None]) / _LEVEL_LU, 0, 1)
    kind = np.minimum(sound.kinds[:, None], sound.kinds[None]).sum(axis=2)
    alike = (1 - _SOUND) * likeness + _SOUND * level * kind
    places = np.arange(len(middle_s))
    near = np.abs(places[:, None] - places[None]) <= _REACH
    near &= np.abs(middle_s[:, None] - middle_s[None]) <= _REACH_S
    near |= np.abs(places[:, None] - places[None]) == 1  # neighbours, however long they are
    return np.where(near, alike - _ALIKE, 0.0)


def _agreement(verdicts: np.ndarray, last: int) -> np.ndarray:
    """(last + 1,) what `last` adds to a scene that began at each shot up to it: the mean of its best matches there."""
    adds = np.zeros(last + 1)
    matches: list[float] = []
    for first in range(last - 1, -1, -1):
        if verdicts[last, first]:
            matches = sorted([*matches, float(verdicts[last, first])], reverse=True)[:_BEST]
        adds[first] = np.mean(matches) if matches else -_ALIKE
    return adds
