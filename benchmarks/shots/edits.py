"""Synthetic edits with exact truth: real takes cut together by a seed, written as H.264 files.

Each group isolates one thing that detectors get wrong; "mixed" has everything, and the look of real
deliveries (letterbox, grain, grades, short shots). A seed gives the same edit on every machine that decodes alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from benchmarks.shots.false_friends import Friend, false_friend
from benchmarks.shots.takes import STRETCHES, Stretch, read_take
from ops.shots.evaluate import Change, Truth

__all__ = ["SIZE", "Group", "make_edit"]

SIZE = (480, 270)
RATE = Fraction(25)


class Group(StrEnum):
    """What an edit is made to try."""

    CUTS = "cuts"
    DISSOLVES = "dissolves"
    FADES = "fades"
    FLASHES = "flashes"
    WHIPS = "whips"
    MIXED = "mixed"


@dataclass(frozen=True)
class _Recipe:
    """Shares of joins that are not cuts, and chances that a shot holds a false friend."""

    dissolves: float = 0.0
    fades: float = 0.0
    wipes: float = 0.0
    friends: dict[Friend, float] = field(default_factory=dict)
    dressed: bool = False
    short: float = 0.05


_RECIPES = {
    Group.CUTS: _Recipe(short=0.2),
    Group.DISSOLVES: _Recipe(dissolves=0.7),
    Group.FADES: _Recipe(fades=0.6),
    Group.FLASHES: _Recipe(friends={Friend.FLASH: 0.6}),
    Group.WHIPS: _Recipe(friends={Friend.WHIP: 0.6}),
    Group.MIXED: _Recipe(
        dissolves=0.2,
        fades=0.12,
        wipes=0.05,
        friends={
            Friend.FLASH: 0.12,
            Friend.WHIP: 0.1,
            Friend.EXPOSURE: 0.08,
            Friend.FREEZE: 0.08,
            Friend.TITLE: 0.1,
        },
        dressed=True,
        short=0.12,
    ),
}


@dataclass
class _Edit:
    """An edit while it grows: its pictures so far, and the changes in them."""

    frames: list[np.ndarray] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


def make_edit(folder: Path, group: Group, seed: int, into: Path, *, shots: int = 14) -> Truth:
    """Cut an edit together and write it to `into` (mp4).

    Args:
        folder: Where the clips are (`data/video`).
        group: What to try.
        seed: Any number; the benchmark tunes on 0-9 and reports from 100.
        into: The file to write.
        shots: How many shots.
    """
    random = np.random.default_rng([seed, list(Group).index(group)])
    recipe = _RECIPES[group]
    edit = _Edit()
    stretch: Stretch | None = None
    for number in range(shots):
        stretch = _draw_stretch(random, avoid=stretch)
        take = _draw_take(random, folder, stretch, recipe)
        if recipe.dressed:
            take = _grade(random, take)
        take = false_friend(random, take, recipe.friends)
        if number == 0:
            edit.frames += list(take)
        else:
            _join(random, edit, take, recipe)
    frames = _dress(random, edit.frames) if recipe.dressed else edit.frames
    _write(frames, into, crf=int(random.integers(18, 27)))
    return Truth(tuple(edit.changes))


def _draw_stretch(random: np.random.Generator, avoid: Stretch | None) -> Stretch:
    while True:
        clip = STRETCHES[random.integers(len(STRETCHES))]
        stretch = clip[random.integers(len(clip))]
        if stretch != avoid:
            return stretch


def _draw_take(random: np.random.Generator, folder: Path, stretch: Stretch, recipe: _Recipe) -> np.ndarray:
    if random.random() < recipe.short:
        length = int(random.choice([1, 3, 5, 8, 12]))
    else:
        length = int(np.clip(random.lognormal(np.log(45), 0.5), 16, 120))
    length = min(length, len(stretch))
    first = stretch.first + int(random.integers(len(stretch) - length + 1))
    return read_take(folder, stretch, first, length, SIZE)


def _join(random: np.random.Generator, edit: _Edit, take: np.ndarray, recipe: _Recipe) -> None:
    """Append a take by a cut or by one of the gradual transitions, where both sides are long enough."""
    room = min(len(take), _room(edit)) - 4
    kind = random.choice(
        ["cut", "dissolve", "fade", "wipe"],
        p=[1 - recipe.dissolves - recipe.fades - recipe.wipes, recipe.dissolves, recipe.fades, recipe.wipes],
    )
    length = int(random.integers(6, 37))
    if kind == "cut" or room < 6:
        edit.changes.append(Change.cut(len(edit.frames)))
        edit.frames += list(take)
        return
    length = min(length, room)
    if kind == "fade":
        _fade(random, edit, take, length)
        return
    start = len(edit.frames) - length
    mixed = []
    for place in range(length):
        share = (place + 1) / (length + 1)
        before, after = edit.frames[start + place], take[place]
        if kind == "dissolve":
            mixed.append(cv2.addWeighted(before, 1 - share, after, share, 0))
        else:
            edge = round(share * before.shape[1])
            mixed.append(np.hstack([after[:, :edge], before[:, edge:]]))
    edit.frames[start:] = [*mixed, *take[length:]]
    edit.changes.append(Change(start - 1, start + length, str(kind)))


def _room(edit: _Edit) -> int:
    """Frames of the last shot that no transition has touched yet."""
    return len(edit.frames) - (edit.changes[-1].new_start if edit.changes else 0)


def _fade(random: np.random.Generator, edit: _Edit, take: np.ndarray, length: int) -> None:
    flat = np.full_like(take[0], 255 if random.random() < 0.2 else int(random.integers(0, 8)))
    start = len(edit.frames) - length
    for place in range(length):
        share = (place + 1) / length
        edit.frames[start + place] = cv2.addWeighted(edit.frames[start + place], 1 - share, flat, share, 0)
    edit.frames += [flat] * int(random.integers(0, 13))
    first = len(edit.frames)
    for place in range(length):
        share = (place + 1) / length
        edit.frames.append(cv2.addWeighted(flat, 1 - share, take[place], share, 0))
    edit.frames += list(take[length:])
    edit.changes.append(Change(start - 1, first + length, "fade"))


def _grade(random: np.random.Generator, take: np.ndarray) -> np.ndarray:
    """A look: gamma, and for one shot in eight black and white."""
    gamma = random.uniform(0.75, 1.4)
    curve = (255 * (np.arange(256) / 255) ** gamma).astype(np.uint8)
    graded = curve[take]
    if random.random() < 0.125:
        graded = np.repeat(graded.mean(axis=3, keepdims=True).astype(np.uint8), 3, axis=3)
    return graded


def _dress(random: np.random.Generator, frames: list[np.ndarray]) -> Iterator[np.ndarray]:
    """Bars and grain over the whole edit."""
    bar = int(random.choice([0, 0, 20, 34]))
    grain = float(random.choice([0, 2, 5, 8]))
    for frame in frames:
        noisy = frame
        if grain:
            noise = random.standard_normal((*frame.shape[:2], 1), dtype=np.float32) * grain
            noisy = np.clip(frame + noise, 0, 255).astype(np.uint8)
        if bar:
            noisy = noisy.copy()
            noisy[:bar] = 0
            noisy[-bar:] = 0
        yield noisy


def _write(frames: list[np.ndarray] | Iterator[np.ndarray], into: Path, *, crf: int) -> None:
    with av.open(into, "w") as file:
        stream = file.add_stream("libx264", rate=RATE, options={"crf": str(crf), "preset": "veryfast"})
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        for frame in frames:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")))
        file.mux(stream.encode())
