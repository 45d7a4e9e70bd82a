"""What a finished trailer tells the ear: sound in step with its pictures, cuts on the beat, words whole."""

from __future__ import annotations

import csv
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from ops.trailer.edl import EditDecisionList
from ops.trailer.measuring.levels import speech_levels
from ops.trailer.measuring.sync import BeatsHeard, beat_errors, hear_beats, sound_offset_s
from ops.trailer.measuring.words import Edge, clipped_words, safe_span
from ops.trailer.music.bed import synthesised_bed
from ops.trailer.music.styles import STYLES
from ops.trailer.sound.mastering import master_aac
from ops.trailer.sound.mix import mix
from ops.trailer.soundtrack import Bed, BedKind, SoundRole
from tests.ops.audio.sounds import write_wave
from tests.ops.media.witness import ffmpeg
from tests.ops.trailer.cutting_room import FILM_RATE, line, sound_list, track_of

CENTISECONDS = Fraction(100)


@pytest.fixture(scope="module")
def film(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return track_of(data / "video" / "sintel_trailer_720p.mp4", tmp_path_factory.mktemp("sintel"))


@pytest.fixture(scope="module")
def trailer(film: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[EditDecisionList, Path]:
    """Two lines of the film over a bed, coded."""
    seconds = float(288 / FILM_RATE)
    bed = synthesised_bed(seconds, "drama", 1)
    edl = sound_list(seconds, [line(12.1, 14.4, 2.0), line(36.9, 38.95, 6.0)], bed=bed)
    out = tmp_path_factory.mktemp("trailer") / "sound.m4a"
    master_aac(mix(edl, film).samples, out, target_lufs=-14.0, peak_dbtp=-1.0)
    return edl, out


def muxed(sound: Path, out: Path, late_s: float) -> Path:
    """Pictures with reordered frames, and the sound as it was coded, so much late, by the FFmpeg program."""
    ffmpeg(
        "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=24000/1001:duration=12.1", "-itsoffset", str(late_s), "-i",
        sound, "-map", "0:v", "-map", "1:a", "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-c:a", "copy", out,
    )  # fmt: skip
    return out


@pytest.mark.parametrize("late_s", [0.0, 0.033, -0.045, 0.3])
def test_the_offset_of_the_sound_is_found_under_music_to_a_millisecond(
    trailer: tuple[EditDecisionList, Path], film: Path, tmp_path: Path, late_s: float
) -> None:
    edl, sound = trailer
    found = sound_offset_s(muxed(sound, tmp_path / "trailer.mp4", late_s), edl, film)

    assert found.whole_s == pytest.approx(late_s, abs=0.001)
    assert [piece.sound for piece in found.pieces] == [0, 1]
    assert [piece.offset_s for piece in found.pieces] == pytest.approx([late_s, late_s], abs=0.001)
    assert found.worst_s == pytest.approx(late_s, abs=0.001)


def test_one_line_out_of_step_is_told_from_the_rest(
    trailer: tuple[EditDecisionList, Path], film: Path, tmp_path: Path
) -> None:
    edl, sound = trailer
    moved = sound_list(edl.seconds, [edl.sounds[0], line(36.9, 38.95, 6.1)], bed=edl.bed)
    found = sound_offset_s(muxed(sound, tmp_path / "trailer.mp4", 0.0), moved, film)
    assert found.worst_s == pytest.approx(-2 / FILM_RATE, abs=0.021)
    assert found.pieces[0].offset_s == pytest.approx(0.0, abs=0.001)


def test_another_trailer_s_sound_is_not_recognised(data: Path, film: Path, tmp_path: Path) -> None:
    other = ffmpeg("-v", "error", "-i", data / "audio" / "rain_20s.mp3", "-t", "12", tmp_path / "rain.wav")
    assert other.returncode == 0
    found = sound_offset_s(tmp_path / "rain.wav", sound_list(12.0, [line(12.1, 14.4, 2.0)]), film)
    assert (found.whole_s, found.pieces, found.worst_s) == (None, (), None)


def test_cuts_before_the_beat_are_negative_and_none_is_farther_than_half_a_beat() -> None:
    bed = Bed(BedKind.FILM, tempo_bpm=120.0, beats_s=tuple(0.5 * beat for beat in range(20)))
    assert beat_errors([12, 24, 35, 49, 61], Fraction(24), bed).tolist() == [0, 0, -1, 1, 1]
    assert beat_errors([12], FILM_RATE, bed)[0] == pytest.approx(12 - 0.5 * 24_000 / 1001)
    assert np.abs(beat_errors(range(0, 200), Fraction(24), bed)).max() <= 6
    assert beat_errors([3], Fraction(24), Bed(BedKind.FILM)).tolist() == []


@pytest.mark.parametrize("style", STYLES)
def test_the_beats_of_composed_music_are_heard_in_its_master_in_every_style(
    film: Path, tmp_path: Path, style: str
) -> None:
    bed = synthesised_bed(15.0, style, 3)
    edl = sound_list(15.0, [], bed=bed)
    master_aac(mix(edl, film).samples, tmp_path / "sound.m4a", target_lufs=-14.0, peak_dbtp=-1.0)
    assert bed.tempo_bpm is not None
    beats = np.array(bed.beats_s)[2:-2]

    def heard(shift_s: float, tempo_bpm: float | None = bed.tempo_bpm) -> BeatsHeard:
        cuts = np.round((beats + shift_s) * float(FILM_RATE)).astype(int).tolist()
        return hear_beats(tmp_path / "sound.m4a", cuts, FILM_RATE, replace(bed, beats_s=(), tempo_bpm=tempo_bpm))

    on, off = heard(0.0), heard(0.3 * 60 / bed.tempo_bpm)
    assert on.told and float(np.median(np.abs(on.errors))) <= 1
    assert off.told and float(np.median(np.abs(off.errors))) > 2
    assert not heard(0.0, 1.3 * bed.tempo_bpm).told  # another pulse than the music's
    assert not heard(0.0, None).told


SPEECH = {
    "jfk_inaugural_11s.flac": 11.0,
    "sense_and_sensibility_0870.wav": 7.1,
    "librispeech_198-209-0000.ogg": 13.9,
}


@pytest.mark.parametrize("name", SPEECH)
def test_wherever_a_line_is_cut_its_safe_span_cuts_no_word(data: Path, tmp_path: Path, name: str) -> None:
    track, seconds = track_of(data / "audio" / name, tmp_path), SPEECH[name]
    safe = 0
    for start in np.arange(0.1, seconds - 1.5, 0.31):
        span = safe_span(speech_levels(track, start, start + 1.3), start, start + 1.3)
        assert span.start_s <= start + 1e-9
        assert span.end_s >= start + 1.3 - 1e-9
        assert start - span.start_s <= 0.81
        kept = sound_list(seconds, [line(span.start_s, span.end_s, 0.0, rate=CENTISECONDS)], rate=CENTISECONDS)
        clipped = {word.edge for word in clipped_words(kept, track)}
        assert not (span.start_safe and Edge.IN in clipped)
        assert not (span.end_safe and Edge.OUT in clipped)
        safe += span.start_safe + span.end_safe
    assert safe > 0


def test_cuts_in_running_speech_are_heard_as_cuts(data: Path, tmp_path: Path) -> None:
    track = track_of(data / "audio" / "sense_and_sensibility_0870.wav", tmp_path)
    cut = []
    for centisecond in range(40, 660, 7):
        edl = sound_list(7.0, [line(centisecond / 100, 7.0, 0.0, rate=CENTISECONDS)], rate=CENTISECONDS)
        cut.append(any(word.edge is Edge.IN for word in clipped_words(edl, track)))
    assert np.mean(cut) > 0.7  # the rest fell between words


def test_whole_speeches_between_known_pauses_are_whole(data: Path, tmp_path: Path) -> None:
    with (data / "audio" / "mix_known_segments.csv").open() as file:
        speeches = [row for row in csv.DictReader(file) if row["label"] == "speech"]
    track = track_of(data / "audio" / "mix_known_segments.wav", tmp_path)
    spans = [(float(row["start_s"]), float(row["end_s"])) for row in speeches]
    edl = sound_list(40.0, [line(*span, 0.0, rate=CENTISECONDS) for span in spans], rate=CENTISECONDS)
    assert clipped_words(edl, track) == ()


def test_a_word_cut_off_by_silence_on_either_side_is_where_it_was_cut(tmp_path: Path, data: Path) -> None:
    """The pause that is known to the sample: speech, 0.4 s of nothing, speech."""
    from ops.audio.excerpt import excerpt

    one = (excerpt(data / "audio" / "cards_001.wav", 0.0, 52_800) * 32767).astype(np.int16)
    path = write_wave(tmp_path / "two.wav", np.concatenate([one, np.zeros((19_200, 2), np.int16), one]), 48_000)
    span = safe_span(speech_levels(path, 0.6, 1.0), 0.6, 1.0)
    assert span.end_safe
    assert 0.85 <= span.end_s <= 1.5


def test_lines_over_music_are_told_from_it(film: Path) -> None:
    """Times of the lines are those of the forced alignment in the data set's transcripts."""
    lines = [(12.18, 14.36), (18.64, 19.80), (36.99, 38.88), (41.59, 43.84)]
    whole = sound_list(20.0, [line(start - 0.1, end + 0.1, 0.0) for start, end in lines])
    halved = sound_list(20.0, [line(start + 0.35, end - 0.35, 0.0) for start, end in lines])

    assert len(clipped_words(whole, film)) <= 1
    assert len([word for word in clipped_words(halved, film) if word.sure]) >= 4


def test_a_word_cut_in_the_pictures_own_sound_counts_where_a_line_is_spoken(data: Path, tmp_path: Path) -> None:
    track = track_of(data / "audio" / "sense_and_sensibility_0870.wav", tmp_path)
    cut = next(
        each
        for at in range(150, 400, 7)
        for each in [sound_list(7.0, [line(at / 100, 7.0, 0.0, rate=CENTISECONDS)], rate=CENTISECONDS)]
        if any(word.edge is Edge.IN for word in clipped_words(each, track))
    )
    own = replace(cut, sounds=(replace(cut.sounds[0], role=SoundRole.EFFECTS),))
    begins_s = float(cut.sounds[0].start / cut.rate)

    (word,) = clipped_words(own, track, lines=[(0.2, 6.8)])
    assert (word.edge, word.at_s, word.sure) == (Edge.IN, begins_s, True)
    assert clipped_words(own, track, lines=[(begins_s, 6.8)]) == ()
    assert clipped_words(own, track) == ()


def test_the_picture_s_own_sound_may_be_cut_in_noise(data: Path, tmp_path: Path) -> None:
    track = track_of(data / "audio" / "rain_20s.mp3", tmp_path)
    rain = sound_list(10.0, [line(4.0, 8.0, 0.0, rate=CENTISECONDS)], rate=CENTISECONDS)
    own = replace(rain, sounds=(replace(rain.sounds[0], role=SoundRole.EFFECTS),))
    assert clipped_words(own, track, lines=[(1.0, 2.0), (9.0, 11.0)]) == ()


def test_a_voice_as_loud_as_music_is_surely_cut_only_where_it_is_strong_on_both_sides(
    data: Path, tmp_path: Path
) -> None:
    """Noise in the middle, so loud that no line stands out from its room."""
    from ops.audio.excerpt import excerpt

    voice = excerpt(data / "audio" / "sense_and_sensibility_0870.wav", 0.0, 336_000)
    noise = np.random.default_rng(1).standard_normal((len(voice), 1)) * float(np.std(voice)) * 0.7
    path = write_wave(tmp_path / "loud.wav", (np.clip(voice + noise, -1, 1) * 32767).astype(np.int16), 48_000)
    found = []
    for centisecond in range(160, 420, 7):  # what is around the line is in the file
        edl = sound_list(7.0, [line(centisecond / 100, 5.4, 0.0, rate=CENTISECONDS)], rate=CENTISECONDS)
        found += [word for word in clipped_words(edl, path) if word.edge is Edge.IN]
    assert any(word.sure for word in found) and not all(word.sure for word in found)
    assert all(word.sure == (min(word.inside_db, word.outside_db) >= -6) for word in found)
