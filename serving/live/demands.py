"""What live delivery asks of workers, in their words (`serving.live.jobs`): a film's outline, pictures, sound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ops.ladder.rungs import Rung
from ops.style.model import Family, Look, Style
from resources.titles import Master
from serving.live.apart import apart
from serving.live.film import Film
from serving.live.pool import Demand, Workers
from serving.live.stream import Stream

__all__ = ["film_demand", "pictures_demand", "sound_demand"]

_DEADLINE_S = 8.0
"""A player has about twelve seconds in hand; what comes later is asked for again anyway."""

_READING_S = 600.0
"""A feature may have to be fetched before it can be read."""


def film_demand(master: Master) -> Demand:
    """Asks what there is to stream of a film."""
    body = {"master": _told(master)}
    return Demand("/film", body, stream=f"{master.sha256} film", timeout_s=_READING_S)


def sound_demand(master: Master, film: Film, number: int) -> Demand:
    """Asks for a segment's sound."""
    body = {"master": _told(master), "film": film.to_json(), "number": number}
    return Demand("/sound", body, stream=f"{master.sha256} sound")


def pictures_demand(
    stream: Stream, rung: Rung, number: int, step: int, *, library: Mapping[str, Style], workers: Workers
) -> Demand:
    """Asks for a segment's pictures: of one worker, or of several where none makes all parts of the look.

    Args:
        stream: The film and the look.
        rung: The size of what is delivered.
        number: The segment.
        step: The quality, of `serving.live.quality.STEPS`.
        library: The styles there are.
        workers: Tell who makes what.

    Raises:
        ModelUnavailable: Nobody makes a part of the look.
    """
    families = _families(stream.look, library)
    look, helpers = stream.look and stream.look.to_json(), []
    if stream.look is not None and not workers.covers(families):
        look, helpers, families = apart(stream.look, library, workers)
    body = {
        "master": _told(stream.master),
        "film": stream.film.to_json(),
        "number": number,
        "rung": rung.name,
        "look": look,
        "helpers": helpers,
        "edition": stream.edition,
        "step": step,
        "cuts": stream.analysis.shown_in(stream.film.pieces[number]),
        "picture": tuple(stream.analysis.picture),
        "deadline_s": _DEADLINE_S,
    }
    name = f"{stream.master.sha256} {stream.key} {rung.name}"
    return Demand("/segments", body, families, name, timeout_s=2 * _DEADLINE_S + 20)


def _families(look: Look | None, library: Mapping[str, Style]) -> frozenset[Family]:
    styles = () if look is None else look.styles
    return frozenset(library[style].family for style in styles if style in library)


def _told(master: Master) -> dict[str, Any]:
    return {"title": master.title, "sha256": master.sha256, "uri": master.uri, "size_bytes": master.size_bytes}
