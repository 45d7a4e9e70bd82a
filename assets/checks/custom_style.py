"""What a style that somebody made up must hold before anybody uses it."""

from __future__ import annotations

from assets.checks.expectations import between, one_of
from assets.checks.model import Check, Column, Kind, Promise, Row, Suite

__all__ = ["CUSTOM_STYLE_PROMISES", "custom_style_suite"]

MOST_BEND = 45.0
"""Code values a step of the LUT: the house's grades have up to 22, a curve that shows bands on a sky 60 and more."""

MOST_REVERSED = 3.0
MOST_BURNT = 0.15

_WHOLE = Promise("custom_style_whole", "What was made of the wish was measured in full.", True)
_RUNS = Promise("custom_style_runs", "It reads back from its files, and the house's still was shown in it.", True)
_TONES = Promise("custom_style_keeps_tones", "No grey turns darker than a darker one.", False)
_SMOOTH = Promise("custom_style_smooth", "Its colours bend nowhere so sharply that a sky shows bands.", False)
_CLIPS = Promise("custom_style_clips_little", f"At most {MOST_BURNT:.0%} more of the still is burnt out.", False)

CUSTOM_STYLE_PROMISES = (_WHOLE, _RUNS, _TONES, _SMOOTH, _CLIPS)


def custom_style_suite() -> Suite:
    """The checks of one row: style, runs, reversed, bend, burnt_added."""
    return Suite(
        row="style",
        key="style",
        columns=(
            Column("style", Kind.TEXT),
            Column("runs", Kind.FLAG),
            *(Column(name, Kind.NUMBER) for name in ("reversed", "bend", "burnt_added")),
        ),
        whole=_WHOLE,
        checks=(
            Check(_RUNS, (one_of("runs", (True,)),)),
            Check(_TONES, (between("reversed", 0, MOST_REVERSED, says=_reversed),)),
            Check(_SMOOTH, (between("bend", 0, MOST_BEND, says=_bends),)),
            Check(_CLIPS, (between("burnt_added", -1, MOST_BURNT, says=_burns),)),
        ),
    )


def _reversed(row: Row) -> str:
    return f"{row['name']} turns a grey darker than a darker one by {row['reversed']:.1f} of 255"


def _bends(row: Row) -> str:
    return f"the colours of {row['name']} bend by {row['bend']:.0f} of 255 at one step"


def _burns(row: Row) -> str:
    return f"{row['name']} burns {row['burnt_added']:.0%} of the still out"
