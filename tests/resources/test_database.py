"""One door to PostgreSQL, embedded or on a server."""

from __future__ import annotations

import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from alembic.script import ScriptDirectory

from ops.errors import SettingsError, StoreError
from resources.database import VERSION_TABLE, Database, head_revision
from resources.migrations.upgrade import alembic_config
from resources.settings import Settings, load_settings


@pytest.fixture
def server(database: Database, tmp_path: Path) -> Iterator[Settings]:
    """Settings whose DATABASE_URL names an empty database on a server."""
    name = f"house_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(database.address(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        row = connection.execute("SHOW unix_socket_directories").fetchone()
    assert row
    url = f"postgresql://postgres@/{name}?host={quote(row[0], safe='')}"
    yield load_settings(tmp_path, database_url=url)
    with psycopg.connect(database.address(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def test_a_server_by_its_address_gets_the_same_tables_and_no_embedded_one(server: Settings, tmp_path: Path):
    with Database.open(server) as database, database.connection() as connection:
        assert connection.execute("SELECT count(*) FROM ledger").fetchone() == (0,)
    assert not (tmp_path / "postgres").exists()


def test_many_first_starts_at_once_make_the_schema_once(server: Settings):
    together = threading.Barrier(5)

    def start(_number: int) -> None:
        together.wait()
        Database.open(server).close()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(start, range(5)))
    with Database.open(server) as database, database.connection() as connection:
        assert connection.execute(f"SELECT * FROM {VERSION_TABLE}".encode()).fetchall() == [(head_revision(),)]


def test_a_schema_step_that_fails_leaves_the_database_as_it_was(server: Settings):
    assert server.database_url
    with psycopg.connect(server.database_url.get_secret_value()) as connection:
        connection.execute("CREATE TABLE reviews (already_here int)")
    with pytest.raises(Exception, match="reviews"):
        Database.open(server)
    with psycopg.connect(server.database_url.get_secret_value()) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [("reviews",)]


def test_a_schema_newer_than_the_code_is_left_alone(server: Settings):
    with Database.open(server) as database, database.connection() as connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'".encode())
    with pytest.raises(StoreError, match="newer than this code"):
        Database.open(server)


def test_a_server_out_of_reach_is_told_at_once_without_its_password(tmp_path: Path):
    settings = load_settings(tmp_path, database_url="postgresql://user:hunter2@127.0.0.1:1/db")
    with pytest.raises(SettingsError, match="DATABASE_URL") as caught:
        Database.open(settings)
    assert "hunter2" not in str(caught.value)


def test_work_in_a_block_that_fails_is_undone(database: Database):
    with pytest.raises(RuntimeError), database.connection() as connection:
        connection.execute("INSERT INTO events (kind) VALUES ('half done')")
        raise RuntimeError
    with database.connection() as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (0,)


def test_a_connection_that_the_server_dropped_is_replaced(database: Database):
    with database.connection() as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
    assert row
    with psycopg.connect(database.address(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [row[0]])
    with database.connection() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_more_threads_than_connections_wait_their_turn(database: Database):
    def ask(_number: int) -> int:
        with database.connection() as connection:
            row = connection.execute("SELECT pg_backend_pid() FROM pg_sleep(0.01)").fetchone()
        assert row
        return row[0]

    with ThreadPoolExecutor(24) as pool:
        assert len(set(pool.map(ask, range(48)))) <= 8


def test_a_closed_database_says_so(server: Settings):
    database = Database.open(server)
    database.close()
    database.close()
    with pytest.raises(StoreError, match="closed"), database.connection():
        pass


def test_the_revision_read_off_the_file_names_is_alembics_head():
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [head_revision()]


def test_a_start_on_a_schema_that_is_up_to_date_does_not_import_alembic(server: Settings):
    Database.open(server).close()
    assert server.database_url
    code = (
        "import sys; from resources.settings import load_settings; from resources.database import Database\n"
        "Database.open(load_settings()).close(); print({'alembic', 'sqlalchemy'} & set(sys.modules))"
    )
    environment = {"DATABASE_URL": server.database_url.get_secret_value(), "PATH": ""}
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment)
    assert said.stdout.strip() == "set()"
