"""The words of a title's variants: what a writer is told of its pictures, and what it is asked for."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ops.objects import LIVING
from ops.thumbnails.art import ArtDirection
from ops.thumbnails.composition import colourfulness
from ops.thumbnails.looks import Look
from ops.thumbnails.study import Study
from ops.thumbnails.templates import MOODS
from ops.writing import Brief, NothingUsable, Writer

__all__ = ["Words", "art_direction", "brief_of", "taglines_for"]

_DARK, _BRIGHT = 62.0, 150.0
"""Mean luma below which most of a title's frames are dark, and above which they are bright."""

_GREY = 8.0
"""Colourfulness below which a film is black and white, as in `plan`."""

_CAST = 3.5
"""Mean of Lab's b, warm above, cold below its negative: a slight cast, seen over a whole film."""

_SURE = 0.7
"""A detector's score from which a face is spoken of."""

_TAGLINES, _PROMPTS = 3, 2

_PEOPLE = {1: "one person", 2: "two people"}


@dataclass(frozen=True)
class Words:
    """What a writer wrote, and what it could not.

    Attributes:
        lines: Fit to be used, best first.
        writer: Who wrote them, as a manifest names it.
        missing: Why there are none, or an empty string.
    """

    lines: tuple[str, ...]
    writer: str
    missing: str = ""


def brief_of(title: str, genre: str, studies: Sequence[Study]) -> Brief:
    """What can be told of a title from its keyframes alone: whom its best pictures show, and its light."""
    best = sorted(studies, key=lambda each: -each.keyframe.score)[:12]
    people = max((sum(face.score >= _SURE for face in each.faces) for each in best), default=0)
    seen = [_PEOPLE.get(people, "several people")] if people else []
    others = (each.subject.label for each in best if each.subject is not None)
    seen += [_one(label) for label in dict.fromkeys(others) if label in LIVING - {"person"}]
    return Brief(title, genre, tuple(seen), _moods(best))


def taglines_for(brief: Brief, text: str, writer: Writer, *, seed: int) -> Words:
    """Taglines to set under a lockup's text.

    They are English, so that a title in another script than Latin gets none.
    """
    if not text or not all("LATIN" in unicodedata.name(each, "") for each in text if each.isalpha()):
        return Words((), writer.name, "taglines are English, and the title is not in Latin letters")
    try:
        return Words(tuple(writer.taglines(brief, count=_TAGLINES, seed=seed)), writer.name)
    except NothingUsable as error:
        return Words((), writer.name, str(error))


def art_direction(brief: Brief, look: Look, writer: Writer, *, seed: int) -> tuple[ArtDirection, Words]:
    """What an image model is asked for: the genre's prompt, with a scene that the writer describes where it can.

    Returns:
        The direction, and the writer's part in it.
    """
    try:
        scenes = Words(tuple(writer.picture_prompts(brief, count=_PROMPTS, seed=seed)), writer.name)
    except NothingUsable as error:
        scenes = Words((), writer.name, str(error))
    general = look.prompt_for(brief.title).replace(" ,", ",")  # of a title without words
    light = [MOODS[mood] for mood in brief.moods]
    direction = ArtDirection(
        prompts=tuple(f"{general}, {scene}" for scene in scenes.lines) or (general,),
        over_frame=", ".join([general, *light]),
        negative=look.negative_prompt,
    )
    return direction, scenes


def _one(label: str) -> str:
    return f"{'an' if label[0] in 'aeiou' else 'a'} {label}"


def _moods(studies: Sequence[Study]) -> tuple[str, ...]:
    if not studies:
        return ()
    light = float(np.median([_luma(each.small) for each in studies]))
    moods = ["dark"] if light < _DARK else ["bright"] if light > _BRIGHT else []
    if float(np.median([colourfulness(each.small) for each in studies])) < _GREY:
        return (*moods, "grey")
    cast = float(np.median([_yellow(each.small) for each in studies]))
    return (*moods, *(["warm"] if cast > _CAST else ["cold"] if cast < -_CAST else []))


def _luma(rgb: np.ndarray) -> float:
    return float(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).mean())


def _yellow(rgb: np.ndarray) -> float:
    """Lab's b, mean: above 0 yellow, below blue."""
    return float(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)[..., 2].mean()) - 128.0
