"""From deeds to profiles to renditions: counted by the asset, ordered by the sensor, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from uuid import UUID

import dagster as dg
import pytest

from assets.preference_profiles import preference_profiles
from ops.style import catalogue
from ops.style.model import Cost, Family, Style
from ops.tastes.content import Content, Pace, Tone
from ops.tastes.evidence import DeedKind, Fading
from orchestration.sensors.tastes import tastes_shifted
from resources.studio import Studio
from resources.style_events import StyleEvent
from resources.taste_counts import fold
from resources.tastes import Tastes
from resources.title_contents import TitleContents

NOW = datetime.now(UTC)
DARK, BRIGHT = Content(Tone.DARK, Pace.CALM), Content(Tone.BRIGHT, Pace.LIVELY)
TABLES = "style_choices, look_exposures, style_events, title_contents, taste_viewers, taste_evidence, taste_cohorts"


@pytest.fixture
def house_of_tastes(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """Two dark films and a bright one, three styles, and nothing known of anybody."""
    library = {
        name: Style(name, name.title(), "", Family.GRADE, Cost.LIGHT, "x", False, (), (), Path(), "")
        for name in ("noir", "pastel", "vintage")
    }
    monkeypatch.setattr(catalogue, "house_styles", lambda: MappingProxyType(library))
    with studio.database.connection() as connection:
        connection.execute(f"TRUNCATE {TABLES}, taste_orders, taste_model, rendition_orders CASCADE".encode())
    for name, content in (("sintel", DARK), ("cosmos", DARK), ("bunny", BRIGHT)):
        studio.catalogue.deliver(name, sha256=sha256(name.encode()).hexdigest(), uri=f"/{name}", size_bytes=1)
        TitleContents(studio.database).write(name, "1", "", content, ())
    return studio


def like(studio: Studio, viewers: Sequence[str], style: str, *, title: str = "sintel", times: int = 2) -> None:
    Tastes(studio.database).record(
        [
            StyleEvent(
                UUID(bytes=sha256(f"{viewer}{style}{title}{time}".encode()).digest()[:16]),
                DeedKind.LIKE, NOW, viewer, title, {style: 1.0},
            )
            for viewer in viewers
            for time in range(times)
        ]
    )  # fmt: skip


def crowd(count: int, name: str = "v") -> list[str]:
    return [f"{name}{number}" for number in range(count)]


class Sensor:
    """The sensor as the daemon runs it: every tick gets the cursor that the last one left."""

    def __init__(self, studio: Studio, instance: dg.DagsterInstance) -> None:
        self.studio, self.instance, self.cursor = studio, instance, None

    def tick(self, *, counted: bool = True) -> str:
        if counted:
            fold(self.studio.database, Fading())
        context = dg.build_sensor_context(instance=self.instance, resources={"studio": self.studio}, cursor=self.cursor)
        told = tastes_shifted(context)
        assert isinstance(told, dg.SensorResult) and not told.run_requests and told.skip_reason is not None
        self.cursor = told.cursor
        return str(told.skip_reason.skip_message)


@pytest.fixture
def sensor(house_of_tastes: Studio, instance: dg.DagsterInstance) -> Sensor:
    return Sensor(house_of_tastes, instance)


def ordered(studio: Studio) -> list[tuple[str, str]]:
    with studio.database.connection() as connection:
        rows = connection.execute("SELECT title, look FROM rendition_orders ORDER BY title").fetchall()
    return [(title, look["parts"][0]["style"]) for title, look in rows]


def test_a_cohort_that_turns_to_a_style_has_films_of_that_kind_made_in_it_once(sensor: Sensor):
    assert "Nothing was counted" in sensor.tick(counted=False)
    like(sensor.studio, crowd(40), "noir")

    assert "40 viewers who lean to noir like dark, calm films in noir" in sensor.tick()
    assert ordered(sensor.studio) == [("cosmos", "noir"), ("sintel", "noir")], "and none of the bright one"
    assert "Nothing was counted" in sensor.tick(counted=False)
    assert sensor.tick() == "No cohort's taste has shifted."
    sensor.cursor = None
    assert sensor.tick() == "No cohort's taste has shifted.", "nor after its cursor is lost"
    assert len(ordered(sensor.studio)) == 2


def test_a_tick_that_dies_before_its_cursor_moved_is_repeated_without_a_second_order(sensor: Sensor):
    like(sensor.studio, crowd(40), "noir")
    sensor.tick()
    again = Sensor(sensor.studio, sensor.instance)
    assert again.tick(counted=False) == "No cohort's taste has shifted."
    assert len(ordered(sensor.studio)) == 2


def test_few_viewers_however_loud_order_nothing(sensor: Sensor):
    like(sensor.studio, crowd(24), "noir", times=200)
    assert sensor.tick() == "No cohort's taste has shifted."
    assert ordered(sensor.studio) == []


def test_viewers_of_two_minds_order_nothing(sensor: Sensor):
    Tastes(sensor.studio.database).record(
        [
            StyleEvent(UUID(int=number), kind, NOW, f"v{number // 8}", "sintel", {"noir": 1.0})
            for number in range(320)
            for kind in [(DeedKind.LIKE if number % 8 < 4 or number % 80 == 5 else DeedKind.DISLIKE)]
        ]
    )
    assert sensor.tick() == "No cohort's taste has shifted."


def test_when_the_cohort_likes_another_style_on_that_kind_of_film_it_is_made_in_that(sensor: Sensor):
    like(sensor.studio, crowd(40), "noir", title="bunny", times=3)
    sensor.tick()
    like(sensor.studio, crowd(40), "pastel", title="sintel")

    assert "who lean to noir like dark, calm films in pastel" in sensor.tick()
    assert ordered(sensor.studio) == [("bunny", "noir"), ("cosmos", "pastel"), ("sintel", "pastel")]
    assert sensor.tick() == "No cohort's taste has shifted."


def test_the_asset_counts_and_tells_what_all_viewers_like(house_of_tastes: Studio, instance: dg.DagsterInstance):
    like(house_of_tastes, crowd(3), "pastel")

    told = dg.materialize([preference_profiles], resources={"studio": house_of_tastes}, instance=instance)

    [made] = told.asset_materializations_for_node("preference_profiles")
    assert (made.metadata["viewers"].value, made.metadata["deeds counted"].value) == (3, 6)
    assert str(made.metadata["what all viewers like"].value).splitlines()[2].startswith("pastel")
    assert "data:image/jpeg" in str(made.metadata["tastes"].value)
    checks = told.get_asset_check_evaluations()
    assert len(checks) == 4 and all(each.passed for each in checks)


def test_counting_touches_those_who_did_something_and_nobody_else(house_of_tastes: Studio):
    like(house_of_tastes, crowd(50), "noir")
    fold(house_of_tastes.database, Fading())
    before = written(house_of_tastes)
    like(house_of_tastes, ["v7", "new"], "pastel")

    folded = fold(house_of_tastes.database, Fading())

    after = written(house_of_tastes)
    assert (folded.deeds, folded.viewers) == (4, 2)
    assert {viewer for viewer, version in after.items() if before.get(viewer) != version} == {"v7", "new"}


def written(studio: Studio) -> dict[str, set[str]]:
    """Which transactions wrote each viewer's rows."""
    versions: dict[str, set[str]] = {}
    with studio.database.connection() as connection:
        for viewer, version in connection.execute("SELECT viewer, xmin::text FROM taste_evidence"):
            versions.setdefault(viewer, set()).add(version)
    return versions
