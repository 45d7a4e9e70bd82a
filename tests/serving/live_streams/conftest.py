"""One house with one small film for all tests of live streams."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.store.model import ArtifactKey, MadeBy
from resources.store.opening import open_store
from tests.serving.live import Live, open_live
from tests.serving.live_streams.small_films import deliver_film


@pytest.fixture(scope="session")
def live(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A title "bunny", 24 s in 160x90 with sound and five shots, and workers that start when somebody watches."""
    home = tmp_path_factory.mktemp("live") / "home"
    with open_live(home, live_popular_streams=2) as opened:
        deliver_film(opened, data, tmp_path_factory.mktemp("film"), seconds=24)
        shots = tmp_path_factory.mktemp("shots") / "shots.json"
        shots.write_text(json.dumps({"frames": 576, "shots": [{"start": start} for start in (0, 216, 264, 312, 360)]}))
        key = ArtifactKey("bunny", "shots")
        open_store(opened.settings).publish(key, {shots.name: shots}, made_by=MadeBy("1", "test"), inputs={})
        yield opened
