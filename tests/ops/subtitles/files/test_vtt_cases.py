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
from ops.subtitles.files.vtt_text import cue_text

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


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("\n\nid\n00:00.000 --> 00:01.000\nx", [("id", "x")]),
        ("\n\nid\nmore\n00:00.000 --> 00:01.000\nx", [("", "x")]),
        ("\n\n00:00.000 --> 00:01.000\nx\n00:01.000 --> 00:02.000\ny", [("", "x"), ("", "y")]),
        ("\n\n00:00.000 --> 00:60.000\nx", []),
        ("\n\n00:00.000 --> 01:60:00.000\nx", []),
        ("\n\n60:00.000 --> 61:00.000\nx", []),
        ("\n\n60:00:00.000 --> 61:00:00.000\nx", [("", "x")]),
        ("\n\nSTYLE\n::cue { color: red }\n\n00:00.000 --> 00:01.000\nx", [("", "x")]),
        ("\n\nNOTE\nnothing\n\n00:00.000 --> 00:01.000\nx\n\nNOTE end", [("", "x")]),
        (" - a title\nKind: captions\n\n00:00.000 --> 00:01.000\nx", [("", "x")]),
    ],
)
def test_blocks_are_collected_as_the_standard_says(body: str, wanted: list[tuple[str, str]]):
    file = parse_vtt(f"WEBVTT{body}\n")

    assert file is not None
    assert [(cue.id, cue.payload) for cue in file.cues] == wanted


def test_a_region_counts_if_it_is_defined_and_the_cue_is_not_placed_otherwise():
    region = "REGION\nid:fred\nwidth:40%\n\n"
    times = "00:00.000 --> 00:01.000 region:"

    file = parse_vtt(f"WEBVTT\n\n{region}{times}fred\nx\n\n{times}bill\nx\n\n{times}fred line:1\nx\n")

    assert file is not None
    assert [cue.settings for cue in file.cues] == [{"region": "fred"}, {}, {"line": "1"}]


@pytest.mark.parametrize(
    ("payload", "text", "speakers"),
    [
        ("<i.loud>a<b>b</i>c</b>d", "<i>a</i><i><b>bc</b></i><i>d</i>", ()),
        ("a</i>b", "ab", ()),
        ("<ruby>\u6f22<rt>kan</ruby> ji", "\u6f22(kan) ji", ()),
        ("<v Ann>one\ntwo", "one\ntwo", ("Ann",)),
        ("<v Ann>one</v>\n<v Bob>two</v>", "one\ntwo", ("Ann", "Bob")),
        ("<v Ann>one</v> <v Bob>two", "one\ntwo", ("Ann", "Bob")),
        ("one<00:00.500>two <x>three</x> <c.a.b>four</c>", "onetwo three four", ()),
        ("&lt;i&gt;literal&lt;/i&gt; &amp;amp;", "<\u2060i>literal<\u2060/i> &amp;", ()),
        ("<lang en>a</lang><i>\n</i><u>b\nc</u>", "a\n<u>b</u>\n<u>c</u>", ()),
    ],
)
def test_cue_text_is_read_as_the_standard_says(payload: str, text: str, speakers: tuple[str, ...]):
    assert cue_text(payload) == (text, speakers)
