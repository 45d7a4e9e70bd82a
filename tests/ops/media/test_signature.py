"""What first bytes say: told right for what is known, and never a reason to fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops.media.outline import breaks_off, iso_outline, lost_index
from ops.media.signature import Family, signature_of
from tests.conftest import DATA

MEDIA = sorted((DATA / "video").glob("*.*")) + sorted(
    path for path in (DATA / "audio").glob("*.*") if path.suffix != ".csv"
)
PICTURES = sorted(path for path in (DATA / "images").rglob("*.*") if path.suffix not in {".csv", ".gif"})
TEXTS = sorted((DATA / "subtitles").rglob("*.srt")) + sorted((DATA / "tables").rglob("*.csv"))


@pytest.mark.parametrize("path", MEDIA, ids=lambda path: path.name)
def test_media_are_never_taken_for_something_else(path: Path):
    signature = signature_of(path)

    assert signature is None or signature.family is Family.MEDIA
    assert (lost_index(path), breaks_off(path)) == (None, None)


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_pictures_are_called_pictures(path: Path):
    signature = signature_of(path)

    assert signature is not None
    assert signature.family is Family.PICTURE


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_subtitles_and_tables_are_text(path: Path):
    signature = signature_of(path)

    assert signature is not None
    assert signature.family is Family.TEXT


@given(content=st.binary(min_size=1, max_size=6000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_whatever_break_the_reading_of_signatures_and_outlines(tmp_path: Path, content: bytes):
    file = tmp_path / "any"
    for magic in (b"", b"GIF89a", b"OggS\x00", b"RIFF\xff\xff\xff\xffAVI ", b"\x00\x00\x00\x14ftypisom", b"#EXTM3U"):
        file.write_bytes(magic + content)

        signature_of(file)
        iso_outline(file)
        lost_index(file)
        breaks_off(file)


@pytest.mark.parametrize("percent", range(3, 99, 7))
def test_a_gif_cut_inside_a_block_is_seen_to_break_off(data: Path, tmp_path: Path, percent: int):
    whole = (data / "video" / "newtons_cradle_200x150.gif").read_bytes()
    part = tmp_path / "part.gif"
    part.write_bytes(whole[: len(whole) * percent // 100])

    assert breaks_off(part) is not None


def test_a_gif_that_lacks_only_its_trailer_is_forgiven(data: Path, tmp_path: Path):
    whole = (data / "video" / "newtons_cradle_200x150.gif").read_bytes()
    assert whole.endswith(b"\x00;")
    (tmp_path / "film.gif").write_bytes(whole[:-1])

    assert breaks_off(tmp_path / "film.gif") is None


def test_the_boxes_of_an_mp4_are_told_in_order(data: Path):
    outline = iso_outline(data / "broken" / "truncated_30pct_faststart.mp4")

    assert outline is not None
    assert outline.boxes[:2] == ("ftyp", "moov")
    assert outline.boxes[-1] == "mdat"
    whole = (data / "video" / "edit_known_transitions.mp4").stat().st_size
    cut = (data / "broken" / "truncated_30pct_faststart.mp4").stat().st_size
    assert outline.missing_bytes == whole - cut
