"""A look that changes with the film: scene by scene, on cuts alone, and never by much at a time."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ops.errors import UsageError
from ops.style.model import Look, Recipe, look_from_json, look_of
from ops.tastes.evidence import PLAIN
from ops.tastes.weights import UNITS, Mix, in_units

if TYPE_CHECKING:
    from ops.style.model import Style

__all__ = ["LookCourse", "course_of", "look_of_mix", "weights_by_scene"]

_MOST_MOVED = 6
"""Twentieths that may change hands at a cut: at 0.3 one reads the change as the light of another room."""

_PALETTE = 3
"""Styles that a whole film's course is mixed from: what runs is then the same all along, and one look throughout."""


@dataclass(frozen=True)
class LookCourse:
    """The looks of a film in their order, each from a frame on; None is the film as it is.

    Attributes:
        looks: Pairs of a first frame and the look from there to the next; the first begins at 0.
    """

    looks: tuple[tuple[int, Look | None], ...]

    def __post_init__(self) -> None:
        starts = [start for start, _ in self.looks]
        if not starts or starts[0] != 0 or any(after <= before for before, after in itertools.pairwise(starts)):
            raise UsageError(f"begins at the frames {starts[:8]}", where="course", fix="Begin at 0, and go forward.")

    def at(self, frame: int) -> Look | None:
        """The look of a frame."""
        return self.looks[bisect_right([start for start, _ in self.looks], frame) - 1][1]

    def to_json(self) -> list[dict[str, Any]]:
        """As JSON keeps it."""
        return [{"from": start, "look": None if look is None else look.to_json()} for start, look in self.looks]

    @classmethod
    def from_json(cls, document: Sequence[Mapping[str, Any]], library: Mapping[str, Style]) -> LookCourse:
        """Read `to_json` back.

        Raises:
            UsageError: It is no course, or names what the library has not.
        """
        try:
            pairs = [(int(each["from"]), each["look"]) for each in document]
        except (KeyError, TypeError, ValueError) as error:
            raise UsageError("is no course", where="course", fix='It reads [{"from": 0, "look": …}].') from error
        return cls(tuple((start, None if look is None else look_from_json(look, library)) for start, look in pairs))


def look_of_mix(mix: Mix, library: Mapping[str, Style]) -> Look | None:
    """The look of a mix: PLAIN's weight is taken off every style's strength; None where PLAIN is all.

    Raises:
        UsageError: The mix names a style that the library has not.
    """
    styles = {style: weight for style, weight in mix.items() if style != PLAIN and weight > 0}
    if not styles:
        return None
    strength = round(sum(styles.values()), 4)
    recipes = [(Recipe(style, strength=min(1.0, strength)), weight) for style, weight in styles.items()]
    return look_of(recipes, library)


def weights_by_scene(wanted: Sequence[Mix], scene_of_shot: Sequence[int], lengths: Sequence[int]) -> list[Mix]:
    """The mix of each shot: towards what its scene wants, by at most 0.3 a cut.

    Args:
        wanted: The mix of each scene.
        scene_of_shot: (N,) each shot's scene.
        lengths: (N,) each shot's frames.

    Returns:
        A mix a shot, in twentieths, of at most three styles and PLAIN in the whole film. The first is what its scene
        wants; between two shots the weights that change hands sum to 0.3 at most.
    """
    if not scene_of_shot:
        return []
    palette = _palette(wanted, scene_of_shot, lengths)
    targets = [_counted(mix, palette) for mix in wanted]
    now = dict(targets[scene_of_shot[0]])
    course = []
    for scene in scene_of_shot:
        now = _moved(now, targets[scene])
        course.append({style: count / UNITS for style, count in now.items() if count})
    return course


def course_of(shots: Sequence[int], mixes: Sequence[Mix], library: Mapping[str, Style]) -> LookCourse:
    """The course of a mix a shot.

    Args:
        shots: The first frame of each shot, from 0.
        mixes: The mix of each.
        library: The styles that they name.
    """
    looks: list[tuple[int, Look | None]] = []
    for start, mix in zip(shots, mixes, strict=True):
        look = look_of_mix(mix, library)
        if not looks or looks[-1][1] != look:
            looks.append((start, look))
    return LookCourse(tuple(looks))


def _palette(wanted: Sequence[Mix], scene_of_shot: Sequence[int], lengths: Sequence[int]) -> tuple[str, ...]:
    """The styles that are wanted for longest."""
    frames: dict[str, float] = {}
    for scene, length in zip(scene_of_shot, lengths, strict=True):
        for style, weight in wanted[scene].items():
            if style != PLAIN:
                frames[style] = frames.get(style, 0.0) + weight * length
    return tuple(sorted(frames, key=lambda style: (-frames[style], style))[:_PALETTE])


def _counted(mix: Mix, palette: Sequence[str]) -> dict[str, int]:
    """A mix in twentieths of the palette; what it has of other styles is left plain."""
    known = {style: weight for style, weight in mix.items() if style in palette}
    rest = max(0.0, sum(mix.values()) - sum(known.values()))
    counted = in_units(known | {PLAIN: rest} if rest > 0 else known)
    return {style: round(UNITS * counted.get(style, 0.0)) for style in (*palette, PLAIN)}


def _moved(now: Mapping[str, int], target: Mapping[str, int]) -> dict[str, int]:
    """The weights a step nearer to the target: what is most in excess gives to what lacks most."""
    moved = dict(now)
    for _ in range(_MOST_MOVED):
        giver = max(moved, key=lambda style: moved[style] - target[style])
        taker = max(moved, key=lambda style: target[style] - moved[style])
        if moved[giver] <= target[giver]:
            break
        moved[giver] -= 1
        moved[taker] += 1
    return moved
