"""A house to test in: real PostgreSQL, a real store, an ephemeral Dagster instance."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import dagster as dg
import pytest

from resources.settings import load_settings
from resources.studio import Studio, open_studio

__all__ = ["house", "instance", "studio"]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """One studio for the session: starting a database takes a second."""
    settings = load_settings(tmp_path_factory.mktemp("house") / "home", database_url=None, inbox_settle_s=0.0)
    with open_studio(settings) as opened:
        yield opened


@pytest.fixture
def studio(house: Studio) -> Studio:
    """The session's studio with an empty catalogue and an empty store."""
    with house.database.connection() as connection:
        connection.execute(
            "TRUNCATE titles, masters, ledger, events, requests, reviews, experiments, assignments,"
            " viewer_events, promotions, api_keys, translations CASCADE"
        )
    shutil.rmtree(house.settings.home / "store", ignore_errors=True)
    return house


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """A Dagster instance that remembers nothing after the test."""
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral
