"""What viewers of published trailers taught, from their events and the edits in the store to the editor's weights."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from weakref import WeakKeyDictionary

import dagster as dg
import numpy as np
import pytest

from assets.experiment_course import judge_title, start_experiment
from assets.experiments import told_of
from assets.trailer_learning import LEAST_VIEWERS, learned_weights, retention_of, seconds_on_screen, trailer_learning
from ops.trailer.editing.structure import TERMS
from ops.trailer.events import Part
from ops.trailer.viewers.on_screen import Second
from orchestration.ingest import deliver
from resources.catalogue import Catalogue
from resources.studio import Studio
from resources.viewings import SeenVersion
from tests.support.house import house, instance, studio
from tests.support.trailer_crowd import (
    BAD,
    CUT,
    GOOD,
    SECONDS,
    content_of,
    crowd_under_test,
    publish_trailer,
    viewing_event,
)

__all__ = ["house", "instance", "studio"]


@pytest.fixture(autouse=True)
def nothing_learned_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests share a house, which is emptied between them."""
    monkeypatch.setattr("assets.trailer_learning._learned", WeakKeyDictionary())


def edit(chance: np.random.Generator) -> list[Second]:
    """Fifteen shots of two seconds, each with its own traits."""
    shots = [{name: float(chance.normal()) for name in TERMS} for _ in range(SECONDS // 2)]
    return [Second(Part.RISE, place // 2, place // 2, 2.0, shots[place // 2]) for place in range(SECONDS)]


def titles_with_trailers(studio: Studio, number: int, viewers: int, tastes: dict[str, float]) -> None:
    """Titles whose trailers were left by these tastes."""
    chance = np.random.default_rng(11)
    for place in range(number):
        title, name = f"film-{place}", f"edit-{place}"
        sha = hashlib.sha256(title.encode()).hexdigest()
        Catalogue(studio.database).deliver(title, sha256=sha, uri=f"/{title}", size_bytes=1)
        seconds = edit(chance)
        publish_trailer(studio, title, [name], seconds={name: seconds})
        odds = [-3.3 + sum(tastes.get(key, 0) * value for key, value in each.traits.items()) for each in seconds]
        crowd = random.Random(place)
        events = []
        for viewer in range(viewers):
            left = (s + 0.5 for s in range(SECONDS) if crowd.random() < 1 / (1 + np.exp(-odds[s])))
            events.append(viewing_event(title, f"viewer-{viewer}", content_of(name), next(left, float(SECONDS))))
        studio.viewer_events.record(events)


def test_what_viewers_stay_with_weighs_more_in_trailers_to_come(studio: Studio):
    titles_with_trailers(studio, 8, 300, {"faces": -0.6, "colour": 0.4})

    lessons = learned_weights(studio)

    assert lessons.trailers == 8
    assert lessons.viewings == 8 * 300
    assert lessons.terms["faces"] > 1.4
    assert lessons.terms["colour"] < 0.8
    assert all(0.8 < lessons.terms[name] < 1.25 for name in TERMS if name not in ("faces", "colour"))


def test_without_viewers_every_weight_is_one(studio: Studio):
    titles_with_trailers(studio, 4, LEAST_VIEWERS - 1, {"faces": -0.6})

    lessons = learned_weights(studio)

    assert set(lessons.terms.values()) == {lessons.pace} == {1.0}
    assert lessons.why


def test_the_asset_shows_curves_and_effects(studio: Studio, instance: dg.DagsterInstance):
    titles_with_trailers(studio, 4, 100, {"faces": -0.8})

    result = dg.materialize([trailer_learning], instance=instance, resources={"studio": studio}, selection=[
        trailer_learning.key])  # fmt: skip

    [made] = result.asset_materializations_for_node("trailer_learning")
    assert made.metadata["trailers"].value == 4
    assert "faces" in str(made.metadata["lessons"].value)
    assert "data:image/jpeg" in str(made.metadata["effects"].value)
    assert "data:image/jpeg" in str(made.metadata[f"film-0 {CUT}"].value)


def test_a_challengers_seconds_are_those_of_its_own_edit(studio: Studio):
    titles_with_trailers(studio, 1, 1, {})
    own = [Second(Part.HOOK, 0, 7, 30.0, {"action": 1.0})] * SECONDS
    publish_trailer(studio, "film-0", ["edit-0", "other"], seconds={"other": own})

    assert seconds_on_screen(SeenVersion("film-0", CUT, content_of("other")), studio) == own
    assert seconds_on_screen(SeenVersion("film-0", CUT, "0" * 32), studio) == []


@pytest.fixture
def title(studio: Studio, instance: dg.DagsterInstance, data: Path) -> str:
    title = deliver(str(data / "video" / "one_frame.mp4"), studio, instance).title
    publish_trailer(studio, title, ["old0000", "new0000"])
    return title


def test_a_judged_test_of_cuts_shows_how_long_viewers_stay_with_each(studio: Studio, title: str):
    test = start_experiment(title, CUT, studio, who="test")
    crowd_under_test(studio, test, {"old0000": BAD, "new0000": GOOD}, viewers=3_000)

    [judged] = judge_title(title, studio, who="test")
    told = told_of(judged, studio)

    assert "data:image/jpeg" in str(told[f"{CUT} retention"].value)
    assert "completions" in str(told[f"{CUT} arms"].value)
    assert "completions against the incumbent" in str(told[f"{CUT} decision"].value)
    curve = retention_of(SeenVersion(title, CUT, content_of("new0000")), studio)
    assert curve is not None
    assert curve.completion.share == pytest.approx(0.985**27, abs=0.05)


def test_a_batch_of_titles_learns_once(studio: Studio):
    titles_with_trailers(studio, 1, LEAST_VIEWERS, {})
    first = learned_weights(studio)
    titles_with_trailers(studio, 2, LEAST_VIEWERS, {})
    assert learned_weights(studio) is first
