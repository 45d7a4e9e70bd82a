"""One house with one small film for all tests of live streams."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.live import Live, open_live
from tests.serving.live_streams.small_films import deliver_film


@pytest.fixture(scope="session")
def live(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A title "bunny", 24 s in 160x90 with sound, and workers that start when somebody watches."""
    home = tmp_path_factory.mktemp("live") / "home"
    with open_live(home, live_popular_streams=2) as opened:
        deliver_film(opened, data, tmp_path_factory.mktemp("film"), seconds=24)
        yield opened
