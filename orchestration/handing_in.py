"""A person's edit of a trailer, handed in to be rendered; or taken back, so that the house cuts again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ops.errors import MediaError, UsageError
from ops.trailer.cuts import CUTS
from resources.handed_edits import HandedEdits
from resources.published_variants import exhibit_key
from resources.studio import Studio

__all__ = ["OWN_EDIT", "hand_in", "named_cut"]

OWN_EDIT = "auto"
"""In place of a file: the house's own edit is wanted again."""

_MOST_BYTES = 16 << 20


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

    Raises:
        MediaError: The file cannot be read as text.
    """
    edits, key = HandedEdits(studio.database), exhibit_key(title, cut)
    if edit == OWN_EDIT:
        if edits.take_back(title, cut):
            studio.ledger.outdate(key, "the edit that was handed in is taken back")
        return
    path = Path(edit)
    text = _text(path)
    standing = edits.of(title, cut)
    if standing is None or standing.otio != text:
        edits.hand_in(title, cut, name=path.name, otio=text)
        studio.ledger.outdate(key, f"{path.name} was handed in")


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
