"""A trailer leaves as OpenTimelineIO and comes back; others' tools read it, others' changes are taken or refused."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

import opentimelineio as otio
import pytest
from hypothesis import example, given
from hypothesis.strategies import characters, text

from ops.errors import MediaError
from ops.trailer.events import Card, Clip, JoinKind, Part
from ops.trailer.otio.reading import read_otio
from ops.trailer.otio.writing import export, write_otio
from ops.trailer.soundtrack import SoundRole
from tests.ops.trailer.examples import RATE, whole_trailer


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "edit.otio"
    write_otio(whole_trailer(), path, media="sintel.mp4")
    return path


def changed(path: Path, change: Any) -> Path:
    """The file after somebody's tool has changed its timeline."""
    timeline = otio.adapters.read_from_file(str(path))
    change(timeline)
    otio.adapters.write_to_file(timeline, str(path))
    return path


def test_a_trailer_comes_back_as_it_left(written: Path) -> None:
    back = read_otio(written, whole_trailer())

    assert replace(back, notes=()) == replace(whole_trailer(), notes=())
    assert back.notes == (("edit", "handed in as edit.otio"),)


def test_otio_itself_finds_the_trailer_as_long_as_we_do_and_its_transitions_possible(written: Path) -> None:
    timeline = otio.adapters.read_from_file(str(written))

    picture = timeline.video_tracks()[0]

    assert picture.duration().to_frames() == whole_trailer().frames
    placed = [timeline.range_of_child(clip) for clip in picture.find_clips()]
    assert [each.start_time.to_frames() for each in placed] == list(whole_trailer().starts)
    assert len(timeline.audio_tracks()) == 4  # dialogue, two of effects as they overlap, music


def test_a_clip_trimmed_by_a_person_is_rendered_as_they_trimmed_it(written: Path) -> None:
    def trim(timeline: Any) -> None:
        clip = timeline.video_tracks()[0][0]
        start = clip.source_range.start_time + otio.opentime.RationalTime(3, clip.source_range.start_time.rate)
        clip.source_range = otio.opentime.TimeRange(start, otio.opentime.RationalTime(40, start.rate))

    back = read_otio(changed(written, trim), whole_trailer())

    first = back.events[0]
    assert isinstance(first, Clip)
    assert (first.start, first.end, first.reason) == (103, 143, "it moves")
    assert back.frames == whole_trailer().frames - 8


def test_a_clip_put_in_by_another_tool_without_our_metadata_and_at_its_own_rate_is_taken(written: Path) -> None:
    def put_in(timeline: Any) -> None:
        clip = otio.schema.Clip(
            "by hand",
            otio.schema.ExternalReference(
                "file:///elsewhere/sintel.mp4", otio.opentime.TimeRange(otio.opentime.RationalTime(0, 48), None)
            ),
            otio.opentime.TimeRange(otio.opentime.RationalTime(1000, 48), otio.opentime.RationalTime(60, 48)),
        )
        timeline.video_tracks()[0].insert(4, clip)

    at_24 = replace(whole_trailer(), rate=Fraction(24))
    back = read_otio(changed(written, put_in), at_24)

    clips = [event for event in back.events if isinstance(event, Clip) and event.reason == "put in by a person"]
    assert [(each.start, each.end) for each in clips] == [(500, 530)]


def test_media_whose_own_timecode_does_not_begin_at_zero_is_counted_from_its_first_picture(written: Path) -> None:
    def shift(timeline: Any) -> None:
        hour = otio.opentime.RationalTime(round(3600 * float(RATE)), float(RATE))
        for clip in timeline.find_clips():
            reference = clip.media_reference
            if isinstance(reference, otio.schema.ExternalReference):
                held = reference.available_range
                reference.available_range = otio.opentime.TimeRange(held.start_time + hour, held.duration)
                clip.source_range = otio.opentime.TimeRange(
                    clip.source_range.start_time + hour, clip.source_range.duration
                )

    back = read_otio(changed(written, shift), whole_trailer())

    assert back.events == whole_trailer().events
    assert back.sounds == whole_trailer().sounds


def test_a_gap_is_black_and_a_muted_music_track_is_no_music(written: Path) -> None:
    def clear(timeline: Any) -> None:
        track = timeline.video_tracks()[0]
        track[-1] = otio.schema.Gap(source_range=track[-1].source_range)
        next(each for each in timeline.audio_tracks() if each.name == "music").enabled = False

    back = read_otio(changed(written, clear), whole_trailer())

    last = back.events[-1]
    assert isinstance(last, Card) and last.lines == ("",)
    assert back.bed is None and back.accents == ()


def test_a_person_s_sound_without_metadata_is_dialogue_on_a_dialogue_track_and_else_effects(written: Path) -> None:
    def strip(timeline: Any) -> None:
        for track in timeline.audio_tracks():
            for clip in track.find_clips():
                clip.metadata.clear()

    back = read_otio(changed(written, strip), whole_trailer())

    assert [sound.role for sound in back.sounds] == [SoundRole.DIALOGUE, SoundRole.EFFECTS, SoundRole.EFFECTS]


def _speed(timeline: Any) -> None:
    timeline.video_tracks()[0][0].effects.append(otio.schema.LinearTimeWarp("slow", 0.5))


def _nested(timeline: Any) -> None:
    timeline.video_tracks()[0].append(otio.schema.Stack("nest"))


def _second_film(timeline: Any) -> None:
    timeline.video_tracks()[0][0].media_reference = otio.schema.ExternalReference("/etc/passwd")


def _beyond(timeline: Any) -> None:
    clip = timeline.video_tracks()[0][0]
    clip.source_range = otio.opentime.TimeRange(
        otio.opentime.RationalTime(5000, float(RATE)), otio.opentime.RationalTime(48, float(RATE))
    )


def _endless(timeline: Any) -> None:
    gap = otio.opentime.TimeRange(duration=otio.opentime.RationalTime(10**7, float(RATE)))
    timeline.video_tracks()[0].append(otio.schema.Gap(source_range=gap))


def _no_picture(timeline: Any) -> None:
    del timeline.tracks[0]


def _broken_metadata(timeline: Any) -> None:
    timeline.metadata["showrunner"]["bed"] = {"kind": ["a", "list"]}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_speed, "has effects"),
        (_nested, "nested timelines"),
        (_second_film, "more than one file"),
        (_beyond, "of a film of 1250"),
        (_endless, "longer than"),
        (_no_picture, "no picture track"),
        (_broken_metadata, "cannot be rendered"),
    ],
)
def test_what_cannot_be_rendered_is_refused_with_its_reason(written: Path, change: Any, says: str) -> None:
    with pytest.raises(MediaError, match=says):
        read_otio(changed(written, change), whole_trailer())


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b'{"OTIO_SCHEMA": "Clip.1"}', b"[1, 2]", b"null"])
def test_a_file_that_is_no_timeline_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "edit.otio"
    path.write_bytes(content)

    with pytest.raises(MediaError):
        read_otio(path, whole_trailer())


def test_an_edl_of_cmx_3600_holds_the_same_cuts_a_dissolve_beginning_with_its_first_mixed_frame(tmp_path: Path) -> None:
    edl = replace(whole_trailer(), rate=Fraction(24))

    files = export(edl, tmp_path, media="sintel.mp4")

    timeline = otio.adapters.read_from_file(str(files["edit.edl"]), rate=24)
    found = [
        (each.source_range.start_time.to_frames(), each.source_range.end_time_exclusive().to_frames())
        for each in timeline.tracks[0].find_clips()
    ]
    assert found == [(100, 148 - 5), (300 - 5, 360), (500, 530), (700, 720), (740, 760)]


@pytest.mark.parametrize("rate", [Fraction(24), RATE, Fraction(25), Fraction(20), Fraction(30000, 1001), Fraction(60)])
def test_an_fcpxml_counts_every_clip_in_exact_multiples_of_the_frame(tmp_path: Path, rate: Fraction) -> None:
    edl = replace(whole_trailer(), rate=rate)

    files = export(edl, tmp_path, media="sintel.mp4")

    assert ("edit.edl" in files) == (rate != 20)  # there is no timecode for 20 a second
    text = files["edit.fcpxml"].read_text()
    root = ElementTree.fromstring(text)
    spine = root.find(".//spine")
    assert spine is not None
    assert {Fraction(each.get("frameDuration", "").removesuffix("s")) for each in root.iter("format")} == {1 / rate}
    found = [
        tuple(Fraction(each.get(name, "").removesuffix("s")) * rate for name in ("offset", "start", "duration"))
        for each in spine
        if each.tag == "clip"
    ]
    assert found == [(at, clip.start, clip.frames) for at, clip in edl.clips()]


_EVIL = "a\x08b\n* FROM CLIP NAME: evil\r\u2028\x85\ufffe]]><x/>"
_NO_UTF_8 = _EVIL + "\udcff"


def test_words_with_line_breaks_and_controls_break_no_xml_and_add_no_line_to_an_edl(tmp_path: Path) -> None:
    edl = replace(whole_trailer(), rate=Fraction(24))
    clips = tuple(replace(each, reason=_EVIL) if isinstance(each, Clip) else each for each in edl.events)
    spoken = tuple(replace(each, words=_EVIL) for each in edl.sounds)
    evil = replace(edl, film=replace(edl.film, name=_NO_UTF_8), events=clips, sounds=spoken)

    plain = export(edl, tmp_path, media="film.mp4")["edit.edl"].read_text().splitlines()
    files = export(evil, tmp_path, media=_NO_UTF_8)

    lines = files["edit.edl"].read_text().splitlines()
    kinds = [line.split(":")[0] for line in plain if not line.startswith("* it moves") and line != "* somebody speaks"]
    assert [line for line in lines if line.startswith(("* FROM CLIP NAME: evil", "*FROM"))] == []
    assert sum(line.startswith("* FROM CLIP NAME:") for line in lines) == kinds.count("* FROM CLIP NAME")
    named = otio.adapters.read_from_file(str(files["edit.edl"]), rate=24).tracks[0].find_clips()
    assert [clip.name for clip in named] == ["shot 3", "shot 7", "shot 12", "shot 18", "shot 19"]
    root = ElementTree.fromstring(files["edit.fcpxml"].read_bytes())
    assert root.find(".//x") is None
    told = [value for element in root.iter() for value in (*element.attrib.values(), element.text or "")]
    assert any("ab * FROM CLIP NAME: evil" in value for value in told)


def test_the_names_in_an_otio_file_are_single_lines_and_the_words_are_kept(tmp_path: Path) -> None:
    words = "a\x08b\n* FROM CLIP NAME: evil"
    edl = whole_trailer()
    edl = replace(edl, sounds=(replace(edl.sounds[0], words=words), *edl.sounds[1:]))
    path = tmp_path / "edit.otio"

    write_otio(edl, path, media="sintel.mp4")

    names = [clip.name for clip in otio.adapters.read_from_file(str(path)).find_clips()]
    assert "ab * FROM CLIP NAME: evil" in names and words not in names
    assert read_otio(path, edl).sounds == edl.sounds


@given(
    words=text(alphabet=characters(codec="utf-8"), max_size=30),
    name=text(alphabet=characters(codec="utf-8"), max_size=30),
)
@example(words="I'm searching for someone.", name='Schindler\'s "List" [1993] / & <more>')
def test_whatever_is_said_and_however_the_film_is_called_it_is_exported(words: str, name: str) -> None:
    edl = whole_trailer()
    edl = replace(
        edl,
        rate=Fraction(24),
        film=replace(edl.film, name=name),
        sounds=tuple(replace(sound, words=words) for sound in edl.sounds),
    )
    with TemporaryDirectory() as folder:
        files = export(edl, Path(folder), media="Schindler's film.mp4")

        root = ElementTree.fromstring(files["edit.fcpxml"].read_text(encoding="utf-8"))
        assert {each.get("src") for each in root.iter("asset")} == {"Schindler's film.mp4"}
        assert len(otio.adapters.read_from_file(str(files["edit.edl"]), rate=24).tracks[0].find_clips()) == 5


def test_an_edit_that_contradicts_itself_is_no_edit() -> None:
    edl = whole_trailer()

    with pytest.raises(ValueError, match="need a join"):
        replace(edl, joins=edl.joins[:-1])
    with pytest.raises(ValueError, match="beyond the film"):
        replace(edl, events=(edl.events[0], replace(edl.events[1], start=2)), joins=edl.joins[:1])
    with pytest.raises(ValueError, match="of its"):
        replace(edl, joins=(replace(edl.joins[1], before=49, after=1), *edl.joins[1:4], edl.joins[4], edl.joins[5]))
    assert edl.frames == 48 + 60 + 36 + 30 + 20 + 20 + 60
    assert edl.joins[0].kind is JoinKind.DISSOLVE and edl.events[0].part is Part.HOOK
