"""Links from a page to files that lie elsewhere."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

__all__ = ["link_to"]


def link_to(path: Path, folder: Path) -> str:
    """A relative link from a page in `folder` to a file."""
    return quote(os.path.relpath(path.resolve(), folder.resolve()))
