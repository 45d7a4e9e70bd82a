"""The mix: every sound at its sample, lines at one loudness, the music under them, and nothing that clicks."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops.audio.excerpt import excerpt, to_stereo
from ops.audio.weighing import integrated_loudness
from ops.errors import MediaError
from ops.trailer.music.bed import synthesised_bed, trailer_samples
from ops.trailer.sound.accents import accent_samples
from ops.trailer.sound.ducking import level_db
from ops.trailer.sound.mix import SPEECH_LUFS, Mix, mix
from ops.trailer.soundtrack import Accent, AccentKind, Bed, BedKind, FilmSound, SoundRole
from tests.ops.audio.sounds import sine, write_wave
from tests.ops.media.witness import ffmpeg
from tests.ops.trailer.cutting_room import FILM_RATE, lag, line, sound_list, track_of


@pytest.fixture(scope="module")
def jfk(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return track_of(data / "audio" / "jfk_inaugural_11s.flac", tmp_path_factory.mktemp("jfk"))


@pytest.fixture(scope="module")
def over_jazz(data: Path, jfk: Path) -> tuple[Mix, Mix]:
    """A speech from 8 s on over jazz, and the jazz alone."""
    jazz = data / "audio" / "vibe_ace.ogg"
    bed = Bed(BedKind.SUPPLIED, start_s=5.0)
    said = sound_list(25.0, [line(0.0, 10.8, 8.0)], bed=bed)
    return mix(said, jfk, supplied=jazz), mix(sound_list(25.0, bed=bed), None, supplied=jazz)


@pytest.mark.parametrize(
    "rate", [FILM_RATE, Fraction(25), Fraction(30_000, 1001), Fraction(24), Fraction(60_000, 1001)]
)
def test_the_sound_is_as_long_as_the_pictures_to_the_sample(jfk: Path, rate: Fraction) -> None:
    edl = sound_list(5.3, [line(0.5, 3.0, 1.0, rate=rate)], rate=rate)
    made = mix(edl, jfk)
    assert len(made.samples) == round(edl.frames * 48_000 / rate)
    assert abs(len(made.samples) - edl.frames * 48_000 / rate) <= 0.5


@pytest.mark.parametrize("rate", [FILM_RATE, Fraction(25), Fraction(30_000, 1001)])
def test_a_line_lies_at_its_frame_to_the_sample(jfk: Path, rate: Fraction) -> None:
    sound = line(3.3, 7.5, 2.1, rate=rate)
    heard = mix(sound_list(8.0, [sound], rate=rate), jfk).samples.mean(axis=1)
    # another resampler, over the whole file, cut out by another hand
    raw = ffmpeg("-v", "error", "-i", jfk, "-ac", "1", "-ar", "48000", "-f", "f32le", "-").stdout
    whole = np.frombuffer(raw, np.float32)
    first, last = (round(frame * 48_000 / rate) for frame in (sound.start, sound.end))
    at = round(sound.at * 48_000 / rate)

    assert abs(lag(heard[at:], whole[first:last], 2000)) <= 1
    assert np.abs(heard[:at]).max() == 0
    assert np.abs(heard[at + last - first + 1 :]).max() == 0


def test_only_the_stretch_that_is_heard_is_read_and_beyond_the_film_is_silence(jfk: Path) -> None:
    whole = excerpt(jfk, 0.0, 48_000 * 11)
    assert np.abs(excerpt(jfk, 4.0, 48_000) - whole[192_000:240_000]).max() < 1e-4
    assert np.abs(excerpt(jfk, -1.0, 96_000)[:48_000]).max() < 1e-3
    assert not excerpt(jfk, 20.0, 4800).any()


@pytest.mark.parametrize(
    ("channel", "left", "right"),
    [("FL", 1, 0), ("FR", 0, 1), ("FC", 0.7071, 0.7071), ("LFE", 0, 0), ("BL", 0.7071, 0), ("SR", 0, 0.7071)],
)
def test_surround_is_mixed_down_as_the_itu_says(channel: str, left: float, right: float) -> None:
    names = ["FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"]
    values = np.zeros((4, 8), np.float32)
    values[:, names.index(channel)] = 1
    assert to_stereo(values, names)[0] == pytest.approx([left, right], abs=1e-3)


def test_soft_and_loud_lines_come_to_one_loudness(data: Path, tmp_path: Path) -> None:
    for name in ("librispeech_198-209-0000.ogg", "jfk_inaugural_11s.flac", "sense_and_sensibility_0880.wav"):
        track = track_of(data / "audio" / name, tmp_path)
        made = mix(sound_list(6.0, [line(0.0, 2.8, 1.0)]), track)
        assert integrated_loudness(made.dialogue.T) == pytest.approx(SPEECH_LUFS, abs=0.5)


def test_music_steps_back_by_12_to_15_db_under_the_voice_and_returns(over_jazz: tuple[Mix, Mix]) -> None:
    said, alone = over_jazz
    down = level_db(said.music, 0.4) - level_db(alone.music, 0.4)
    speaking = level_db(said.dialogue, 0.05) > SPEECH_LUFS - 6

    assert -15.2 <= np.median(down[speaking]) <= -11.8
    assert down[:7500] == pytest.approx(0.0, abs=0.1)
    assert np.abs(down[21_800:23_000]).max() < 0.5  # two and a half seconds after the last word


def test_music_lies_far_under_the_speech(over_jazz: tuple[Mix, Mix]) -> None:
    said, _ = over_jazz
    voice, music = level_db(said.dialogue, 0.4), level_db(said.music, 0.4)
    speaking = voice > SPEECH_LUFS - 6
    assert np.mean(voice[speaking]) - np.mean(music[speaking]) > 11


def test_the_music_is_down_before_the_first_word_and_quickly(over_jazz: tuple[Mix, Mix]) -> None:
    said, _ = over_jazz
    gain = said.ducking_db
    word = int(np.argmax(level_db(said.dialogue, 0.010) > SPEECH_LUFS - 20))
    assert gain[word] < 0.85 * gain.min()
    assert gain[word - 100] > -0.1
    last = len(gain) - int(np.argmax(level_db(said.dialogue, 0.010)[::-1] > SPEECH_LUFS - 20))
    assert gain[last + 500 + 400] == pytest.approx(gain.min() * np.exp(-1), abs=1.0)  # 400 ms to a third


@pytest.fixture(scope="module")
def hum(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hum")
    return track_of(write_wave(folder / "a.wav", sine(440, 30, amplitude=0.3), 48_000), folder)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 500), frames=st.integers(1, 120), at=st.integers(0, 190), role=st.sampled_from(SoundRole))
def test_nothing_clicks_wherever_a_sound_is_cut(hum: Path, start: int, frames: int, at: int, role: SoundRole) -> None:
    edl = sound_list(8.0, [FilmSound(start, start + frames, at, role)])
    heard = mix(edl, hum).samples[:, 0]
    steps = np.abs(np.diff(heard, prepend=0.0, append=0.0))
    # a sine of this pitch moves by 0.0576 of its height from sample to sample; a cut through it by up to all of it
    assert steps.max() <= 0.0576 * 1.15 * np.abs(heard).max() + 1e-6


def test_the_trailer_s_own_ends_are_silent(over_jazz: tuple[Mix, Mix]) -> None:
    for made in over_jazz:
        assert np.abs(made.samples[:2]).max() < 0.01
        assert np.abs(made.samples[-2:]).max() < 0.001
        assert level_db(made.music, 0.2)[-150] < level_db(made.music, 0.2)[-2500] - 12  # faded over two seconds


def test_effects_lie_under_the_music_however_loud_the_film_is(data: Path, jfk: Path) -> None:
    bed = synthesised_bed(float(480 / FILM_RATE), "action", 1)
    noise = FilmSound(0, 240, 200, SoundRole.EFFECTS, gain_db=-9.0)
    made = mix(sound_list(float(480 / FILM_RATE), [noise], bed=bed), jfk)
    assert integrated_loudness(made.effects.T) <= integrated_loudness(made.music.T) - 7


def test_a_riser_swells_to_its_last_frame_and_a_hit_begins_with_its_first() -> None:
    riser, hit, boom = (accent_samples(kind, 120_000, 38) for kind in AccentKind)
    swell = level_db(riser, 0.1)
    assert np.argmax(swell) > 0.93 * len(swell)
    assert swell[-200] > swell[1250] + 10 > swell[300] + 15
    assert level_db(hit, 0.03)[:60].max() == pytest.approx(level_db(hit, 0.03).max(), abs=1.0)
    assert level_db(boom, 0.1)[1500] > level_db(hit, 0.1)[1500] + 4  # it rings on
    for sound in (riser, hit, boom):
        assert np.abs(sound[[0, -1]]).max() < 0.02


def test_a_boom_is_tuned_to_the_key() -> None:
    for key in (36, 40, 44):
        spectrum = np.abs(np.fft.rfft(accent_samples(AccentKind.BOOM, 96_000, key).mean(axis=1)[14_400:62_400]))
        low = np.arange(40, 130)
        assert low[np.argmax(spectrum[40:130])] == pytest.approx(440 * 2 ** ((key - 69) / 12), abs=3.5)


def test_accents_lie_on_their_frames_and_may_ring_beyond_the_end() -> None:
    edl = sound_list(6.0, accents=[Accent(AccentKind.HIT, 48, 24), Accent(AccentKind.BOOM, 130, 60)])
    made = mix(edl, None).samples.mean(axis=1)
    first = trailer_samples(48, FILM_RATE)
    assert not made[: first - 1].any()
    assert np.abs(made[first : first + 960]).max() > 0.1
    assert np.abs(made[-2:]).max() < 0.01


def test_a_silent_film_gives_no_line() -> None:
    with pytest.raises(MediaError, match="the film has none"):
        mix(sound_list(5.0, [line(0.0, 1.0, 0.0)]), None)
