"""Films in which several languages are spoken, and Chinese in the signs that an engine writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from ops.languages.scripts import script_share
from ops.languages.table import language as language_of_code
from ops.progress import Progress, no_progress
from ops.transcript.model import Word
from ops.transcript.recognition import HeardWindow, Window

__all__ = ["HearsEach", "hears_each", "in_its_writing", "languages_by_window", "told_languages"]

_TELLING_S = 3.0
"""A shorter window tells no language: a word or a cry sounds like several."""

_SPOKEN_S = 10.0
"""So much of a language is spoken in a film or none: a single mistaken window, heard in a language that it is not in,
comes out as words that nobody said. Both are chosen with care for that, not measured on an engine's weights."""

_ALIKE = tuple(
    frozenset(codes.split())
    for codes in (
        "hrv srp bos slv mkd bul",
        "nob nno dan swe",
        "hin urd pan npi mar",
        "zsm ind jav sun",
        "zho yue",
        "ces slk",
        "spa glg cat por oci",
        "rus ukr bel",
        "nld afr",
        "deu ltz ydd",
        "tur azj tuk",
        "tat bak kaz uzn",
        "pes tgk",
        "lao tha",
        "asm ben",
        "est fin",
        "lit lvs",
    )
)
"""Languages, by ISO 639-3, that an engine easily takes for each other by ear: of two of them a film has the one that is
spoken most."""

_TOLD = 5
"""Places of a language that a note names."""


@runtime_checkable
class HearsEach(Protocol):
    """A recogniser that tells the language of every window, and hears each in its own."""

    def languages_of(self, windows: Sequence[Window]) -> list[str | None]:
        """Of each window, as a code of `ops.languages`; None where the engine cannot tell."""
        ...

    def hear(
        self, windows: Sequence[Window], *, language: str | Sequence[str], progress: Progress = no_progress
    ) -> list[HeardWindow]:
        """See Recogniser; one language for all windows, or one for each."""
        ...


def hears_each(recogniser: object) -> HearsEach | None:
    """The recogniser, where it is one that hears every window in a language of its own."""
    return recogniser if isinstance(recogniser, HearsEach) else None


def languages_by_window(windows: Sequence[Window], told: Sequence[str | None]) -> tuple[str, list[str]] | None:
    """The language most spoken, and each window's, of what an engine tells of each by itself.

    A window has another language than the film only where it lasts 3 s, that language 10 s in all, and where it is none
    that is easily taken for the film's.

    Returns:
        None where no window of 3 s tells any.
    """
    seconds: dict[str, float] = defaultdict(float)
    for window, code in zip(windows, told, strict=True):
        if code is not None and _length_s(window) >= _TELLING_S:
            seconds[code] += _length_s(window)
    if not seconds:
        return None
    main = max(seconds, key=lambda code: (seconds[code], code))
    spoken = {code for code, length_s in seconds.items() if length_s >= _SPOKEN_S and not _alike(code, main)}
    return main, [
        code if code in spoken and code is not None and _length_s(window) >= _TELLING_S else main
        for window, code in zip(windows, told, strict=True)
    ]


def told_languages(windows: Sequence[Window], codes: Sequence[str], main: str) -> list[str]:
    """A sentence for every language beside the film's, with where it is spoken."""
    notes: list[str] = []
    for code in sorted(set(codes) - {main}):
        places = [
            f"{window.start_s:.0f} to {window.end_s:.0f} s"
            for window, spoken in zip(windows, codes, strict=True)
            if spoken == code
        ]
        more = f" and {len(places) - _TOLD} times more" if len(places) > _TOLD else ""
        notes.append(
            f"{language_of_code(code).name} is spoken too, from {', '.join(places[:_TOLD])}{more}; "
            "its words are kept as they are said."
        )
    return notes


def in_its_writing(words: Sequence[Word], code: str) -> tuple[str, list[str]]:
    """Chinese by the signs that the words are written in, whatever was declared, with a note where that differs."""
    if code not in ("zho_Hans", "zho_Hant"):
        return code, []
    text = "".join(word.text for word in words)
    other = "zho_Hant" if code == "zho_Hans" else "zho_Hans"
    if script_share(text, other[-4:]) <= script_share(text, code[-4:]):
        return code, []
    return other, [f"The engine writes {language_of_code(other).name}, and the transcript is labelled so."]


def _alike(one: str, other: str) -> bool:
    both = {language_of_code(one).iso639_3, language_of_code(other).iso639_3}
    return one != other and any(both <= group for group in _ALIKE)


def _length_s(window: Window) -> float:
    return window.end_s - window.start_s
