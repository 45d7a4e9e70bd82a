"""Orders for new cuts: one title's trouble is its own."""

from __future__ import annotations

import hashlib
import logging

import pytest

from assets.recutting import order_recuts
from resources.catalogue import Catalogue
from resources.studio import Studio
from tests.support.house import house, studio
from tests.support.trailer_crowd import BAD, publish_trailer, watch

__all__ = ["house", "studio"]


def test_a_title_whose_manifest_is_damaged_is_told_of_and_stops_no_other(
    studio: Studio, caplog: pytest.LogCaptureFixture
):
    for title in ("alpha", "beta"):
        sha = hashlib.sha256(title.encode()).hexdigest()
        Catalogue(studio.database).deliver(title, sha256=sha, uri=f"/{title}", size_bytes=1)
        publish_trailer(studio, title, [f"edit-{title}"])
        watch(studio, title, f"edit-{title}", BAD, 1_000)
    [current] = (
        path
        for path in studio.settings.home.rglob("manifest.json")
        if "alpha" in path.parts and "versions" not in path.parts
    )
    current.write_text("{")

    with caplog.at_level(logging.WARNING, "assets.recutting"):
        ordered = order_recuts(studio)

    assert [each.title for each in ordered] == ["beta"]
    assert "of alpha is ordered" in caplog.text
