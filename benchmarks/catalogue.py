"""What a large catalogue costs: planning a sparse refresh, and the nightly look over every title.

    python -m benchmarks.catalogue

Each is measured at two sizes, with the database sessions it opened: cost must grow with the work and not faster.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import dagster as dg

from assets.families import ARTIFACTS
from assets.making import MASTER
from orchestration.nightly import order_unsettled
from orchestration.sensors.work_orders import run_request
from resources.ledger import input_hash
from resources.settings import load_settings
from resources.studio import Studio, open_studio

STALE_EVERY = 7
"""One title in seven lacks its last artifact: sparse, as feedback is."""

_SESSIONS = "SELECT sessions FROM pg_stat_database WHERE datname = current_database()"


def fill(studio: Studio, titles: int) -> list[str]:
    """Enter titles of which everything is fresh, but for every seventh's last artifact; returns their ids."""
    with studio.database.connection() as connection, connection.cursor() as cursor:
        cursor.execute("TRUNCATE titles, masters, ledger, events, requests, reviews CASCADE")
        names = [f"film-{number:06d}" for number in range(titles)]
        films = {name: hashlib.sha256(name.encode()).hexdigest() for name in names}
        with cursor.copy("COPY titles (id, name, state, master) FROM STDIN") as copy:
            for name, film in films.items():
                copy.write_row((name, name, "hot", film))
        with cursor.copy("COPY masters (sha256, title, uri, size_bytes) FROM STDIN") as copy:
            for name, film in films.items():
                copy.write_row((film, name, f"/films/{name}.mp4", 1))
        columns = "title, artifact, variant, state, input_hash, code_version, data_version, version, tried_hash"
        with cursor.copy(f"COPY ledger ({columns}) FROM STDIN") as copy:
            for number, name in enumerate(names):
                for row in _fresh_rows(name, films[name], complete=number % STALE_EVERY != 0):
                    copy.write_row(row)
    return names


def _fresh_rows(title: str, film: str, *, complete: bool) -> list[tuple[str, ...]]:
    versions: dict[str, str] = {}
    rows = []
    wanted = list(ARTIFACTS.values()) if complete else list(ARTIFACTS.values())[:-1]
    for artifact in wanted:
        inputs = {name: versions[name] for name in artifact.upstream} or {MASTER: film}
        made_of = input_hash(inputs, code_version=artifact.code_version, engine=artifact.engine)
        versions[artifact.asset] = hashlib.sha256(f"{title} {artifact.asset}".encode()).hexdigest()
        name, _, variant = artifact.asset.partition("/")
        data = versions[artifact.asset]
        rows.append((title, name, variant, "ready", made_of, artifact.code_version, data, "v1", made_of))
    return rows


def measured(studio: Studio, work: Callable[[], int]) -> tuple[int, float, int]:
    """The work's count, its seconds, and the sessions that the database saw begin meanwhile."""
    before = _sessions(studio)
    start = time.perf_counter()
    count = work()
    taken = time.perf_counter() - start
    return count, taken, _sessions(studio) - before


def _sessions(studio: Studio) -> int:
    with studio.database.connection() as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
        row = connection.execute(_SESSIONS).fetchone()
    assert row is not None
    return int(row[0])


def plan_sparse(studio: Studio, titles: list[str]) -> int:
    """Order one artifact for each title and plan the runs, twice as a re-tick does; returns the number of runs."""
    studio.orders.request_many({title: ["thumbnails/16x9"] for title in titles}, reason="benchmark")
    settings = studio.settings
    batches = studio.orders.batch(settings.batch_titles, settings.batch_runs)
    again = studio.orders.batch(settings.batch_titles, settings.batch_runs)
    requests: list[dg.RunRequest] = [run_request(batch) for batch in batches]
    assert [batch.id for batch in again] == [request.run_key for request in requests]
    return len(requests)


def main() -> None:
    """Print both measurements at two sizes."""
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings(Path(home) / "home", database_url=None)
        with open_studio(settings) as studio:
            print(f"{'sparse refresh planned':32} {'titles':>8} {'runs':>6} {'s':>7} {'sessions':>9}")
            for titles in (500, 1000):
                sparse = fill(studio, titles * STALE_EVERY)[::STALE_EVERY]
                count, taken, sessions = measured(studio, lambda chosen=sparse: plan_sparse(studio, chosen))
                print(f"{'':32} {len(sparse):8} {count:6} {taken:7.2f} {sessions:9}")
            print(f"{'nightly look over the catalogue':32} {'titles':>8} {'stale':>6} {'s':>7} {'sessions':>9}")
            for titles in (5_000, 10_000):
                fill(studio, titles)
                count, taken, sessions = measured(studio, lambda: order_unsettled(studio))
                print(f"{'':32} {titles:8} {count:6} {taken:7.2f} {sessions:9}")


if __name__ == "__main__":
    main()
