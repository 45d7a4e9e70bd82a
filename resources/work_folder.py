"""Folders to work in, on the disk that the house works on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resources.settings import Settings

__all__ = ["work_folder"]


@contextmanager
def work_folder(settings: Settings) -> Iterator[Path]:
    """A folder that is gone afterwards."""
    staging = settings.home / "work"
    staging.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=staging) as folder:
        yield Path(folder)
