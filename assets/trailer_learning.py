"""What viewers' leaving taught about trailers: which moments hold them, for the whole house, and each trailer's curve.

The next trailers lean towards what held viewers; `learned_weights` is what their editor asks.
"""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import dagster as dg

from assets.artifact import OWNERS
from assets.metadata import picture, table
from assets.placement import placement
from ops.errors import UsageError
from ops.experiments.exhibit import length_s
from resources.database import Database
from resources.published_variants import TRAILER_FILE, exhibit_key, variants_of
from resources.store.model import Manifest
from resources.studio import Studio
from resources.viewer_events import CONTENT_DIGITS
from resources.viewings import SeenVersion, Viewings

if TYPE_CHECKING:
    from ops.trailer.viewers.learning import Seen, TrailerLessons
    from ops.trailer.viewers.on_screen import Second
    from ops.trailer.viewers.retention import Retention

__all__ = ["LEAST_VIEWERS", "learned_weights", "retention_of", "seconds_on_screen", "trailer_learning"]

LEAST_VIEWERS = 50
"""Of a version: with fewer, each second loses one viewer or none, and a version of its own level tells no more."""

_MOST = 200
_VIEWERS_OF_EACH = 2_000
"""Newest viewers of a version that are learned from: shots' own luck, not chance, limits the lessons by then."""
_SHOWN = 6

_FRESH_S = 300
"""How long lessons are taken as they are: a viewing more in five minutes turns none of them."""
_learning = threading.Lock()
_learned: "WeakKeyDictionary[Database, tuple[float, TrailerLessons]]" = WeakKeyDictionary()


def learned_weights(studio: Studio) -> "TrailerLessons":
    """What each trait of a moment, and the length of shots, is multiplied by in trailers to come; 1 where unknown.

    Learned once in some minutes for all titles of a batch: it reads every viewing that counts.
    """
    from ops.trailer.viewers.learning import learn

    with _learning:
        known = _learned.get(studio.database)
        if known is None or time.monotonic() - known[0] > _FRESH_S:
            known = time.monotonic(), learn([seen for _, _, seen in _seen(studio)])
            _learned[studio.database] = known
        return known[1]


def retention_of(version: SeenVersion, studio: Studio) -> "Retention | None":
    """The curve of one version of a trailer; None of a cut that the house does not know."""
    from ops.trailer.viewers.retention import retention

    length = length_s(version.cut)
    if length is None:
        return None
    viewings = Viewings(studio.database).of(version.title, version.cut, version.content, most=_VIEWERS_OF_EACH)
    return retention(viewings, length)


def seconds_on_screen(version: SeenVersion, studio: Studio) -> "list[Second]":
    """What a version shows second by second, by the edit that was published with it; empty where none is kept."""
    from ops.trailer.viewers.on_screen import seconds_from_json

    key = exhibit_key(version.title, version.cut)
    for name in studio.store.versions(key):
        manifest = studio.store.manifest(key, name)
        edit = None if manifest is None else _edit_file(manifest, version.content, studio)
        if manifest is not None and edit is not None:
            try:
                return seconds_from_json(json.loads(studio.store.fetch(manifest, edit).read_text(encoding="utf-8")))
            except UsageError:
                continue
    return []


def _edit_file(manifest: Manifest, content: str, studio: Studio) -> str | None:
    """The file that tells the edit of a trailer in this version, where it is one of its files."""
    files = {file.name: file for file in manifest.files}
    own = next((file.name for file in manifest.files if file.sha256[:CONTENT_DIGITS] == content), None)
    if own is None:
        return None
    told = next((each.get("edit") for each in variants_of(manifest, studio.store) if each["file"] == own), None)
    name = told or ("edit.json" if own == TRAILER_FILE else f"{own.rpartition('.')[0]}.json")
    return name if name in files else None


def _seen(studio: Studio) -> "Iterator[tuple[SeenVersion, Retention, Seen]]":
    """Versions that enough viewers saw and whose edit is kept."""
    from ops.trailer.viewers.learning import Seen

    for version in Viewings(studio.database).seen(least=LEAST_VIEWERS, most=_MOST):
        curve, seconds = retention_of(version, studio), seconds_on_screen(version, studio)
        if curve is None or not seconds:
            continue
        known = min(len(seconds), len(curve.seen))
        lost = [min(gone, there) for gone, there in zip(curve.lost, curve.seen, strict=True)]
        yield version, curve, Seen(seconds[:known], curve.seen[:known], lost[:known])


_WHERE = placement("experiments")


@dg.asset(
    deps=[dg.AssetKey("experiment_results")],
    group_name="experiments",
    kinds={"postgres"},
    owners=OWNERS,
    op_tags=_WHERE.op_tags(),
    pool=_WHERE.pool,
    retry_policy=_WHERE.retry_policy,
)
def trailer_learning(studio: dg.ResourceParam[Studio]) -> dg.MaterializeResult:
    """Which moments of trailers hold viewers and which they leave at, over all versions that enough of them saw."""
    from ops.trailer.viewers.learning import learn

    found = list(_seen(studio))
    lessons = learn([seen for _, _, seen in found])
    metadata: dict[str, Any] = {
        "trailers": lessons.trailers,
        "viewings": lessons.viewings,
        "pace": float(lessons.pace),
        "for the editor": dg.MetadataValue.json({"terms": lessons.terms, "pace": lessons.pace}),
        "lessons": table(_told(lessons)),
    }
    if lessons.why:
        metadata["nothing learned"] = lessons.why
    else:
        metadata["effects"] = picture(_effects_picture(lessons))
    return dg.MaterializeResult(metadata=metadata | _curves(found, studio))


def _told(lessons: "TrailerLessons") -> Any:
    import pandas as pd

    rows = [
        {
            "trait": each.trait,
            "odds of leaving": each.hazard,
            "95 %": f"{each.low:.2f} to {each.high:.2f}",
            "sure": "yes" if each.sure else "no",
            "multiplied by": each.multiplier,
        }
        for each in lessons.effects
    ]
    return pd.DataFrame(rows, columns=["trait", "odds of leaving", "95 %", "sure", "multiplied by"])


def _effects_picture(lessons: "TrailerLessons") -> bytes:
    from ops.pictures.retention import draw_effects

    told = [(each.trait, each.hazard, each.low, each.high) for each in lessons.effects]
    return draw_effects(told, title=f"{lessons.trailers} trailers, {lessons.viewings:,} viewings")


def _curves(found: "Sequence[tuple[SeenVersion, Retention, Seen]]", studio: Studio) -> dict[str, Any]:
    """The curves of the trailers most seen: a trailer's versions in one picture."""
    from ops.pictures.retention import draw_retention

    by_trailer: dict[tuple[str, str], list[tuple[SeenVersion, Retention, Seen]]] = {}
    for each in found:
        by_trailer.setdefault((each[0].title, each[0].cut), []).append(each)
    shown = list(by_trailer.items())[:_SHOWN]
    return {
        f"{title} {cut}": picture(
            draw_retention(
                {version.content[:8]: curve for version, curve, _ in versions},
                versions[0][2].seconds,
                title=f"{studio.catalogue.title(title).name}, {cut}",
            )
        )
        for (title, cut), versions in shown
    }
