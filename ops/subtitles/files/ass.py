"""Advanced SubStation Alpha as it is written, for libass and for Aegisub.

ASS has no escape for braces: libass takes a backslash before them, other renderers hide what is between them. They are
written as ornamental braces, which the fonts of every system have. A backslash is parted from what follows by a joiner,
as libass's own documentation advises.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ops.languages.table import languages
from ops.subtitles.cue import Cue, CueTrack
from ops.subtitles.files.clock import CENTISECONDS, written_times
from ops.subtitles.files.lettering import clean, directed, is_rtl, shown_cues, shown_lines
from ops.subtitles.files.markup import JOINER, tagged
from ops.subtitles.identity import track_mark

__all__ = ["write_ass"]

_NO_NAMES: Mapping[str, str] = {}

_ESCAPES = str.maketrans({"{": "\u2774", "}": "\u2775", "\\": f"\\{JOINER}"})
_OVERRIDES = ("{{\\{}1}}", "{{\\{}0}}")

_FORMAT = (
    "Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, "
    "StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, "
    "Encoding"
)


@dataclass(frozen=True)
class _Layout:
    """Sizes in pixels of the picture: of letters, of their outline, of what is kept free at the sides and ends."""

    letters: int
    outline: float
    side: int
    bottom: int
    top: int

    @classmethod
    def of(cls, width: int, height: int) -> _Layout:
        """By the shape of the picture.

        A row of 42 characters (24 in a portrait picture) at half an em each fits between the margins, and letters are
        not higher than 5.4 % of the picture, which is the height that players choose for a television. A portrait
        picture keeps its lowest fifth free, where social networks lay their buttons.
        """
        wide = width >= height
        letters = min(height * 0.054, width * 0.9 / (0.52 * (42 if wide else 24)))
        bottom = 0.05 if wide else 0.2
        return cls(
            max(8, round(letters)), round(max(1.0, letters / 18), 1), round(width * 0.05), round(height * bottom),
            round(height * (0.05 if wide else 0.1)),
        )  # fmt: skip

    def style(self, name: str, alignment: int, vertical: int) -> str:
        """White with a black outline: read on any picture."""
        return (
            f"Style: {name},Arial,{self.letters},&H00FFFFFF,&H00FFFFFF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,"
            f"{self.outline:g},0,{alignment},{self.side},{self.side},{vertical},1"
        )


def write_ass(track: CueTrack, *, size: tuple[int, int], names: Mapping[str, str] = _NO_NAMES) -> str:
    """A track as ASS, with a style for the bottom of the picture and one for its top, and the track's mark.

    Args:
        track: The cues.
        size: Width and height of the picture as it is shown, in pixels.
        names: What speakers are called, by their id; the others go by it.
    """
    layout = _Layout.of(*size)
    known = languages().get(track.language)
    head = [
        "[Script Info]", "ScriptType: v4.00+", f"PlayResX: {size[0]}", f"PlayResY: {size[1]}", "WrapStyle: 0",
        "ScaledBorderAndShadow: yes", *([f"Language: {known.bcp47}"] if known else []),
        f"Origin: {track_mark(track)}", "",
        "[V4+ Styles]", f"Format: {_FORMAT}",
        layout.style("Default", 2, layout.bottom), layout.style("Top", 8, layout.top), "",
        "[Events]", "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    ]  # fmt: skip
    times = written_times(track, CENTISECONDS)
    rtl = is_rtl(track.language)
    events = [
        f"Dialogue: 0,{_clock(times[index].start)},{_clock(times[index].end)},"
        f"{'Top' if track.cues[index].at_top else 'Default'},{_actor(track.cues[index], names)},0,0,0,,"
        f"{_text(track.cues[index], rtl=rtl)}"
        for index in shown_cues(track)
    ]
    return "".join(f"{line}\n" for line in [*head, *events])


def _text(cue: Cue, *, rtl: bool) -> str:
    lines = []
    for _, runs in shown_lines(cue):
        written = tagged(runs, _OVERRIDES, lambda text: text.translate(_ESCAPES))
        lines.append(directed(written, "".join(text for text, _ in runs), rtl=rtl))
    return "\\N".join(lines)


def _actor(cue: Cue, names: Mapping[str, str]) -> str:
    """Who speaks, in the one field there is; a comma would end it."""
    spoken = dict.fromkeys(names.get(speaker, speaker) for speaker in cue.speakers)
    return " / ".join(" ".join(clean(name).replace(",", ";").split()) for name in spoken)


def _clock(cs: int) -> str:
    return f"{cs // 360_000}:{cs // 6000 % 60:02}:{cs // 100 % 60:02}.{cs % 100:02}"
