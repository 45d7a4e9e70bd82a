"""Where throw-away databases and stores lie: in memory, if there is room; each fsync on a busy disk takes long."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ROOM = 2 << 30  # a container's 64 MiB would hold not even one database

IN_MEMORY: Path | None = _MEMORY if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM else None
"""The `dir` for `tempfile`; None means its default."""
