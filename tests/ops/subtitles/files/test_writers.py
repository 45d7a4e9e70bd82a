"""What stands in the files, letter by letter, where it matters."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ops.subtitles.cue import Cue, CueTrack, Emphasis
from ops.subtitles.files.ass import write_ass
from ops.subtitles.files.srt import write_srt
from ops.subtitles.files.vtt import write_vtt
from ops.subtitles.identity import track_mark


def track(*cues: Cue, language: str = "eng_Latn") -> CueTrack:
    return CueTrack(language, Fraction(25), cues)


def test_srt_is_numbered_and_its_lines_end_as_subrips_do():
    cues = track(Cue(0, 25, ("One,", "two.")), Cue(27, 50, ("Three.",)))

    assert write_srt(cues) == (
        "1\r\n00:00:00,000 --> 00:00:01,000\r\nOne,\r\ntwo.\r\n\r\n"
        "2\r\n00:00:01,080 --> 00:00:02,000\r\nThree.\r\n\r\n"
    )  # fmt: skip
    assert write_srt(track()) == ""


def test_what_looks_like_srt_is_parted_so_that_no_player_takes_it_for_it():
    text = write_srt(track(Cue(0, 25, ("00:00:01,000 --> 00:00:02,000", "<i>{\\an8}C:\\New", "12"))))

    assert text.count("-->") == 1 and "<i>" not in text and "{\\" not in text and "\\N" not in text
    assert text.replace("\u2060", "").splitlines()[2:5] == ["00:00:01,000 → 00:00:02,000", "<i>{\\an8}C:\\New", "12"]


def test_srt_tells_speakers_when_asked_once_a_turn():
    cue = Cue(0, 25, ("- Where to?", "- Home.", "Now."), ("ANNA", "BEN", "BEN"))

    assert "ANNA: - Where to?\r\nBEN: - Home.\r\nNow." in write_srt(track(cue), speakers=True)
    assert "ANNA" not in write_srt(track(cue))


def test_vtt_has_language_ids_voices_and_places():
    cue = Cue(25, 50, ("Tom & <Jerry>", "run."), ("S1", "S2"), (Emphasis(1, 0, 4, "i"),), at_top=True)

    assert write_vtt(track(cue), names={"S1": "Ann > Bo"}) == (
        f"WEBVTT\n\nNOTE Language: en\n\nNOTE Origin: {track_mark(track(cue))}\n\n"
        "1\n00:00:01.000 --> 00:00:02.000 line:0\n"
        "<v Ann &gt; Bo>Tom &amp; &lt;Jerry&gt;</v>\n<v S2><i>run.</i></v>\n\n"
    )


def test_one_speaker_of_all_lines_is_told_once():
    assert "<v S1>One,\ntwo.</v>" in write_vtt(track(Cue(0, 25, ("One,", "two."), ("S1",))))


def test_ass_has_the_pictures_size_styles_and_names():
    cue = Cue(25, 50, ("Look,", "there!"), ("S1",), (Emphasis(0, 0, 4, "b"),), at_top=True)

    text = write_ass(track(cue), size=(1920, 1080), names={"S1": "Anna, the elder"})

    assert "PlayResX: 1920\nPlayResY: 1080" in text
    assert "Dialogue: 0,0:00:01.00,0:00:02.00,Top,Anna; the elder,0,0,0,,{\\b1}Look{\\b0},\\Nthere!\n" in text


@pytest.mark.parametrize(
    ("size", "row"), [((1920, 1080), 42), ((1440, 1080), 42), ((1080, 1920), 24), ((640, 360), 42)]
)
def test_a_full_row_fits_between_the_margins(size: tuple[int, int], row: int):
    text = write_ass(track(Cue(0, 25, ("x",))), size=size)
    style = next(line for line in text.splitlines() if line.startswith("Style: Default")).split(",")
    letters, side, bottom = int(style[2]), int(style[19]), int(style[21])

    assert row * letters * 0.52 <= size[0] - 2 * side + letters  # mean width of Arial's letters in running text
    assert bottom >= (0.19 if size[1] > size[0] else 0.04) * size[1]


def test_a_line_of_arabic_is_marked_only_where_its_order_would_break():
    cues = track(Cue(0, 25, ("مرحبا بالعالم", "- نعم، 2020!", "عام 2020")), language="arb_Arab")

    for text in (write_srt(cues), write_vtt(cues), write_ass(cues, size=(1280, 720))):
        assert "\u202b- نعم، 2020!\u202c" in text and "\u202bعام 2020\u202c" in text
        assert "\u202bمرحبا" not in text and "مرحبا بالعالم" in text


def test_a_line_of_latin_letters_is_never_marked():
    assert "\u202b" not in write_srt(track(Cue(0, 25, ("- Yes, 2020!",))))


def test_letters_that_no_file_may_hold_are_left_out():
    cue = Cue(0, 25, ("nu\x00ll\u2028and\ud800 bell\x07", "\x00\x01"))
    nothing = Cue(30, 50, ("\x00",))

    for text in (
        write_srt(track(cue, nothing)),
        write_vtt(track(cue, nothing)),
        write_ass(track(cue), size=(640, 360)),
    ):
        assert "null and bell" in text
        assert text.encode("utf-8").isascii() and not set(text) & set("\x00\x01\x07")
    assert "00:00:01,200" not in write_srt(track(cue, nothing))


@pytest.mark.parametrize("line", ["a\n\nb", ""])
def test_a_cue_with_blank_lines_cannot_be_made(line: str):
    with pytest.raises(ValueError, match="lines"):
        Cue(0, 25, (line,))
