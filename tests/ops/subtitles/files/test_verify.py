"""Each fault that a written file can have is found; a good one has none."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from ops.subtitles.cue import Cue, CueTrack, Emphasis
from ops.subtitles.files.ass import write_ass
from ops.subtitles.files.srt import write_srt
from ops.subtitles.files.verify import verified
from ops.subtitles.files.vtt import write_vtt
from tests.ops.subtitles.files.tracks import tracks

TRACK = CueTrack(
    "eng_Latn",
    Fraction(24),
    (
        Cue(24, 72, ("Stop!", "Who goes there?"), ("S1", "S2"), (Emphasis(0, 0, 4, "i"),)),
        Cue(74, 120, ("Nobody.",), at_top=True),
        Cue(240, 300, ("Then <come> in & sit {down}.",)),
    ),
)


def written(folder: Path, track: CueTrack) -> dict[str, Path]:
    texts = {"srt": write_srt(track), "vtt": write_vtt(track), "ass": write_ass(track, size=(1280, 720))}
    files = {name: folder / f"track.{name}" for name in texts}
    for name, text in texts.items():
        files[name].write_text(text, encoding="utf-8", newline="")
    return files


def test_what_was_written_is_right(tmp_path: Path):
    assert verified(TRACK, written(tmp_path, TRACK), min_gap=2) == []
    assert (
        verified(
            CueTrack("eng_Latn", Fraction(24), ()), written(tmp_path, CueTrack("eng_Latn", Fraction(24), ())), min_gap=2
        )
        == []
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tracks())
def test_whatever_is_written_is_right(tmp_path: Path, track: CueTrack):
    assert verified(track, written(tmp_path, track), min_gap=2) == []


@pytest.mark.parametrize(
    ("name", "spoil", "fault"),
    [
        ("srt", lambda text: text.replace("Nobody.", "Nobody!"), "cue 2 reads 'Nobody!' and not 'Nobody.'"),
        ("srt", lambda text: text[: text.index("3\r\n00:")], "it holds 2 cues and the track 3"),
        ("vtt", lambda text: text.replace("00:00:03.083", "00:00:03.082"), "cue 2 begins 0.001 s before its frame"),
        ("vtt", lambda text: text.replace("00:00:10.000", "00:00:10.001"), "cue 3 begins 0.001 s after its frame"),
        ("vtt", lambda text: text.replace("00:00:05.000", "00:00:04.900"), "cue 2 ends 0.100 s before its last frame"),
        ("ass", lambda text: text.replace("0:00:02.99", "0:00:03.00"), "the gap between cues 1 and 2 is 1.92 frames"),
        ("ass", lambda text: text.replace("0:00:02.99", "0:00:03.20"), "cue 2 overlaps cue 1 by 0.120 s"),
        ("srt", lambda text: text.replace("00:00:10,000", "00:00:00,500"), "cue 3 comes before cue 2"),
        ("srt", lambda text: text.replace("2\r\n00:00:03,083 --> ", "2\r\n --> "), "was not read as it is"),
        ("vtt", lambda text: text.replace("WEBVTT", "WEBVT"), "it is srt and not vtt"),
        ("ass", lambda _: "", "it cannot be read: the file is empty"),
        ("ass", lambda _: "words alone", "it cannot be read: holds no subtitles"),
        ("vtt", lambda text: text.replace("&amp;", "&amp;amp;"), "cue 3 reads"),
        ("ass", lambda text: text.replace("{down}".translate(str.maketrans("{}", "❴❵")), "{down}"), "cue 3 reads"),
    ],
)
def test_a_spoilt_file_is_found_out(tmp_path: Path, name: str, spoil: Callable[[str], str], fault: str):
    files = written(tmp_path, TRACK)
    good = files[name].read_bytes().decode()
    spoilt = spoil(good)
    assert spoilt != good
    files[name].write_bytes(spoilt.encode())

    faults = verified(TRACK, files, min_gap=2)

    assert any(each.startswith(f"{name}: ") and fault in each for each in faults), faults
    assert all(each.startswith(f"{name}: ") for each in faults)


def test_a_file_that_is_gone_is_found_out(tmp_path: Path):
    files = written(tmp_path, TRACK)
    files["srt"].unlink()

    assert verified(TRACK, files, min_gap=2) == ["srt: it cannot be read: there is no such file"]


def test_a_file_of_another_track_does_not_fill_the_report(tmp_path: Path):
    other = CueTrack("eng_Latn", Fraction(24), tuple(Cue(at * 50, at * 50 + 40, ("Other.",)) for at in range(200)))
    track = CueTrack("eng_Latn", Fraction(24), tuple(Cue(at * 51, at * 51 + 40, ("Words.",)) for at in range(200)))

    assert len(verified(track, {"srt": written(tmp_path, other)["srt"]}, min_gap=2)) == 20


def test_a_format_that_is_not_written_is_a_mistake_of_the_caller(tmp_path: Path):
    with pytest.raises(ValueError, match="ttml"):
        verified(TRACK, {"ttml": tmp_path / "track.ttml"}, min_gap=2)
