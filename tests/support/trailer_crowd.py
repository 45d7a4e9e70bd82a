"""A title with a published trailer, and a crowd of simulated viewers who leave where the test lets them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from ops.experiments.assignment import assign, bucket
from ops.trailer.events import Part
from ops.trailer.viewers.on_screen import SECONDS_KEY, Second, seconds_to_json
from ops.trailer.viewers.retention import Stop
from resources.experiment_model import Experiment
from resources.recuts import Recut
from resources.store.model import ArtifactKey, MadeBy, Manifest
from resources.studio import Studio
from resources.viewer_events import CONTENT_DIGITS, EventKind, ViewerEvent

CUT = "trailer_30"
SECONDS = 30


def steady(share_left_each_second: float) -> Callable[[int], float]:
    """Viewers who leave at every second alike."""
    return lambda _: share_left_each_second


GOOD, BAD = steady(0.015), steady(0.06)  # 65 % and 17 % see 27 of 30 seconds


def publish_trailer(
    studio: Studio, title: str, edits: Sequence[str], *, kept: str = "", seconds: Mapping[str, Sequence[Second]] = {}
) -> Manifest:
    """Publish `trailer/trailer_30`: the first edit as it is shown, a second one as the challenger.

    An edit's bytes follow from its name alone, as the same edit renders to the same bytes.
    """
    folder = studio.settings.home / "staged-trailer"
    folder.mkdir(exist_ok=True)
    files, variants = {}, []
    for edit, name in zip(edits, ("trailer.mp4", "challenger.mp4"), strict=False):
        told = "edit.json" if name == "trailer.mp4" else "challenger.json"
        (folder / name).write_bytes(b"film of " + edit.encode())
        (folder / told).write_text(json.dumps({SECONDS_KEY: seconds_to_json(seconds.get(edit, _plain()))}))
        files |= {name: folder / name, told: folder / told}
        variants.append({"id": edit, "file": name, "score": 0.5, "recipe": {"seed": edit}, "kept": edit == kept})
    (folder / "variants.json").write_text(json.dumps({"variants": variants}))
    key = ArtifactKey(title, "trailer", CUT)
    manifest = studio.store.publish(
        key,
        files | {"variants.json": folder / "variants.json"},
        made_by=MadeBy(code_version="1", engine="test"),
        inputs={},
        quality={},
        cost_s=1.0,
    )
    studio.ledger.ready(key, input_hash="as made", manifest=manifest)
    return manifest


def make_new_cut(studio: Studio, recut: Recut) -> Manifest:
    """What the trailers' family does with an order: keep what is shown, and publish another edit beside it."""
    return publish_trailer(studio, recut.title, [recut.arm, f"edit{recut.attempt:04d}"], kept=recut.arm)


def _plain() -> list[Second]:
    return [Second(Part.RISE, place // 2, place // 2, 2.0, {}) for place in range(SECONDS)]


def content_of(edit: str) -> str:
    """The content by which an edit of `publish_trailer` is known."""
    return sha256(b"film of " + edit.encode()).hexdigest()[:CONTENT_DIGITS]


def viewing_event(
    title: str, viewer: str, content: str, until_s: float, *, stop: Stop = Stop.LEFT, at: datetime | None = None
) -> ViewerEvent:
    """One viewing from the beginning."""
    name = sha256(f"{title} {viewer} {content} {at}".encode()).digest()[:16]
    return ViewerEvent(
        id=UUID(bytes=name),
        kind=EventKind.WATCH,
        at=at or datetime.now(UTC),
        viewer=viewer,
        title=title,
        aspect=CUT,
        content=content,
        played=((0.0, until_s),),
        stopped=stop,
    )


def stays_s(chance: random.Random, leaves: Callable[[int], float]) -> float:
    """How long a viewer stays, by the share that leaves in each second."""
    for second in range(SECONDS):
        if chance.random() < leaves(second):
            return second + 0.5
    return float(SECONDS)


def watch(
    studio: Studio, title: str, edit: str, leaves: Callable[[int], float], viewers: int, *, seed: str = "before"
) -> None:
    """Viewers see a trailer outside tests."""
    chance = random.Random(f"{title} {edit} {seed}")
    studio.viewer_events.record(
        [
            viewing_event(title, f"{seed}-{number}", content_of(edit), stays_s(chance, leaves))
            for number in range(viewers)
        ]
    )


def crowd_under_test(
    studio: Studio,
    experiment: Experiment,
    leaves: Mapping[str, Callable[[int], float]],
    *,
    viewers: int = 6_000,
    days: int = 10,
    film: float = 0.25,
) -> None:
    """Viewers are dealt the cuts under test, watch, and some of those who stayed then watch the film."""
    with studio.database.connection() as connection:
        connection.execute(
            "UPDATE experiments SET started_at = now() - make_interval(days => %s) WHERE id = %s",
            [days, experiment.id],
        )
    chance = random.Random(" ".join(sorted(leaves)))
    began, events = datetime.now(UTC) - timedelta(days=days), []

    def dealt(kind: EventKind, at: datetime, viewer: str, arm: str, propensity: float) -> ViewerEvent:
        return ViewerEvent(
            id=UUID(int=chance.getrandbits(128)),
            kind=kind,
            at=at,
            viewer=viewer,
            title=experiment.title,
            aspect=experiment.aspect,
            experiment=experiment.id,
            arm=arm,
            epoch=experiment.epoch,
            propensity=propensity,
        )

    for number in range(viewers):
        viewer = f"crowd-{number}"
        arm, propensity = assign(experiment.weights, bucket("test", "salt", viewer))
        at = began + timedelta(days=days * (number + 0.5) / viewers)
        until = stays_s(chance, leaves[arm])
        done = until >= 0.9 * SECONDS

        events += [
            dealt(EventKind.IMPRESSION, at, viewer, arm, propensity),
            replace(
                dealt(EventKind.WATCH, at + timedelta(seconds=until), viewer, arm, propensity),
                content=content_of(arm),
                played=((0.0, until),),
                stopped=Stop.LEFT,
            ),
        ]
        if done and chance.random() < film:
            later = dealt(EventKind.WATCH, at + timedelta(seconds=300), viewer, arm, propensity)
            events.append(replace(later, watched_s=200.0))
    studio.viewer_events.record(events)
