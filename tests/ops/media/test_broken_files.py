"""Every media file of `data/broken` through the gate: refused with its true reason, or let in for a stated one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ops.errors import MediaError
from ops.media.gate import require_film
from tests.conftest import DATA

NO_MEDIA = {"observed.csv", "bandit_bad_values.csv", "bandit_cut_in_line.csv"}

REFUSED = {
    # cut short, each with how much of it is left
    "truncated_30pct_faststart.mp4": r"promises 500 frames, only 147 can be read \(29%\)",
    "truncated_300kB.mkv": r"promises 52\.2 s, only 14\.4 s \(297 frames\) can be read \(28%\)",
    "truncated_half.webm": r"promises 5\.0 s, only 2\.1 s \(63 frames\) can be read",
    "truncated_60pct_no_moov.mp4": r"before the index \(moov\).*61% are there",
    "mp4_named.wav": r"before the index \(moov\).*40% are there",
    "binary_named.srt": r"before the index \(moov\)",
    "truncated_100kB.gif": "the GIF ends inside a picture, after 6 whole ones",
    # damaged
    "corrupt_300_bytes_in_data.mp4": r"\d+ of its 250 frames are damaged, first at \d\.\d\d s",
    "first_64_bytes_zero.mp4": "first 64 bytes are zero",
    "header_without_frames.mp4": "announces no stream",
    "two_files_concatenated.mp4": r"2 MP4 files put one behind the other.*only the first \(10\.0 s\)",
    # nothing, or something else
    "zero_length.mp4": r"empty \(0 bytes\)",
    "text_named.mp4": "plain text",
    "random_64kB.mkv": "nothing in it is a film or a sound",
    "png_named.mp4": "a PNG picture",
    "truncated.png": "a PNG picture",
    "wrong_crc.png": "a PNG picture",
    "sigsegv.png": "a PNG picture",
    "bomb_20000x20000.png": "a PNG picture",
    "ihdr_60000x60000_no_data.png": "a PNG picture",
    "truncated_half.jpg": "a JPEG picture",
    "bad_huffman.jpg": "a JPEG picture",
    # sound, whole or broken: no film either way
    "audio_only.mp4": "sound only",
    "garbage_in_middle.mp3": "sound only",
    "truncated_200kB.flac": "sound only",
    "header_says_4GB.wav": "sound only",
    "nan_inf_float32.wav": "sound only",
    "no_samples.wav": "sound only",
    "odd_byte_count.wav": "sound only",
    "truncated_in_header.wav": "begins as a WAVE file but cannot be opened",
    "first_page_missing.ogg": "begins as an Ogg file but cannot be opened",
}

LET_IN = {
    # file: (frames, its rate is constant); the data sheet calls all of them valid
    "audio_longer_than_video.mp4": (50, True),  # sound may go on over black: titles and trailers do
    "start_offset_5s.mp4": (50, True),  # an edit list moves the start; every frame is there
    "gap_of_one_hour.mkv": (60, False),  # surveillance and screen recordings pause; times stay exact
}


def test_every_media_file_of_the_folder_is_judged_here():
    there = {path.name for path in (DATA / "broken").glob("*")}

    assert there - NO_MEDIA == (REFUSED.keys() | LET_IN.keys() if there else set())


@pytest.mark.parametrize(("name", "reason"), REFUSED.items())
def test_a_broken_file_is_refused_with_its_reason_and_a_remedy(data: Path, name: str, reason: str):
    path = data / "broken" / name

    with pytest.raises(MediaError) as refusal:
        require_film(path)

    assert re.search(reason, refusal.value.what)
    assert refusal.value.where == str(path)
    assert refusal.value.fix


@pytest.mark.parametrize(("name", "expected"), LET_IN.items())
def test_an_unusual_but_valid_file_is_let_in(data: Path, name: str, expected: tuple[int, bool]):
    video = require_film(data / "broken" / name).video

    assert video is not None
    assert (video.frames, video.frame_rate is not None) == expected
