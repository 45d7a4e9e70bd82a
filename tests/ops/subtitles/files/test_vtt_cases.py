"""The public cases of a WebVTT parser (vtt.js), for ours and for the two libraries, counted alike."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pysubs2
import pytest
import webvtt

from ops.errors import MediaError
from ops.subtitles.files.decoding import decoded
from ops.subtitles.files.reading import read_subtitles
from ops.subtitles.files.subtitle_file import Format
from ops.subtitles.files.vtt_blocks import VttCue, parse_vtt

Timed = list[tuple[int, int, str]]
"""Cues from and to in thousandths, with the text as it is in the file."""

OTHERWISE_TODAY = {
    "cue-times/minimum-spots-over-sixty.vtt": "a time of two parts whose first is above 59 tells no seconds",
    "file-layout/header-no-new-line.vtt": "a line of times right below the signature begins a cue",
}
"""Cases whose expectation is of 2013's draft; today's standard says this (W3C WebVTT, 6.1 and 6.3)."""

SETTINGS_OTHERWISE_TODAY = {
    "cue-settings/line/bad-line-align.vtt": "a bad alignment makes the whole setting invalid",
    "cue-settings/position/bad-position-align.vtt": "a bad alignment makes the whole setting invalid",
    "cue-settings/position/position-start-align.vtt": "positions are aligned line-left, center or line-right",
}


@pytest.fixture(scope="module")
def cases(data: Path) -> dict[str, tuple[Path, list[dict[str, Any]]]]:
    """Each case's file and the cues that are expected of it, by its name in the list."""
    folder = data / "subtitles" / "vtt_js"
    if not folder.is_dir():
        pytest.skip("the public WebVTT cases are not here")
    rows = csv.DictReader((folder / "index.csv").read_text(encoding="utf-8").splitlines())
    return {
        row["vtt"]: (folder / row["vtt"], json.loads((folder / row["expected_json"]).read_text("utf-8"))["cues"])
        for row in rows
    }


def parsed(path: Path) -> list[VttCue]:
    file = parse_vtt(decoded(path.read_bytes(), utf8_only=True)[0])
    return file.cues if file is not None else []


def by_us(path: Path) -> Timed:
    return [(int(cue.start_s * 1000), int(cue.end_s * 1000), cue.payload) for cue in parsed(path)]


def by_webvtt_py(path: Path) -> Timed:
    times = [(each.start_time, each.end_time, each.raw_text) for each in webvtt.read(str(path)).captions]
    return [(thousandths(start), thousandths(end), text) for start, end, text in times]


def thousandths(time: Any) -> int:
    return (time.hours * 3600 + time.minutes * 60 + time.seconds) * 1000 + time.milliseconds


def by_pysubs2(path: Path) -> Timed:
    text = path.read_text(encoding="utf-8")
    events = pysubs2.SSAFile.from_string(text, format_="vtt", keep_html_tags=True, keep_unknown_html_tags=True)
    return [(each.start, each.end, each.text.replace("\\N", "\n")) for each in events]


def right(read: Callable[[Path], Timed], cases: dict[str, tuple[Path, list[dict[str, Any]]]]) -> set[str]:
    """The cases of which all cues, times and texts are as they should be; an exception is a wrong answer."""
    found = set()
    for name, (path, cues) in cases.items():
        wanted = [(round(1000 * cue["startTime"]), round(1000 * cue["endTime"]), cue["text"]) for cue in cues]
        try:
            if read(path) == wanted:
                found.add(name)
        except Exception:  # noqa: BLE001 (the libraries raise what they will)
            continue
    return found


def test_more_public_cases_are_right_than_in_the_best_library(cases: dict[str, tuple[Path, list[dict[str, Any]]]]):
    ours, webvtt_py, pysubs = (right(read, cases) for read in (by_us, by_webvtt_py, by_pysubs2))

    assert set(cases) - ours == set(OTHERWISE_TODAY)
    assert len(ours) >= max(len(webvtt_py), len(pysubs))


def test_settings_are_as_the_public_cases_have_them(cases: dict[str, tuple[Path, list[dict[str, Any]]]]):
    differing = set()
    for name, (path, cues) in cases.items():
        for cue, wanted in zip(parsed(path), cues, strict=False):
            line = cue.settings.get("line", "auto").partition(",")[0]
            position = cue.settings.get("position", "auto").partition(",")[0]
            found = {
                "id": cue.id,
                "line": line if line == "auto" else float(line.removesuffix("%")),
                "snapToLines": not line.endswith("%"),
                "position": position if position == "auto" else float(position.removesuffix("%")),
                "size": float(cue.settings.get("size", "100%").removesuffix("%")),
                "vertical": cue.settings.get("vertical", ""),
                "align": cue.settings.get("align", "center").replace("center", "middle"),  # its name in the draft
            }
            if found != {key: wanted[key] for key in found}:
                differing.add(name)

    assert differing == set(SETTINGS_OTHERWISE_TODAY)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cuetext/escape-characters/together.vtt", "Some text < &> < &nb\u00a0 &am< \u200f&lr\u200e other stuff."),
        ("cuetext/italic/not-closed.vtt", None),
        ("cuetext/tag-format/no-closing-gt.vtt", ""),
    ],
)
def test_a_payload_is_read_as_the_standard_does(cases: Any, name: str, text: str | None):
    file = read_subtitles(cases[name][0])

    if text is None:
        assert "<i>" in file.cues[0].text and file.cues[0].text.endswith("</i>")
    else:
        assert [cue.text for cue in file.cues] == ([text] if text else [])


def test_every_case_is_read_or_refused_by_the_reader_of_files(cases: dict[str, tuple[Path, list[dict[str, Any]]]]):
    for name, (path, cues) in cases.items():
        try:
            file = read_subtitles(path)
        except MediaError:
            assert not cues, name
            continue
        assert name in OTHERWISE_TODAY or file.format is not Format.VTT or len(file.cues) <= len(cues)
