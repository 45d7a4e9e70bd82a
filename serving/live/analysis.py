"""What the title's artifacts tell of its film: where shots begin, and what is inside its black bars."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any

from ops.box import WHOLE, Box
from ops.errors import StoreError
from ops.keyframes.model import KeyframeSet
from resources.store.artifact_store import ArtifactStore
from resources.store.model import ArtifactKey
from serving.live.film import Film, Piece

__all__ = ["UNKNOWN", "Analysis", "analysis_of"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Analysis:
    """What is known of a film beside its clock.

    Attributes:
        cuts: Frames with which its shots begin.
        picture: What is inside its bars.
    """

    cuts: frozenset[int]
    picture: Box

    def shown_in(self, piece: Piece) -> list[int]:
        """Where the shots begin that a segment shows; the first of them may have begun before it."""
        inside = sorted(cut for cut in self.cuts if piece.start < cut < piece.end)
        before = [cut for cut in self.cuts if cut <= piece.start]
        return [max(before), *inside] if before else inside

    def shots(self, film: Film) -> list[tuple[float, int]]:
        """Each shot's begin in seconds, and its first frame; empty where none is known."""
        firsts = sorted({0, *self.cuts}) if self.cuts else []
        return [(film.tick(first) / film.timescale, first) for first in firsts]


UNKNOWN = Analysis(frozenset(), WHOLE)
"""Of a film that was not analysed yet."""


def analysis_of(store: ArtifactStore, title: str, frames: int) -> Analysis:
    """What the title's shots and keyframes tell; of another film than one of so many frames, nothing."""
    shots = _told(store, title, "shots", "shots.json")
    if shots is None or shots["frames"] != frames:
        return UNKNOWN
    keyframes = _told(store, title, "keyframes", "keyframes.json")
    picture = WHOLE if keyframes is None else KeyframeSet.from_json(keyframes).usual_area
    return Analysis(frozenset(each["start"] for each in shots["shots"]), picture)


def _told(store: ArtifactStore, title: str, artifact: str, file: str) -> dict[str, Any] | None:
    try:
        manifest = store.manifest(ArtifactKey(title, artifact))
        return None if manifest is None else json.loads(store.fetch(manifest, file).read_text("utf-8"))
    except (StoreError, ValueError, OSError) as error:
        _log.warning("the %s of %s cannot be read: %s", artifact, title, error)
        return None
