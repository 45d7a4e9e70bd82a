"""The subtitle benchmark measures what it says: whole words, fair baselines, parts that add up."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.subtitles.against import against
from benchmarks.subtitles.greedy import greedy_track
from benchmarks.subtitles.material import long_speech, published, said_in
from benchmarks.subtitles.quality import tell_conformance, tell_references, tell_segmentation
from benchmarks.subtitles.stages import measured_stages
from benchmarks.subtitles.stopwatch import Stopwatch
from benchmarks.subtitles.streams import published_streams
from ops.audio.listening import length_s
from ops.subtitles.measure import length
from ops.subtitles.profile import profile_named, profile_names
from ops.transcript.model import Word

LIMITS = profile_named("netflix").limits("eng_Latn")
RATE = Fraction(24)


def test_every_stage_is_measured_and_the_cues_are_real(data: Path) -> None:
    told = measured_stages(data, 4.0, before_s=0.5)

    assert told["sound_s"] == pytest.approx(4.0, abs=0.01)
    assert told["words"] >= 5
    assert told["cues"] >= 1
    assert {"speech (VAD)", "voices", "embedded recogniser", "plots", "checks"} < set(told["stages"])
    assert all(cpu_s >= 0 and wall_s > 0 for cpu_s, wall_s in told["stages"].values())
    assert told["memory_mb"] > 50


def test_long_speech_is_as_long_as_it_is_asked_for(data: Path, tmp_path: Path) -> None:
    assert length_s(long_speech(data, 60.5, tmp_path / "speech.wav")) == pytest.approx(60.5)


def test_a_track_against_itself_has_no_edit(data: Path) -> None:
    film = published(data)[2]

    found = against(film.track, film.track)

    assert (found.suber, found.t_bleu, found.f1) == (0.0, pytest.approx(100), 1.0)


def test_ours_and_the_baseline_hold_the_same_words_and_are_told_side_by_side(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    streams = published_streams(data)

    for stream in streams:
        said = [" ".join(" ".join(cue.lines) for cue in each.cues) for each in _ways(stream)]
        assert said[0] == said[1] == said[2] == stream.transcript.text
    shares, conforming = tell_segmentation(streams), tell_conformance(streams)
    tell_references(streams)

    assert set(shares) == {"ours", "greedy", "greedy, our timing"}
    assert 0 < shares["greedy"] < shares["ours"] <= 1
    assert all(set(each) == set(profile_names()) for each in conforming.values())
    assert "times as often" in capsys.readouterr().out


def _ways(stream):
    return stream.ours("netflix"), stream.greedy("netflix"), stream.greedy_timed("netflix")


_TEXTS = st.lists(st.text("abcdefgh", min_size=1, max_size=14), min_size=1, max_size=60)


@given(_TEXTS, st.floats(0.1, 1.5))
def test_the_baseline_keeps_every_word_and_fills_its_lines(texts: list[str], beat: float) -> None:
    words = [Word(text, place * beat, (place + 0.9) * beat) for place, text in enumerate(texts)]

    track = greedy_track(words, language="eng_Latn", rate=RATE, frames=10_000, limits=LIMITS)

    assert " ".join(" ".join(cue.lines) for cue in track.cues).split() == texts
    assert all(length(line, wide=LIMITS.wide) <= LIMITS.chars for cue in track.cues for line in cue.lines)
    for cue, after in zip(track.cues, track.cues[1:], strict=False):
        more = f"{cue.lines[-1]} {after.lines[0].split()[0]}"
        full = len(cue.lines) == LIMITS.lines and length(more, wide=LIMITS.wide) > LIMITS.chars
        assert full or (after.start - cue.start) / RATE > LIMITS.longest_s - Fraction(beat) - 1


def test_parts_of_a_run_add_up_and_the_inner_one_is_not_counted_twice() -> None:
    watch = Stopwatch()
    start = time.perf_counter()
    with watch.part("outer"), watch.part("inner"):
        time.sleep(0.02)
    whole = time.perf_counter() - start

    assert watch.spent["inner"] >= 0.02
    assert sum(watch.spent.values()) <= whole


def test_recordings_that_share_a_text_are_given_it(data: Path) -> None:
    texts = {path.name: text for path, text in said_in(data)}

    assert texts["jfk_rain_snr0db.wav"] == texts["jfk_inaugural_11s.flac"]
    assert all(texts.values())
