"""Lines are cut on quiet, in order, and judged by how they stand alone."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.audio.kinds import Segment, SoundKind
from ops.audio.listening import RATE, hear_mono
from ops.scenes.dialogue import lines_heard, lines_read
from ops.scenes.hearing import LEVEL_STEP_S, listen
from ops.scenes.model import Line
from ops.scenes.transcript import Sentence, Transcript
from tests.ops.audio.sounds import write_wave

ONE_SHOT = np.zeros(1)


def level(length_s: float, *loud: tuple[float, float]) -> np.ndarray:
    """-60 dB, and -20 dB where something is said."""
    values = np.full(round(length_s / LEVEL_STEP_S), -60.0, np.float32)
    for start, end in loud:
        values[round(start / LEVEL_STEP_S) : round(end / LEVEL_STEP_S)] = -20.0
    return values


def read(*sentences: Sentence, sound: np.ndarray, language: str = "eng") -> tuple[Line, ...]:
    return lines_read(Transcript(sentences, language, "test"), sound, ONE_SHOT)


def test_a_cue_that_is_short_of_its_words_is_widened_to_the_quiet_around_them():
    sound = level(10, (2.0, 4.0))

    (line,) = read(Sentence(2.3, 3.8, "Nobody leaves the harbour tonight."), sound=sound)

    assert 1.85 < line.start_s < 2.0
    assert 4.0 < line.end_s < 4.15


def test_the_cut_between_two_sentences_of_one_breath_is_where_it_is_quietest():
    sound = level(10, (2.0, 4.0), (4.06, 6.0))

    first, second = read(Sentence(2.0, 4.2, "Come here."), Sentence(4.2, 6.0, "Sit down."), sound=sound)

    assert first.end_s == second.start_s == pytest.approx(4.03, abs=0.04)


@given(
    st.lists(st.tuples(st.floats(0, 55), st.floats(0.2, 6)), max_size=8),
    st.lists(st.tuples(st.floats(0, 58), st.floats(0.05, 4)), max_size=10),
)
def test_lines_are_in_order_and_do_not_overlap(said: list[tuple[float, float]], heard: list[tuple[float, float]]):
    sound = level(60, *((start, min(60.0, start + length)) for start, length in heard))
    cues = sorted(said)
    sentences = (
        [
            Sentence(start, min(start + length, after[0]) if after else start + length, "Words are said here.")
            for (start, length), after in zip(cues, [*cues[1:], None], strict=True)
        ]
        if cues
        else []
    )

    lines = read(*(each for each in sentences if each.end_s > each.start_s + 0.05), sound=sound)

    assert all(0 <= line.start_s < line.end_s <= 61 for line in lines)
    assert all(one.end_s <= other.start_s + 1e-6 for one, other in pairwise(lines))
    assert all(0 <= line.alone <= 1 for line in lines)


def test_speech_without_words_is_split_at_its_pauses(data: Path, tmp_path: Path):
    """Three readings with 0.8 s of silence between: no cut lies within one, and none is missing."""
    names = ("sense_and_sensibility_0880.wav", "jfk_inaugural_11s.flac", "sense_and_sensibility_0890.wav")
    pieces, spans, at = [], [], 0.0
    for name in names:
        samples = np.concatenate(list(hear_mono(data / "audio" / name)))[: 4 * RATE]
        pieces += [samples, np.zeros(round(0.8 * RATE), np.float32)]
        spans.append((at, at + len(samples) / RATE))
        at = spans[-1][1] + 0.8
    track = write_wave(tmp_path / "said.wav", (np.concatenate(pieces) * 32767).astype(np.int16), RATE)
    heard = listen(track)

    lines = lines_heard([Segment(SoundKind.SPEECH, 0.0, at, 1.0)], heard.level, ONE_SHOT)

    assert len(lines) >= 3
    for start, end in spans:
        within = [line for line in lines if line.end_s > start and line.start_s < end]
        assert within and all(start - 0.45 < line.start_s and line.end_s < end + 0.45 for line in within)
    loud = heard.level.max() - 18
    for line in lines:  # what is cut is quiet: no word goes on over either end
        for edge in (line.start_s, line.end_s):
            around = heard.level[max(0, round((edge - 0.02) / LEVEL_STEP_S)) : round((edge + 0.02) / LEVEL_STEP_S)]
            assert not len(around) or around.min() < loud


def test_music_and_silence_hold_no_lines():
    segments = [Segment(SoundKind.MUSIC, 0, 5, 1.0), Segment(SoundKind.SILENCE, 5, 9, 1.0)]

    assert lines_heard(segments, level(9, (0, 5)), ONE_SHOT) == ()
    assert lines_heard([], np.zeros(0, np.float32), ONE_SHOT) == ()
    assert read(sound=level(3)) == ()


def alone(words: str, *, length_s: float = 2.5, gap_s: float = 2.0, language: str = "eng") -> float:
    first, second = 5.0, 5.0 + length_s + gap_s
    sound = level(20, (first, first + length_s), (second, second + 1.5))
    lines = read(
        Sentence(first, first + length_s, words, words.endswith((".", "!", "?"))),
        Sentence(second, second + 1.5, "Next."),
        sound=sound,
        language=language,
    )
    return lines[0].alone


def test_a_whole_sentence_that_leans_on_nothing_stands_alone_better():
    best = alone("Every war begins with a lie.")

    assert best > 0.9
    assert best > alone("And then he gave it to them.") + 0.15
    assert best > alone("begins with a lie") + 0.2
    assert best > alone("Every war begins with a lie.", gap_s=0.15) + 0.1
    assert best > alone("Every war begins with a lie.", length_s=6.5)
    assert alone("Jeder Krieg beginnt mit einer Lüge.", language="deu") > alone(
        "Und dann gab er es ihnen.", language="deu"
    )


def test_a_line_begins_in_the_shot_that_is_seen_then():
    lines = lines_read(
        Transcript((Sentence(6.0, 8.0, "The door is open."),), "eng", "test"),
        level(12, (6.0, 8.0)),
        np.array([0, 5.9, 7]),
    )

    assert lines[0].shot == 0 if lines[0].start_s < 5.9 else lines[0].shot == 1
