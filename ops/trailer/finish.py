"""From an edit to a finished trailer: its sound mixed and mastered, its pictures rendered, the two joined."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from ops.faces import FaceDetector
from ops.progress import Progress, no_progress
from ops.trailer.edl import EditDecisionList
from ops.trailer.events import Clip, Event
from ops.trailer.picture.cache import PieceCache
from ops.trailer.picture.encoder import Encoder
from ops.trailer.picture.reframe import reframe
from ops.trailer.picture.render import Rendering, render_trailer
from ops.trailer.sound.mastering import CodedSound, master_aac
from ops.trailer.sound.mix import mix

__all__ = ["FinishedTrailer", "Materials", "edit_id", "finish", "reframed"]

_FRAMED = 0.15
"""Share of the work that is done when the crops are found."""


@dataclass(frozen=True)
class Materials:
    """The files that a trailer is made of.

    Attributes:
        film: The film.
        track: Its sound, as `extract_track` writes it; None for a silent film.
        supplied: Music that was supplied; None for none.
    """

    film: Path
    track: Path | None
    supplied: Path | None = None


@dataclass(frozen=True)
class FinishedTrailer:
    """A trailer as a file.

    Attributes:
        edl: What it shows; crops included.
        path: The MP4.
        sound: How its sound came out.
        rendering: How its pictures did.
    """

    edl: EditDecisionList
    path: Path
    sound: CodedSound
    rendering: Rendering


def edit_id(edl: EditDecisionList) -> str:
    """Eight hex digits that another edit has others of; only what is seen and heard counts, not why it was chosen.

    So an edit that came back from a person unchanged is the same edit, and so is one for another destination.
    """
    events = tuple(
        replace(event, reason="", traits=()) if isinstance(event, Clip) else replace(event, reason="")
        for event in edl.events
    )
    joins = tuple(replace(join, reason="") for join in edl.joins)
    sounds = sorted(edl.sounds, key=lambda sound: (sound.at, sound.start, sound.end))  # tracks know no order
    bed = None if edl.bed is None else replace(edl.bed, reason="")
    heard = tuple(replace(sound, reason="") for sound in sounds)
    decided = asdict(replace(edl, events=events, joins=joins, sounds=heard, bed=bed, notes=()))
    for else_decided in ("target_lufs", "peak_dbtp", "size"):  # by where it is shown
        del decided[else_decided]
    decided["film"] = edl.film.sha256  # whatever it is called
    told = json.dumps(decided, default=_plain)
    # OpenTimelineIO keeps 16 digits, of 17: a microsecond is the same time
    rounded = json.loads(told, parse_float=lambda digits: round(float(digits), 6))
    return hashlib.sha256(json.dumps(rounded).encode()).hexdigest()[:8]


def _plain(value: object) -> object:
    """A number as Python has it, whichever library counted; a rate as its fraction."""
    return value.item() if isinstance(value, np.generic) else str(value)


def reframed(
    edl: EditDecisionList,
    film: Path,
    shape: Fraction | None,
    *,
    faces: FaceDetector | None,
    progress: Progress = no_progress,
) -> EditDecisionList:
    """The edit with a crop that follows the subject in every clip that has none, where the shape is not the film's own.

    Raises:
        MediaError: The film cannot be decoded.
    """
    if shape is None:
        return edl
    events: list[Event] = []
    for nth, event in enumerate(edl.events):
        if isinstance(event, Clip) and not event.crop:
            found = reframe(
                film, event.start, event.end, edl.rate, aspect=float(shape), picture=edl.film.picture, faces=faces
            )
            event = replace(event, crop=found.knots)  # noqa: PLW2901
        events.append(event)
        progress((nth + 1) / len(edl.events))
    return replace(edl, events=tuple(events))


def finish(
    edl: EditDecisionList,
    materials: Materials,
    into: Path,
    *,
    pieces: PieceCache,
    shape: Fraction | None = None,
    faces: FaceDetector | None = None,
    encoder: Encoder = Encoder.AUTO,
    progress: Progress = no_progress,
) -> FinishedTrailer:
    """Make a trailer: its sound while its pictures are made, which leave cores idle now and then.

    Args:
        edl: What to make.
        materials: What from.
        into: A folder for it.
        pieces: Where pieces of picture are kept.
        shape: Width over height of a cut that is not of the film's own shape.
        faces: Finds faces for it.
        encoder: What encodes.
        progress: Told the share done.

    Raises:
        MediaError: The film cannot be decoded, or there is nothing to be heard.
        SettingsError: The encoder does not work here.
    """
    framed = reframed(edl, materials.film, shape, faces=faces, progress=lambda share: progress(_FRAMED * share))
    progress(_FRAMED)
    with ThreadPoolExecutor(1, thread_name_prefix="sound") as desk:
        mastering = desk.submit(_sound, framed, materials, into / "sound.m4a")
        rendering = render_trailer(
            framed,
            materials.film,
            into / "trailer.mp4",
            pieces=pieces,
            sound=lambda: mastering.result().path,
            encoder=encoder,
            progress=lambda share: progress(_FRAMED + (1 - _FRAMED) * share),
        )
    return FinishedTrailer(framed, rendering.path, mastering.result(), rendering)


def _sound(edl: EditDecisionList, materials: Materials, out: Path) -> CodedSound:
    mixed = mix(edl, materials.track, supplied=materials.supplied)
    return master_aac(mixed.samples, out, target_lufs=edl.target_lufs, peak_dbtp=edl.peak_dbtp)
