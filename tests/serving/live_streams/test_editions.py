"""Styles that people made up, on workers: one that is published anew is seen at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ops.style.catalogue import house_styles
from ops.style.model import Recipe, Style, look_from_json, look_of
from resources.custom_styles import STYLE_FILE, style_key
from resources.settings import load_settings
from resources.store.model import MadeBy
from resources.store.opening import open_store
from resources.titles import Master
from serving.live.film import Film
from serving.live.films import Films
from serving.live.jobs import PictureJob
from serving.live.library import StyleShelf
from serving.live.pool import Demand
from serving.live.segment_cache import SegmentCache
from serving.live.segments import Segments
from serving.live.stream import Stream
from serving.live.wire import Answer, Unreachable
from serving.live.workroom import Workroom

MINE = "custom_0123456789ab"
LOOK = {"parts": [{"style": MINE, "weight": 1.0}]}


def document(style: str, **stage: float) -> dict[str, Any]:
    return {
        "id": style,
        "name": "Mine",
        "about": "Light.",
        "family": "grade",
        "cost": "light",
        "container": "showrunner-styles-cpu",
        "stages": [{"op": "grade", **stage}],
    }


def warmth(library: Mapping[str, Style]) -> object:
    return library[MINE].stages[0].settings["warmth"]


def test_a_style_that_was_published_anew_is_read_anew(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "home", database_url=None)
    store, shelf, seen = open_store(settings), StyleShelf(settings), []

    for warm in (30, 60):
        (tmp_path / STYLE_FILE).write_text(json.dumps(document(MINE, warmth=warm)))
        store.publish(style_key(MINE), {STYLE_FILE: tmp_path / STYLE_FILE}, made_by=MadeBy("1"), inputs={})
        seen.append(warmth(shelf.for_look(LOOK)))

    assert seen == [30, 60]


def test_a_worker_knows_the_networks_that_people_brought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "brought"
    folder.mkdir()
    (folder / "mine.toml").write_text(
        'id = "brought_one"\nname = "Brought"\nabout = "Light."\nfamily = "grade"\ncost = "light"\n'
        'container = "showrunner-styles-cpu"\n[[stages]]\nop = "grade"\nwarmth = 30\n'
    )
    monkeypatch.setenv("SHOWRUNNER_STYLE_NETWORKS_FOLDER", str(folder))
    told = {"parts": [{"style": "brought_one", "weight": 1.0}]}

    library = StyleShelf(load_settings(tmp_path / "home", database_url=None)).for_look(told)

    assert look_from_json(told, library).styles == ("brought_one",)


def test_what_is_asked_of_a_worker_tells_the_edition_of_its_styles(tmp_path: Path) -> None:
    asked: list[Demand] = []

    class Workers:
        def covers(self, families: object) -> bool:
            return True

        def ask(self, demand: Demand) -> Answer:
            asked.append(demand)
            raise Unreachable("enough")

        def close(self) -> None: ...

    film = Film(160, 90, Fraction(24), Fraction(0), 100, (), {}, None)
    library = {MINE: replace(house_styles()["noir"], id=MINE)}
    master = Master(title="t", sha256="0" * 64, uri="/t", size_bytes=1, delivered_at=None)  # type: ignore[arg-type]
    stream = Stream(master, film, look_of([(Recipe(MINE), 1.0)], library), edition="-0badcafe")

    async def ask() -> None:
        room = Workroom(Workers(), SegmentCache(tmp_path / "cache", 1 << 20))  # type: ignore[arg-type]
        looks: Any = SimpleNamespace(library=library)
        with pytest.raises(Unreachable):
            await Segments(room, Films(room), looks).pictures(stream, film.rungs[0], 1)
        await room.close()

    asyncio.run(ask())

    assert PictureJob.model_validate(asked[0].body).edition == "-0badcafe"
