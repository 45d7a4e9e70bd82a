"""Applies the missing steps to a database: all or none, one process at a time."""

from __future__ import annotations

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

__all__ = ["alembic_config", "upgrade"]

_LOCK = 0x53484F57  # "SHOW": the advisory lock of schema changes


def alembic_config() -> Config:
    """Alembic's configuration; no ini file, so that there is nothing to keep beside the package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def upgrade(address: str, version_table: str) -> None:
    """Applies every step that the database lacks, in one transaction.

    The lock belongs to the transaction (not to the session), so that it also holds behind PgBouncer; whoever
    waited for it finds nothing left to do.

    Args:
        address: A libpq connection string.
        version_table: The table that names the last applied step.
    """
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(address, prepare_threshold=None),
        poolclass=NullPool,
    )
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config = alembic_config()
        config.attributes["connection"] = connection
        config.attributes["version_table"] = version_table
        command.upgrade(config, "head")
