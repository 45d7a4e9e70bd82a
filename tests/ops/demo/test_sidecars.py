"""The files beside the film: the same each time, readable by others, and never there half."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import webvtt

from ops.demo.film import DemoFilm, render_demo_film
from ops.demo.screenplay import FRAMES, NARRATION
from ops.demo.speech import speak_line
from ops.demo.timeline import expose, shown_shots
from ops.demo.truth import write_subtitles, write_truth
from ops.errors import UsageError
from tests.ops.demo.conftest import SMALL


def test_the_film_and_its_sidecars_share_a_stem_and_nothing_else_is_left(demo: DemoFilm) -> None:
    names = sorted(path.name for path in demo.film.parent.iterdir())
    assert names == ["film.en.srt", "film.mp4", "film.truth.json"]


def test_truth_and_subtitles_are_the_same_bytes_each_time(demo: DemoFilm, tmp_path: Path) -> None:
    lines = [speak_line(line) for line in NARRATION]
    write_truth(lines, tmp_path / "again.json")
    write_subtitles(lines, tmp_path / "again.srt")
    assert (tmp_path / "again.json").read_bytes() == demo.sidecar.read_bytes()
    assert (tmp_path / "again.srt").read_bytes() == demo.subtitles.read_bytes()


def test_another_reader_finds_each_sentence_under_its_time(demo: DemoFilm, truth: dict[str, Any]) -> None:
    cues = webvtt.from_srt(str(demo.subtitles)).captions
    assert [cue.text.replace("\n", " ") for cue in cues] == [sentence["text"] for sentence in truth["sentences"]]
    for cue, sentence in zip(cues, truth["sentences"], strict=True):
        start_s, end_s = (
            at.hours * 3600 + at.minutes * 60 + at.seconds + at.milliseconds / 1000
            for at in (cue.start_time, cue.end_time)
        )
        assert start_s == pytest.approx(sentence["start_s"], abs=0.001)
        assert end_s >= sentence["end_s"]
        assert all(len(line) <= 42 for line in cue.text.splitlines())


def test_a_render_that_is_stopped_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop(fraction: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_demo_film(tmp_path / "film.mp4", size=(64, 36), progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_an_odd_size_is_refused_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="even"):
        render_demo_film(tmp_path / "film.mp4", size=(SMALL[0] + 1, SMALL[1]))
    assert list(tmp_path.iterdir()) == []


def test_every_frame_is_made_of_the_shot_that_the_cut_list_names() -> None:
    shots = shown_shots()
    for frame in range(FRAMES):
        exposure = expose(frame)
        (shown,) = [i for i, shot in enumerate(shots) if shot.start <= frame < shot.end]
        assert shown == (exposure.shot if exposure.under is None else exposure.under[0])
        assert 0 < exposure.share <= 1
        assert 0 < exposure.light <= 1
