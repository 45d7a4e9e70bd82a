"""What the gallery's tests share: a full page of a real edit, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from serving.gallery.model import GalleryPage
from tests.serving.sample_page import edit_page


@pytest.fixture(scope="session")
def edit(data: Path, tmp_path_factory: pytest.TempPathFactory) -> GalleryPage:
    """The page of a 20 s edit with cuts, a dissolve, a wipe and fades."""
    return edit_page(data, tmp_path_factory.mktemp("edit"))
