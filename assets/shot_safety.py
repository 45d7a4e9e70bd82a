"""The safety gate over the film's own shots: what a checker flags is in no trailer before a person allowed it.

The same engine and the same queue as for thumbnails. Without a checker the film's own pictures are taken as its makers
released them, and what a person rejected is left out all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ops.safety.image_gate import NO_CHECKER, GateState, judge_picture
from resources.reviews import Question, Verdict
from resources.store.model import ArtifactKey
from resources.studio import Studio

if TYPE_CHECKING:
    from ops.keyframes.model import KeyframeSet

__all__ = ["ShotSafety", "judge_shots"]


@dataclass(frozen=True)
class ShotSafety:
    """What the gate says of a film's shots.

    Attributes:
        barred: Shots that must not be shown.
        checker: What judged them; "none" where no checker is chosen.
        judged: How many keyframes it saw.
    """

    barred: Set[int]
    checker: str
    judged: int


def judge_shots(
    key: ArtifactKey,
    studio: Studio,
    *,
    master: str,
    shots: Mapping[int, tuple[float, float]],
    keyframes: KeyframeSet,
    folder: Path,
) -> ShotSafety:
    """Judge every shot by its keyframes, and ask a person about those that are flagged, once each.

    Args:
        key: The artifact that would show them.
        studio: Its engines judge; its reviews ask.
        master: The SHA-256 of the title's film: a verdict is about a place in this master.
        shots: From when to when each shot lasts, seconds: numbers change where shots are found anew, places do not.
        keyframes: The film's keyframes.
        folder: Where their pictures lie.

    Raises:
        ModelUnavailable: The checker that the settings choose cannot be loaded.
    """
    import numpy as np
    from PIL import Image

    checker = studio.engines.image_safety
    said = studio.reviews.verdicts(key.title, Question.SHOT)
    places = {shot: _subject(master, *place) for shot, place in shots.items()}
    barred = {shot for shot, place in places.items() if said.get(place) is Verdict.REJECTED}
    if checker is None:
        return ShotSafety(frozenset(barred), NO_CHECKER, 0)
    judged = 0
    for keyframe in keyframes.keyframes:
        subject = places[keyframe.shot]
        if keyframe.shot in barred or said.get(subject) is Verdict.APPROVED:
            continue
        judged += 1
        with Image.open(folder / keyframe.file) as opened:
            judgement = judge_picture(checker, np.asarray(opened.convert("RGB")))
        if judgement.state is GateState.PASSED:
            continue
        barred.add(keyframe.shot)
        why = f"shot {keyframe.shot} at {keyframe.time_s:.1f} s, {judgement.reason}: left out of trailers until then"
        if subject not in said:
            place = studio.store.hold(key, {keyframe.file: folder / keyframe.file}, why=why)
            studio.reviews.ask(key, Question.SHOT, subject, why=why, held=place)
    return ShotSafety(frozenset(barred), checker.name, judged)


def _subject(master: str, start_s: float, end_s: float) -> str:
    return f"{master[:12]}:{round(start_s * 1000)}-{round(end_s * 1000)}"
