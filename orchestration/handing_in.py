"""A person's edit of a trailer, handed in to be rendered; or taken back, so that the house cuts again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ops.errors import MediaError, UsageError
from ops.trailer.cuts import CUTS
from ops.trailer.edl import Film
from ops.trailer.otio.blank import blank_edit
from resources.handed_edits import HandedEdits
from resources.studio import Studio

__all__ = ["OWN_EDIT", "Handed", "hand_in", "named_cut"]

OWN_EDIT = "auto"
"""In place of a file: the house's own edit is wanted again."""

_MOST_BYTES = 16 << 20


@dataclass(frozen=True)
class Handed:
    """What a person hands in with a film.

    Attributes:
        edit: An edit of one of its trailers: a file, or `OWN_EDIT` to take it back.
        language: The language that is spoken: a code of `ops.languages`.
        corrections: A file of corrections of its subtitles.
    """

    edit: str | None = None
    language: str | None = None
    corrections: Path | None = None


_ENDLESS = 1 << 40
_ANY_RATE = Fraction(24)


def named_cut(edit: str, wanted: Sequence[str]) -> str:
    """The cut that an edit is of: the one that is asked for alone, else the one that the file names.

    Args:
        edit: The file, or `OWN_EDIT`.
        wanted: The assets that are asked for.

    Raises:
        UsageError: Nothing tells which cut.
    """
    asked = [asset.partition("/")[2] for asset in wanted if asset.startswith("trailer/")]
    if wanted and not asked:
        raise UsageError("is an edit of a trailer", where=edit, fix="Let --only name it: --only trailer/<cut>.")
    if len(asked) == 1:
        return asked[0]
    told = "" if edit == OWN_EDIT else _told_by(Path(edit))
    if told in CUTS and (not asked or told in asked):
        return told
    raise UsageError(
        "does not tell which trailer it is an edit of",
        where=edit,
        fix=f"Add --only trailer/<cut>, with one of {', '.join(CUTS)}.",
    )


def hand_in(title: str, cut: str, edit: str, studio: Studio) -> None:
    """Keep an edit for a title's cut, or take the one that stands back; the trailer is stale by it.

    What cannot be an edit never takes the place of one that stands.

    Raises:
        MediaError: The file is no timeline, or asks for what is not rendered here.
    """
    edits = HandedEdits(studio.database)
    if edit == OWN_EDIT:
        edits.take_back(title, cut)
        return
    path = Path(edit)
    text = _text(path)
    master = studio.catalogue.master(title).sha256
    _check(path, text, cut, master)
    edits.hand_in(title, cut, name=path.name, otio=text, master=master)


def _check(path: Path, text: str, cut: str, master: str) -> None:
    """Read it as it will be read, in its own frames; whether the film has those is known when it is made."""
    from ops.trailer.otio.reading import read_otio

    read_otio(path, blank_edit(cut, _rate_of(text), (2, 2), Film("", master, _ENDLESS)))


def _rate_of(text: str) -> Fraction:
    """The rate that the picture of a timeline is counted at: nothing is rounded then."""
    import opentimelineio as otio

    try:
        timeline = otio.adapters.read_from_string(text, "otio_json")
        rate = next(iter(timeline.video_tracks()[0].find_clips())).trimmed_range().duration.rate
        return Fraction(rate).limit_denominator(1001) if 0 < rate < 1000 else _ANY_RATE
    except Exception:  # noqa: BLE001  (whatever its parser makes of a stranger's file is told by who reads it all)
        return _ANY_RATE


def _told_by(path: Path) -> str:
    try:
        told = json.loads(_text(path))["metadata"]["showrunner"]["cut"]
    except (KeyError, TypeError, ValueError):
        return ""
    return told if isinstance(told, str) else ""


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise MediaError("is too large for the edit of a trailer", where=path, fix="Export the timeline alone.")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MediaError(f"cannot be read as OpenTimelineIO ({error})", where=path, fix="Export OTIO again.") from error
