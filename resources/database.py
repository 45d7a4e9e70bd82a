"""The one door to PostgreSQL: a pool of connections to the embedded server or to the one DATABASE_URL names.

Belongs here: opening, pooling, bringing the schema up to date, explaining what is out of reach. Does not
belong here: queries (catalogue.py, ledger.py, work_orders.py) and the schema itself (migrations/).
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import psycopg
import psycopg_pool

from ops.errors import SettingsError, ShowrunnerError, StoreError
from resources.embedded_postgres import EmbeddedPostgres
from resources.settings import Settings

__all__ = ["Database"]

_MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "showrunner_version"  # not alembic's default: Dagster's own storage may share the database
_WAIT_S = 30.0
_LOOK_S = 2.0  # how long trouble with the embedded server stays untold


class Database:
    """A pool of connections; safe to share between threads, opens its own in a forked child.

    Open with `Database.open(settings)`, close with `close()` or a `with` block. A process that ends without
    closing leaves nothing broken behind.
    """

    def __init__(self, address: Callable[[], str], *, connections: int, close: Callable[[], None]) -> None:
        self._address = address
        self._connections = connections
        self._close = close
        self._guard = threading.Lock()
        self._pool: psycopg_pool.ConnectionPool | None = None
        self._of_the_parent: psycopg_pool.ConnectionPool | None = None
        self._trouble: ShowrunnerError | None = None
        self._closed = False
        _open_databases.add(self)

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Connects, and brings the schema up to date; many processes may do so at once.

        Raises:
            SettingsError: DATABASE_URL cannot be reached or used, or no embedded server can run here.
            StoreError: The schema is newer than this code, or the embedded server fails.
        """
        if settings.database_url is None:
            server = EmbeddedPostgres(settings.postgres_folder)
            database = cls(server.address, connections=settings.database_connections, close=server.close)
        else:
            url = settings.database_url.get_secret_value()
            _try_address(url)
            database = cls(lambda: url, connections=settings.database_connections, close=lambda: None)
        try:
            database._bring_up_to_date()
        except BaseException:
            database.close()
            raise
        return database

    @contextlib.contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """One connection in a transaction: committed at the end of the block, rolled back on an error.

        Raises:
            StoreError: No connection within 30 s.
        """
        pool = self._pool_of_this_process()
        connection = self._wait_for_one(pool)
        try:
            with connection:
                yield connection
        finally:
            pool.putconn(connection)

    def address(self) -> str:
        """The connection string, password included: for handing to libpq, not for showing."""
        return self._address()

    def close(self) -> None:
        """Closes the pool, and stops the embedded server if nobody else uses it."""
        if self._closed:
            return
        self._closed = True
        if self._pool is not None:
            self._pool.close()
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _wait_for_one(self, pool: psycopg_pool.ConnectionPool) -> psycopg.Connection:
        deadline = time.monotonic() + _WAIT_S
        self._trouble = None
        while True:
            try:
                return pool.getconn(timeout=_LOOK_S)
            except psycopg_pool.PoolTimeout as error:
                # The pool's own threads connect, and retry in silence: what they met is told here.
                if self._trouble is not None:
                    raise self._trouble from None
                if time.monotonic() > deadline:
                    raise StoreError(
                        f"no database connection within {_WAIT_S:.0f} s: {error}",
                        where="database",
                        fix="See whether the server runs; more at once: SHOWRUNNER_DATABASE_CONNECTIONS.",
                    ) from error

    def _address_for_pool(self) -> str:
        try:
            return self._address()
        except ShowrunnerError as error:
            self._trouble = error
            raise

    def forget_in_child(self) -> None:
        """Called in a forked child, which must neither speak on its parent's sockets nor close them."""
        self._guard = threading.Lock()
        self._of_the_parent, self._pool = self._pool, None

    def _pool_of_this_process(self) -> psycopg_pool.ConnectionPool:
        if self._closed:
            raise StoreError("is closed", where="database", fix="Open it again with Database.open.")
        with self._guard:
            if self._pool is None:
                self._pool = psycopg_pool.ConnectionPool(
                    # Asked at every connect: the embedded server is started again where it was killed.
                    self._address_for_pool,
                    kwargs={
                        "prepare_threshold": None,  # PgBouncer's transaction pooling breaks them
                        "application_name": "showrunner",
                        "connect_timeout": 10,
                    },
                    min_size=0,
                    max_size=self._connections,
                    timeout=_WAIT_S,
                    check=psycopg_pool.ConnectionPool.check_connection,
                    open=True,
                )
            return self._pool

    def _bring_up_to_date(self) -> None:
        wanted = head_revision()
        with self.connection() as connection:
            found = _revision(connection)
        if found == wanted:
            return
        if found is not None and found > wanted:
            raise StoreError(
                f"the schema is at {found}, newer than this code's {wanted}",
                where="database",
                fix="Run the newer Showrunner, or point DATABASE_URL at another database.",
            )
        from resources.migrations.upgrade import upgrade

        upgrade(self._address(), VERSION_TABLE)


_open_databases: weakref.WeakSet[Database] = weakref.WeakSet()
os.register_at_fork(after_in_child=lambda: [each.forget_in_child() for each in list(_open_databases)])


def head_revision() -> str:
    """The newest migration's revision, read off its file name."""
    return max(path.name[:4] for path in (_MIGRATIONS / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def _revision(connection: psycopg.Connection) -> str | None:
    row = connection.execute("SELECT to_regclass(%s)", [VERSION_TABLE]).fetchone()
    if row is None or row[0] is None:
        return None
    row = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()  # noqa: S608 (a constant)
    return None if row is None else row[0]


def _try_address(url: str) -> None:
    """One plain connection first: the pool would retry a wrong password for half a minute."""
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        raise SettingsError(
            f"the PostgreSQL server cannot be used: {' '.join(str(error).split())}",
            where="DATABASE_URL",
            fix="Check address, database, user and password, or unset it for the embedded database.",
        ) from None
