"""What must hold of a language's subtitles.

Blocking is what no player or reader could put right: cues out of order, files that say something else than the cues,
sentences that are gone. Everything else warns and decides how far the language may be shown
(`ops.translation.standing`): a language that turned out badly keeps none of the other 201 back.
"""

from __future__ import annotations

from assets.checks.expectations import above, between, number
from assets.checks.model import Check, Column, Derived, Kind, Promise, Row, Suite

__all__ = ["SUBTITLES_PROMISES", "cues_suite", "sentences_suite", "subtitles_suite"]

_CUES_WHOLE = Promise("cues_table_whole", "The table of cues has its columns and types.", True)
_ORDER = Promise("cues_in_order", "Cues stand within the film, one after the other.", True)
_CONFORM = Promise("cues_conform", "Every cue keeps the profile's rules of length, time and reading speed.", False)
_SENTENCES_WHOLE = Promise("sentences_table_whole", "Every sentence was judged.", True)
_TRANSLATED = Promise("sentences_pass", "No sentence shows a sign of a wrong translation.", False)
_REPORT_WHOLE = Promise("report_whole", "The language was measured in full.", True)
_FILES = Promise("files_agree", "SRT, VTT and ASS, read back, hold the very cues.", True)
_COMPLETE = Promise("no_sentence_lost", "Every sentence of the source is in its cues.", True)
_CORRECTIONS = Promise("corrections_apply", "No correction waits because what it corrects has changed.", False)
_SAFE = Promise("lines_are_safe", "No line waits for a person's word on it.", False)

SUBTITLES_PROMISES = (
    _CUES_WHOLE, _ORDER, _CONFORM, _SENTENCES_WHOLE, _TRANSLATED, _REPORT_WHOLE, _FILES, _COMPLETE, _CORRECTIONS, _SAFE,
)  # fmt: skip


def cues_suite(frames: int) -> Suite:
    """The checks of a table with one row a cue: `start` and `end` in frames, `faults`, and `told` of them.

    Args:
        frames: Length of the film.
    """

    def outside(row: Row) -> str:
        return f"{row['name']} stands from frame {number(row['start'])} to {number(row['end'])} of {frames}"

    return Suite(
        row="cue",
        key="cue",
        columns=(
            Column("start", Kind.WHOLE),
            Column("end", Kind.WHOLE),
            Column("faults", Kind.WHOLE),
            Column("told", Kind.TEXT),
        ),
        whole=_CUES_WHOLE,
        derived=(Derived("previous_end", ("end",), lambda t: t["end"].shift(1)),),
        checks=(
            Check(
                _ORDER,
                (
                    above("end", "start", outside),
                    between("end", 1, frames, says=outside),
                    above("start", "previous_end", _overlapping, or_equal=True),
                ),
            ),
            Check(_CONFORM, (between("faults", 0, 0, says=lambda row: f"{row['name']}: {row['told']}"),)),
        ),
        fewest_rows=0,
    )


def sentences_suite() -> Suite:
    """The checks of a table with one row a sentence: `failed`, 0 or 1, and `told`, what is wrong with it."""
    return Suite(
        row="sentence",
        key="sentence",
        columns=(Column("failed", Kind.WHOLE), Column("told", Kind.TEXT)),
        whole=_SENTENCES_WHOLE,
        checks=(Check(_TRANSLATED, (between("failed", 0, 0, says=lambda row: f"{row['name']}: {row['told']}"),)),),
        fewest_rows=0,
    )


def subtitles_suite() -> Suite:
    """The checks of a language's report: one row of counts, and `told`, what is wrong with its files."""
    return Suite(
        row="language",
        key="language",
        columns=(
            Column("language", Kind.TEXT),
            Column("told", Kind.TEXT),
            *(Column(name, Kind.WHOLE) for name in ("file_faults", "lost", "conflicts", "waiting")),
        ),
        whole=_REPORT_WHOLE,
        checks=(
            Check(_FILES, (between("file_faults", 0, 0, says=lambda row: f"{row['name']}: {row['told']}"),)),
            Check(_COMPLETE, (between("lost", 0, 0, says=_lost),)),
            Check(_CORRECTIONS, (between("conflicts", 0, 0, says=_conflicts),)),
            Check(_SAFE, (between("waiting", 0, 0, says=_waiting),)),
        ),
    )


def _overlapping(row: Row) -> str:
    return (
        f"{row['name']} comes at frame {number(row['start'])}, before the one before goes at {row['previous_end']:.0f}"
    )


def _lost(row: Row) -> str:
    return f"{row['name']} lacks {number(row['lost'])} sentences"


def _conflicts(row: Row) -> str:
    return f"{row['name']} has {number(row['conflicts'])} corrections whose text has changed since"


def _waiting(row: Row) -> str:
    return f"{row['name']} has {number(row['waiting'])} lines that wait for a person"
