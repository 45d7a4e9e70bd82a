"""Files as they are met: what is in them, what was repaired, and that nothing crashes or hangs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pysrt
import pysubs2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.errors import MediaError
from ops.subtitles.cue import Cue, CueTrack, Emphasis
from ops.subtitles.files.decoding import MAX_BYTES
from ops.subtitles.files.markup import emphasised, without_tags
from ops.subtitles.files.reading import read_subtitles
from ops.subtitles.files.srt import write_srt
from ops.subtitles.files.subtitle_file import Format, SubtitleFile
from tests.ops.subtitles.files.tracks import TRAPS

SUFFIXES = {".srt", ".vtt", ".ass", ".ttml"}


def texts(file: SubtitleFile) -> list[str]:
    return [cue.text for cue in file.cues]


def test_every_file_that_is_at_hand_is_read_or_refused_with_a_reason(data: Path):
    paths = [path for path in (data / "subtitles").rglob("*") if path.suffix in SUFFIXES]
    refused = {}
    for path in paths + list((data / "broken").glob("*.srt")):
        try:
            file = read_subtitles(path)
        except MediaError as error:
            refused[path.relative_to(data).as_posix()] = str(error)
            continue
        assert all(cue.end_s > cue.start_s >= 0 and without_tags(cue.text).strip() for cue in file.cues), path

    assert "is not text" in refused["broken/binary_named.srt"]
    assert "empty" in refused["subtitles/webvtt_py/empty.vtt"]
    assert all(name.startswith(("broken", "subtitles/vtt_js", "subtitles/webvtt_py")) for name in refused)


def test_encodings_with_a_byte_order_mark_are_read_as_pysrt_reads_them(data: Path):
    folder = data / "subtitles" / "pysrt"
    for name in ("bom-utf-16-le.srt", "bom-utf-32-be.srt", "no-indexes.srt"):
        wanted = pysrt.open(str(folder / name), encoding=None)

        file = read_subtitles(folder / name)

        assert texts(file) == [each.text for each in wanted]
        assert [int(cue.start_s * 1000) for cue in file.cues] == [each.start.ordinal for each in wanted]


def test_a_file_in_an_old_code_page_is_read_by_its_language():
    def cue(text: str, page: str) -> bytes:
        return f"1\r\n00:00:01,000 --> 00:00:02,000\r\n{text}\r\n".encode(page)

    french = read_subtitles(cue("Ça va très bien.", "cp1252"))
    russian = read_subtitles(cue("Где ты была?", "cp1251"), language="rus_Cyrl")
    japanese = read_subtitles(cue("何を探しているの", "cp932"), language="jpn_Jpan")

    assert texts(french) == ["Ça va très bien."] and "cp1252" in french.notes[0]
    assert texts(russian) == ["Где ты была?"] and texts(japanese) == ["何を探しているの"]


RUSSIAN = "Где ты была? Я искала тебя всю ночь, но никто не знал, куда ты ушла."
UKRAINIAN = "Де ти була? Я шукала тебе всю ніч, але ніхто не знав, куди ти пішла."
SIMPLIFIED = "你在找什么？我在找一个人，他们说这里没有人来过。"
TRADITIONAL = "你在找什麼？我在找一個人，他們說這裡沒有人來過。"
JAPANESE = "何を探しているの？　人を探しているんだ。"
CZECH = "Koho hledáš? Řekli, že tu ještě nikdo nebyl, a přišla zima."
GREEK = "Τι ψάχνεις; Ψάχνω κάποιον που δεν είναι εδώ."
ARABIC = "عمن تبحث؟ أبحث عن شخص لم يأت إلى هنا من قبل."
HEBREW = "מה את מחפשת? אני מחפשת מישהו שלא היה כאן."


@pytest.mark.parametrize(
    ("text", "page", "language"),
    [
        (RUSSIAN, "koi8_r", "rus_Cyrl"), (RUSSIAN, "cp1251", "rus_Cyrl"), (RUSSIAN, "cp866", "rus_Cyrl"),
        (RUSSIAN, "iso8859_5", "rus_Cyrl"), (RUSSIAN.upper(), "cp1251", "rus_Cyrl"),
        (RUSSIAN.upper(), "koi8_r", "rus_Cyrl"), (UKRAINIAN, "koi8_u", "ukr_Cyrl"), (UKRAINIAN, "cp1251", "ukr_Cyrl"),
        (SIMPLIFIED, "gbk", "zho_Hant"), (SIMPLIFIED, "gbk", "zho_Hans"), (TRADITIONAL, "big5", "zho_Hant"),
        (TRADITIONAL, "big5", "zho_Hans"), (TRADITIONAL, "gbk", "zho_Hant"), (TRADITIONAL, "big5", "yue_Hant"),
        (JAPANESE, "euc_jp", "jpn_Jpan"), (JAPANESE, "cp932", "jpn_Jpan"), (CZECH, "iso8859_2", "ces_Latn"),
        (CZECH, "cp1250", "ces_Latn"), (CZECH, "cp852", "ces_Latn"), (GREEK, "cp1253", "ell_Grek"),
        (GREEK, "cp737", "ell_Grek"), (ARABIC, "cp1256", "arb_Arab"), (ARABIC, "iso8859_6", "arb_Arab"),
        (HEBREW, "cp1255", "heb_Hebr"), (HEBREW, "cp862", "heb_Hebr"),
    ],
)  # fmt: skip
def test_of_a_languages_code_pages_the_one_is_taken_that_its_letters_are_in(text: str, page: str, language: str):
    file = read_subtitles(f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n".encode(page), language=language)

    assert texts(file) == [text]
    assert file.notes[0].startswith("The text is not UTF-8; it is read as ")


@pytest.mark.parametrize("text", [RUSSIAN, SIMPLIFIED, "Where were you?"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_its_zero_bytes(text: str, encoding: str):
    srt = read_subtitles(f"1\r\n00:00:01,000 --> 00:00:02,000\r\n{text}\r\n".encode(encoding))
    vtt = read_subtitles(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n".encode(encoding))

    assert texts(srt) == texts(vtt) == [text]
    assert encoding in srt.notes[0]


def test_broken_bytes_in_a_text_of_utf_8_are_replaced_and_told(data: Path):
    file = read_subtitles(data / "subtitles" / "made" / "tabs_nulls.vtt")

    assert texts(file) == ["null \ufffd byte", "lone \ufffd\ufffd invalid UTF-8"]
    assert file.notes


def test_srt_with_eleven_faults_is_read_and_each_repair_is_told(data: Path):
    file = read_subtitles(data / "subtitles" / "made" / "many_faults.srt")

    times = {cue.text[:12]: (float(cue.start_s), float(cue.end_s)) for cue in file.cues}
    assert times["Dots instead"] == (10.5, 12.25)
    assert times["Short fields"] == (13.5, 14.25)
    assert times["Minute 99."] == (99 * 60 + 16, 99 * 60 + 17)
    assert times["Negative sta"] == (0.0, 25.0)
    assert times["Old position"] == (26.0, 28.0)
    assert "End before s" not in times and "Zero length." not in times
    assert len(file.notes) == 4


def test_half_a_line_of_times_is_completed_from_the_neighbours(data: Path):
    file = read_subtitles(data / "subtitles" / "exoplayer" / "typical_missing_timecode.srt")

    assert [(float(cue.start_s), float(cue.end_s)) for cue in file.cues] == [
        (0.0, 1.234),
        (7204.567, 7208.901),
        (7208.901, 7210.901),
        (7212.901, 7215.901),
    ]
    assert any("without times" in note for note in file.notes) and len(file.notes) == 3


def test_tags_that_srt_borrows_from_ass_and_html_are_understood(data: Path):
    file = read_subtitles(data / "subtitles" / "exoplayer" / "typical_with_tags.srt")
    tester = read_subtitles(data / "subtitles" / "pysrt" / "capability_tester.srt")

    assert [cue.at_top for cue in file.cues[5:]] == [False] * 6 + [True] * 3
    assert "{ \\an2}" in file.cues[3].text
    shown = "\n".join(texts(tester))
    assert "<i>This line should be italics</i>" in shown and "<font" not in shown
    assert "<u>Both lines</u>\n<u>should be underline</u>" in shown
    assert "hidden data" not in shown


def test_references_of_html_in_srt_are_the_characters_that_they_stand_for():
    text = "Tom &amp; Jerry &lt;i&gt;&#39;&#x2019;&quot; AT&T; &nosuch; &amp;lt; &copy;"

    file = read_subtitles(f"1\n00:00:01,000 --> 00:00:02,000\n<i>Tom &amp; Ann</i>\n{text}\n".encode())

    lines, emphasis = emphasised(file.cues[0].text)
    shown = [line.replace("\u2060", "") for line in lines]
    assert shown == ["Tom & Ann", "Tom & Jerry <i>'\u2019\" AT&T; &nosuch; &lt; &copy;"]
    assert emphasis == (Emphasis(0, 0, 9, "i"),)


def test_what_a_person_wrote_like_a_reference_is_the_same_when_it_is_read_again():
    track = CueTrack("eng_Latn", Fraction(25), (Cue(0, 25, ("We write &amp; for &, &#39; for '.",)),))

    [cue] = read_subtitles(write_srt(track).encode()).cues

    assert cue.text.replace("\u2060", "") == track.cues[0].text


def test_ass_is_read_as_pysubs2_reads_it(data: Path):
    for path in sorted((data / "subtitles").rglob("*.ass")):
        if path.stem in ("invalid_positioning", "typical_dialogue_no_header", "style_bold_italic", "style_colors"):
            continue  # pysubs2 refuses their times, or reads other fields than their Format line names
        events = [each for each in pysubs2.load(str(path)) if not each.is_drawing and each.plaintext.strip()]

        file = read_subtitles(path)

        assert [without_tags(text) for text in texts(file)] == [each.plaintext.strip() for each in events]
        assert [int(cue.start_s * 1000) for cue in file.cues] == [each.start for each in events]


def test_ass_keeps_style_speaker_and_place(data: Path):
    styled = read_subtitles(data / "subtitles" / "exoplayer" / "style_bold_italic.ass")
    bare = read_subtitles(data / "subtitles" / "exoplayer" / "typical_dialogue_no_header.ass")
    head = "[Script Info]\n[V4+ Styles]\nFormat: Name, Alignment\nStyle: Sign,8\n[Events]\n"
    placed = read_subtitles(f"{head}Dialogue: 0,0:00:01.00,0:00:02.00,Sign,,0,0,0,,{{note}}Inn{{\\p1}}m 0 0".encode())

    assert texts(styled)[2] == "<i><b>Third line with Bold Italic.</b></i>"
    assert {cue.speakers for cue in bare.cues} == {("Olly",)}
    assert texts(bare)[2] == "This is the third subtitle, with a comma."
    assert texts(placed) == ["Inn"] and placed.cues[0].at_top


def test_ttml_is_read_as_its_published_conversion_says(data: Path):
    file = read_subtitles(data / "subtitles" / "pysubs2" / "ttml_example.ttml")
    wanted = pysubs2.load(str(data / "subtitles" / "pysubs2" / "ttml_example.ass"))

    assert file.format is Format.TTML
    assert texts(file) == [each.plaintext for each in wanted]
    assert [float(cue.end_s) for cue in file.cues] == [each.end / 1000 for each in wanted]


def test_ttml_counts_frames_and_ticks_and_keeps_italics():
    head = '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" '
    clock = 'xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:frameRate="24" ttp:tickRate="100" xml:lang="fr">'
    first = '<p begin="00:00:01:12" dur="50t"><span tts:fontStyle="italic">Loin</span> d\'ici</p>'

    file = read_subtitles(f"{head}{clock}<body>{first}</body></tt>".encode())

    assert (file.cues[0].start_s, file.cues[0].end_s, file.language) == (Fraction(3, 2), 2, "fr")
    assert texts(file) == ["<i>Loin</i> d'ici"]


def ttml(body: str) -> list[tuple[float, float, str]]:
    file = read_subtitles(f'<tt xmlns="http://www.w3.org/ns/ttml">{body}</tt>'.encode())
    return [(float(cue.start_s), float(cue.end_s), cue.text) for cue in file.cues]


def test_times_of_ttml_count_from_their_parents():
    inner = '<div begin="5s" end="20s"><p begin="1s" end="3s">One</p><p begin="2s" dur="4s">Two</p><p>Three</p></div>'

    assert ttml(f'<body begin="10s">{inner}<p begin="1s" end="2s">Four</p></body>') == [
        (16, 18, "One"), (17, 21, "Two"), (15, 30, "Three"), (11, 12, "Four")
    ]  # fmt: skip
    assert ttml('<body dur="4s"><p begin="1s" end="9s">Cut</p></body>') == [(1, 4, "Cut")]


def test_spans_of_ttml_have_times_of_their_own():
    spans = '<span begin="1s" end="2s">One</span> <br/><span begin="3s" end="5s">Two</span>'
    alike = '<span begin="1s" end="2s">One</span><br/><span begin="1s" end="2s">Two</span>'
    within = 'First <span begin="2s">then</span>'
    outside = '<span begin="90s" end="95s">Kept</span>'

    assert ttml(f"<body><p>{spans}</p></body>") == [(1, 2, "One"), (3, 5, "Two")]
    assert ttml(f"<body><p>{alike}</p></body>") == [(1, 2, "One\nTwo")]
    assert ttml(f'<body><p begin="10s" end="15s">{within}</p></body>') == [(10, 15, "First"), (12, 15, "then")]
    assert ttml(f'<body><p begin="10s" end="15s">{outside}</p></body>') == [(10, 15, "Kept")]


def test_the_words_of_a_song_that_light_up_are_one_text():
    sung = "".join(f'<span begin="{nth * 200}ms" end="{nth * 200 + 200}ms">la{nth}</span> ' for nth in range(4))

    assert ttml(f'<body><p begin="10s" end="12s">{sung}</p></body>') == [(10, 12, "la0 la1 la2 la3")]
    assert ttml(f"<body><p>{sung}</p></body>") == [(0, 0.8, "la0 la1 la2 la3")]


def test_voices_of_vtt_are_speakers(data: Path):
    film = read_subtitles(data / "subtitles" / "sintel_film_en.vtt")
    two = read_subtitles(
        b"WEBVTT\n\n00:01.000 --> 00:02.000 line:0\n<v Ann>Hi\n<v.loud Bob &amp; Co>Hi <i>you</i></v>\n"
    )

    assert {"Test"} <= {name for cue in film.cues for name in cue.speakers}
    assert two.cues[0].text == "Hi\nHi <i>you</i>" and two.cues[0].speakers == ("Ann", "Bob & Co")
    assert two.cues[0].at_top


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty|no subtitles"),
        (b"Dear diary,\nnothing happened.\n", "no subtitles"),
        (bytes(range(256)) * 20, "not text"),
        (b"1\n00:00:02,000 --> 00:00:02,000\nNever shown\n", "no cue"),
        (b'<?xml version="1.0"?><!DOCTYPE tt [<!ENTITY a "aaaa">]><tt>&a;</tt>', "entities"),
        (b"<tt><body><p begin='1s'", "well-formed"),
        (b" " * (MAX_BYTES + 1), "bytes long"),
    ],
)
def test_what_holds_no_subtitles_is_refused_with_a_reason(content: bytes, told: str):
    with pytest.raises(MediaError, match=told):
        read_subtitles(content)


def test_a_file_that_is_not_there_is_told_by_its_path(tmp_path: Path):
    (tmp_path / "bad.vtt").write_bytes(b"\x00\x01\x02" * 100)

    with pytest.raises(MediaError, match=r"gone\.srt: there is no such file"):
        read_subtitles(tmp_path / "gone.srt")
    with pytest.raises(MediaError, match=r"bad\.vtt: is not text"):
        read_subtitles(tmp_path / "bad.vtt")


@pytest.mark.parametrize(
    "content",
    [
        "1\n00:00:01,000 --> 00:00:02,000\n" + "<" * 400_000,
        "1\n00:00:01,000 --> 00:00:02,000\n" + "{" * 400_000,
        "1\n00:00:01,000 --> 00:00:02,000\n" + "{\\" * 200_000 + "}",
        "1\n00:00:01,000 --> 00:00:02,000\n" + "<b " * 150_000,
        "-->" * 150_000,
        "1\n" * 200_000 + "-->",
        "00:00:01,000 --> 00:00:02,000\n" + "9" * 400_000 + ":00 --> x\n",
        "WEBVTT\n\n" + "9" * 400_000 + ":00.000 --> 00:01.000\n\n",
        "WEBVTT\n\n00:00.000 --> 00:01.000\n" + "<i>" * 150_000 + "x",
        "WEBVTT\n\n00:00.000 --> 00:01.000\n" + "<" * 400_000,
        "WEBVTT\n\n00:00.000 --> 00:01.000\n&#" + "9" * 400_000 + ";",
        "WEBVTT\n\n00:00.000 --> 00:01.000 " + "region:a " * 50_000 + "line:" + "9" * 100_000 + "\nx",
        "[Script Info]\n[Events]\nFormat: " + "a," * 100_000 + "\n" + "Dialogue: 0,\n" * 10_000,
        "[Script Info]\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,," + "{" * 400_000,
        "<tt>" + "<p>" * 50_000 + "</p>" * 50_000 + "</tt>",
        "<tt><p begin='0s' end='" + "9" * 100_000 + "s'>x</p></tt>",
    ],
    ids=lambda text: text[-12:] if len(text) < 20 else f"{text[:14]!r}…{text[-8:]!r}",
)
def test_a_file_that_was_made_to_stall_a_reader_is_over_at_once(content: str):
    try:
        read_subtitles(content.encode())
    except MediaError as error:
        assert error.fix


PIECES = [
    *TRAPS, "", "\n", "\r\n", "00:00:01,000 --> ", "WEBVTT\n\n", "REGION\nid:a", "1:2.3 --> 4:5.6", "[Events]\n",
    "Format: Start, End, Text\n", "<tt>", "</tt>", "<p begin='1s' end='2s'>",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=25), st.sampled_from(list(Format)))
def test_no_mixture_of_formats_breaks_a_reader(pieces: list[str], kind: Format):
    content = "".join(pieces).encode("utf-8", errors="surrogatepass")
    for format_ in (None, kind):
        try:
            file = read_subtitles(content, format=format_)
        except MediaError:
            continue
        assert all(cue.end_s > cue.start_s >= 0 and cue.text.strip() for cue in file.cues)


@given(st.binary(max_size=400))
def test_no_bytes_break_a_reader(content: bytes):
    try:
        read_subtitles(content)
    except MediaError as error:
        assert error.what
