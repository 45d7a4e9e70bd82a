"""The edit that a trailer is made by: the one that a person handed in, else the house's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assets.making import Work
from assets.trailer_room import CuttingRoom
from ops.errors import MediaError
from ops.trailer.cuts import Cut
from resources.handed_edits import HandedEdit, HandedEdits
from resources.recuts import Recut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.trailer.edl import EditDecisionList

__all__ = ["edit_of"]

_TRIES, _STRIDE = 6, 101
"""How many edits are tried where a person rejected one after the other, and how far apart their seeds lie: beyond the
attempts that viewers will ever ask for, so that no later order gives the same edit again."""


def edit_of(work: Work, room: CuttingRoom, cut: Cut, recut: Recut | None) -> EditDecisionList:
    """The house's edit, or the one that a person handed in, for which the house need not be able to cut the film.

    What a person rejected is not made again. Where viewers asked for a new cut it differs from what they were shown,
    and is the house's own where that was a person's: there would be nothing to test else.

    Args:
        work: The making under way.
        room: The title's.
        cut: Which trailer.
        recut: The order for a new cut that stands.

    Raises:
        CannotCut: The film does not give this trailer.
        MediaError: What was handed in cannot be rendered, or a person rejected it, or every edit that was tried.
    """
    from ops.trailer.editing.editor import CannotCut
    from ops.trailer.finish import edit_id

    barred = work.studio.reviews.barred(work.title)
    shown = {recut.arm} if recut else set()
    handed = HandedEdits(work.studio.database).of(work.title, cut.name)
    first = recut.attempt if recut else 0
    why_not, own = "", None
    try:
        own = _own(room, cut, first)
    except CannotCut as error:
        why_not = str(error)
    if handed is not None:
        edl = _framed(work, _handed_in(work, room, cut, handed, own), cut)
        if edit_id(edl) in barred:
            raise MediaError(
                "was rejected by a person", where=handed.name, fix="Hand in another edit, or take it back: --edl auto."
            )
        if edit_id(edl) not in shown or own is None:
            return edl
    if own is None:
        raise CannotCut(why_not)
    for nth in range(_TRIES):
        edl = _framed(work, _own(room, cut, first + nth * _STRIDE) if nth else own, cut)
        if edit_id(edl) not in barred | shown:
            return edl
    raise MediaError(
        f"{_TRIES} edits were tried, and each was rejected by a person or is what viewers were shown",
        where=f"{work.title} {work.artifact.asset}",
        fix="Hand in an edit of it: showrunner make FILE --edl edit.otio.",
    )


def _own(room: CuttingRoom, cut: Cut, attempt: int) -> EditDecisionList:
    from ops.trailer.editing.editor import CannotCut, edit

    if why := cut.source_too_short(room.analysis.duration_s):
        raise CannotCut(why)
    return edit(room.analysis, room.brief(cut, attempt=attempt))


def _handed_in(
    work: Work, room: CuttingRoom, cut: Cut, handed: HandedEdit, own: EditDecisionList | None
) -> EditDecisionList:
    from ops.trailer.cuts import Destination, picture_size
    from ops.trailer.otio.blank import blank_edit
    from ops.trailer.otio.reading import read_otio

    if handed.master != room.film.sha256:
        raise MediaError(
            "was handed in for an earlier master of the film, and its places are counted in that one",
            where=handed.name,
            fix="Fit it to the new master and hand it in again, or take it back: --edl auto.",
        )
    path = work.folder / "handed" / handed.name
    path.parent.mkdir()
    path.write_text(handed.otio, encoding="utf-8")
    destination = Destination(work.studio.settings.trailer_destination)
    size = picture_size(cut, room.size, room.picture)
    edl = read_otio(path, own or blank_edit(cut.name, room.rate, size, room.film, destination))
    for where, words in _words_of(edl):
        if fault := _fault(room, words):
            raise MediaError(f"{where} says “{words}”, which {fault}", where=handed.name, fix="Change those words.")
    return edl


def _words_of(edl: EditDecisionList) -> Iterator[tuple[str, str]]:
    """All words that are set on its pictures, each with where."""
    from ops.trailer.events import Card

    for place, event in enumerate(edl.events, 1):
        if isinstance(event, Card):
            yield f"event {place}", " ".join(line for line in event.lines if line.strip())
        elif event.title is not None:
            yield f"event {place}", event.title.words


def _fault(room: CuttingRoom, words: str) -> str:
    """What is listed in words; the film's own name may be among them where it may be set."""
    from ops.thumbnails.wording import lockup_text

    for name in {lockup_text(room.film.name), room.film.name}:
        if name.strip() and not room.desk.fault(name):
            words = re.sub(r"\s+".join(map(re.escape, name.split())), " ", words, flags=re.IGNORECASE)
    return room.desk.fault(words) if words.strip() else ""


def _framed(work: Work, edl: EditDecisionList, cut: Cut) -> EditDecisionList:
    from ops.trailer.finish import reframed

    return reframed(edl, work.film(), cut.shape, faces=work.studio.engines.faces)
