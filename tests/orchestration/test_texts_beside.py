"""The texts beside a film that are handed in, and what is told of the others."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from orchestration.ingest import _texts_beside
from resources.studio import Studio


def test_subtitles_in_no_known_language_are_named_in_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    for name in ("film.mp4", "film.Hebrew.srt", "film.klingon.srt", "film.forced.en.srt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    here = SimpleNamespace(masters=SimpleNamespace(neighbourhood=lambda film: nullcontext(Path(film))))

    texts = _texts_beside(str(tmp_path / "film.mp4"), cast(Studio, here))

    assert [(text.name, text.language) for text in texts] == [("film.Hebrew.srt", "heb_Hebr")]
    assert [record.getMessage().partition(" is not used")[0] for record in caplog.records] == ["film.klingon.srt"]
