"""Tracks of every kind, as hypothesis draws them, and texts that files stumble over."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from ops.subtitles.cue import Cue, CueTrack, Emphasis

RATES = [Fraction(24), Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(50), Fraction(60000, 1001)]

TRAPS = [
    "00:00:01,000 --> 00:00:02,000", "00:01.000 --> 00:02.000", "-->", "12", "1984", "WEBVTT", "NOTE so", "STYLE",
    "<i>", "a < b > c", "</b>", "<v Anna>", "{\\an8}up", "{y:i}", "C:\\New\\names", "\\N", "\\h", "}{", "{x}", "&lt;",
    "&", "AT&T &amp; co", "[Script Info]", "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,no", "♪ la ♪",
    "null\x00byte", "line\u2028separator", "vertical\x0btab", "half\ud83d pair", "bell\x07", "mark\ufeffed",
    "tab\there", "ANNA: yes", "¿Qué?", "日本語のテスト", "שלום, 2020!", "مرحبا بالعالم.", "- نعم.", "👩‍👩‍👧 family",
    "हिन्दी में", "a,b,c", ";", "#", "'\"",
]  # fmt: skip

_LETTERS = st.characters(exclude_characters="\n", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf", "Co", "Cn"])


def _line() -> st.SearchStrategy[str]:
    free = st.text(_LETTERS, min_size=1, max_size=24)
    trap = st.sampled_from(TRAPS)
    mixed = st.builds("{} {}".format, trap, free) | st.builds("{}{}".format, free, trap)
    return (free | trap | mixed).filter(lambda line: bool(line.strip()))


@st.composite
def cues(draw: st.DrawFn, start: int, length: int) -> Cue:
    """A cue of one to three lines, some with markup and speakers."""
    lines = tuple(draw(st.lists(_line(), min_size=1, max_size=3)))
    marks = []
    for line, text in enumerate(lines):
        if draw(st.integers(0, 3)) == 0:
            first = draw(st.integers(0, len(text) - 1))
            last = draw(st.integers(first + 1, len(text)))
            marks.append(Emphasis(line, first, last, draw(st.sampled_from("ibu"))))
    names = st.sampled_from(["S1", "S2", "A & B", "x > y, z", "Zoë"])
    speakers = draw(st.just(()) | st.tuples(names) | st.tuples(*[names] * len(lines)))
    return Cue(start, start + length, lines, speakers, tuple(marks), at_top=draw(st.booleans()))


@st.composite
def tracks(draw: st.DrawFn, *, max_cues: int = 5, rates: list[Fraction] = RATES) -> CueTrack:
    """A track of cues that last three frames or more, some 0, 1, 2 … frames apart."""
    at = draw(st.integers(0, 200_000))
    made = []
    for _ in range(draw(st.integers(1, max_cues))):
        length = draw(st.integers(3, 200))
        made.append(draw(cues(at, length)))
        at += length + draw(st.sampled_from([0, 1, 2, 2, 2, 3, 12, 500]))
    language = draw(st.sampled_from(["eng_Latn", "arb_Arab", "heb_Hebr", "jpn_Jpan"]))
    return CueTrack(language, draw(st.sampled_from(rates)), tuple(made))
