"""Our cues against published ones, and our error rate, by metrics that others wrote."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import jiwer
import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st
from suber.file_readers import SRTFileReader
from suber.hyp_to_ref_alignment import time_align_hypothesis_to_reference
from suber.metrics.sacrebleu_interface import calculate_sacrebleu_metric
from suber.metrics.suber import calculate_SubER

from ops.subtitles.build import cues_from_words, retimed
from ops.subtitles.cue import CueTrack
from ops.subtitles.evaluate import scores
from ops.subtitles.files.frames_of_cues import cues_of
from ops.subtitles.files.reading import read_subtitles
from ops.subtitles.files.srt import write_srt
from ops.subtitles.profile import profile_named
from ops.transcript.from_cues import transcript_of_cues
from ops.transcript.score import error_rate
from ops.translation.sentences import sentences_of

RATE = Fraction(24)
FRAMES = 125 * 24
NETFLIX = profile_named("netflix")
FILES = [
    ("sintel_trailer_en.srt", "eng_Latn", 4.0, 0.95),
    ("sintel_trailer_de.srt", "deu_Latn", 8.0, 0.85),
    ("sintel_film_en.vtt", "eng_Latn", 8.0, 0.80),
    ("sintel_film_de.vtt", "deu_Latn", 13.0, 0.70),
]
"""Published subtitles, the SubER that our cues made of their words must stay below, and the F1 of edges that they must
reach. Cutting at full lines reaches 5.6, 9.4, 11.0 and 8.0, and 1.0, 1.0, 0.72 and 0.72."""


def cuts_of(data: Path, name: str) -> list[int]:
    if "trailer" not in name:
        return []
    with (data / "video" / "ground_truth" / "sintel_trailer_720p.transitions.csv").open(encoding="utf-8") as file:
        return [int(row["new_shot_frame"]) for row in csv.DictReader(file) if row["type"] == "cut"]


def made_of_its_words(data: Path, name: str, language: str) -> CueTrack:
    """The words of published subtitles, the cues forgotten and made anew."""
    file = read_subtitles(data / "subtitles" / name)
    cues = [(float(cue.start_s), float(cue.end_s), cue.text) for cue in file.cues]
    words = transcript_of_cues(cues, language=language, source=name).words
    return cues_from_words(
        words, language=language, rate=RATE, cuts=cuts_of(data, name), frames=FRAMES, limits=NETFLIX.limits(language),
        sentences=sentences_of(words, language),
    )  # fmt: skip


def as_published(data: Path, name: str, language: str) -> CueTrack:
    file = read_subtitles(data / "subtitles" / name)
    return CueTrack(language, RATE, cues_of(file, rate=RATE, frames=FRAMES))


def suber_files(folder: Path, track: CueTrack, published: Path) -> tuple[list, list]:
    """Ours as we write it, theirs as it is, or as another library turns it into SRT."""
    ours, theirs = folder / "ours.srt", published
    ours.write_text(write_srt(track), encoding="utf-8")
    if published.suffix == ".vtt":
        theirs = folder / "theirs.srt"
        webvtt.read(str(published)).save_as_srt(str(theirs))
    return SRTFileReader(str(ours)).read(), SRTFileReader(str(theirs)).read()


@pytest.mark.parametrize(("name", "language", "most", "_"), FILES)
def test_cues_made_of_published_words_are_near_the_published_cues(
    data: Path, tmp_path: Path, name: str, language: str, most: float, _: float
) -> None:
    made = made_of_its_words(data, name, language)

    ours, theirs = suber_files(tmp_path, made, data / "subtitles" / name)

    assert calculate_SubER(ours, theirs) <= most


def test_the_words_of_the_trailer_fall_into_its_cues_as_published(data: Path, tmp_path: Path) -> None:
    made = made_of_its_words(data, "sintel_trailer_en.srt", "eng_Latn")
    # on the film's frames: a published millisecond beside a frame would leave a cue's last word out of it
    (tmp_path / "published.srt").write_text(write_srt(as_published(data, "sintel_trailer_en.srt", "eng_Latn")))

    ours, theirs = suber_files(tmp_path, made, tmp_path / "published.srt")

    in_time = time_align_hypothesis_to_reference(ours, theirs)
    assert calculate_sacrebleu_metric([*in_time], [*theirs], metric="BLEU-seg") == pytest.approx(100)


@pytest.mark.parametrize(("name", "language", "_", "least"), FILES)
def test_edges_of_cues_made_of_published_words_lie_within_200_ms(
    data: Path, name: str, language: str, _: float, least: float
) -> None:
    found = scores(made_of_its_words(data, name, language), as_published(data, name, language))

    edges = [score.within_ms[200] for score in found.values()]
    assert 2 * sum(edge.matched for edge in edges) / sum(edge.found + edge.wanted for edge in edges) >= least


@pytest.mark.parametrize(("name", "language"), [(name, language) for name, language, _, _ in FILES])
def test_cues_that_are_kept_lose_no_word_and_no_break_by_their_timing(
    data: Path, tmp_path: Path, name: str, language: str
) -> None:
    published = as_published(data, name, language)

    kept = retimed(
        published.cues, language=language, rate=RATE, cuts=cuts_of(data, name), frames=FRAMES,
        limits=NETFLIX.limits(language),
    )  # fmt: skip

    assert calculate_SubER(*suber_files(tmp_path, kept, data / "subtitles" / name)) == 0


_WORDS = st.lists(st.sampled_from(["ask", "not", "what", "your", "country", "can", "do", "for", "you"]), max_size=12)


@given(_WORDS.filter(bool), _WORDS)
def test_the_error_rate_of_plain_words_is_jiwers_and_that_of_the_edit_distance(
    said: list[str], heard: list[str]
) -> None:
    found = error_rate(" ".join(said), " ".join(heard), "eng_Latn")

    assert found.rate == pytest.approx(jiwer.wer(" ".join(said), " ".join(heard)))
    assert found.errors == edit_distance(said, heard)


@given(_WORDS.filter(bool), _WORDS)
def test_characters_are_counted_without_spaces_where_a_script_has_none(said: list[str], heard: list[str]) -> None:
    found = error_rate(" ".join(said), " ".join(heard), "jpn_Jpan")

    assert found.errors == edit_distance(list("".join(said)), list("".join(heard)))
    assert (found.unit, found.length) == ("characters", len("".join(said)))


def edit_distance(one: list[str], other: list[str]) -> int:
    """Wagner and Fischer's, as a textbook has it."""
    row = list(range(len(other) + 1))
    for place, left in enumerate(one, start=1):
        before, row[0] = row[0], place
        for column, right in enumerate(other, start=1):
            before, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, before + (left != right))
    return row[-1]
