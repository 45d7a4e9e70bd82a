"""The analysed film, for the editor's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.analysed_film import AnalysedFilm, analysed_film


@pytest.fixture(scope="session")
def analysed(data: Path, tmp_path_factory: pytest.TempPathFactory) -> AnalysedFilm:
    """An assembled film of 100 s with its analysis."""
    return analysed_film(data, tmp_path_factory)
