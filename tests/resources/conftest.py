"""A real PostgreSQL for the whole session, empty for every test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from resources.database import Database
from resources.settings import load_settings
from resources.style_wishes import StyleWishes
from tests.resources.memory_folder import IN_MEMORY


@pytest.fixture(scope="session")
def _house_database() -> Iterator[Database]:
    home = Path(tempfile.mkdtemp(dir=IN_MEMORY, prefix="showrunner-tests-"))
    database = Database.open(load_settings(home, database_url=None, database_connections=8))
    with psycopg.connect(database.address(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")  # of no use to a database that is thrown away
        connection.execute("SELECT pg_reload_conf()")
    yield database
    database.close()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def database(_house_database: Database) -> Database:
    with _house_database.connection() as connection:
        connection.execute(
            "TRUNCATE titles, masters, ledger, events, requests, reviews, experiments, assignments,"
            " viewer_events, promotions, api_keys, custom_styles RESTART IDENTITY CASCADE"
        )
    return _house_database


@pytest.fixture
def wishes(database: Database) -> StyleWishes:
    return StyleWishes(database)
