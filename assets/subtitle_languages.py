"""Which languages a title has its subtitles in: what is spoken, what came with it, what is asked for, what is there.

What is spoken is known once the transcript is made. So a wish for "the title's subtitles" is a name of its own, which
stands for the transcript first, and for languages once that is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from ops.languages.table import TOP, by_reach, languages
from resources.ledger import LedgerRow, Standing
from resources.settings import Settings

__all__ = [
    "OWN_LANGUAGES",
    "SPOKEN_LANGUAGE",
    "SUBTITLES",
    "expected",
    "is_subtitles",
    "means_every_language",
    "subtitles_in",
    "with_languages",
]

SUBTITLES = "subtitles"
OWN_LANGUAGES = f"{SUBTITLES}/*"
"""A title's own languages, whichever those are."""

SPOKEN_LANGUAGE = f"{SUBTITLES}/spoken"
"""What is spoken in a title, whichever language that is."""

_Rows = Mapping[str, LedgerRow | Standing]


def subtitles_in(language: str) -> str:
    """The asset of a language: "subtitles/fra_Latn"."""
    return f"{SUBTITLES}/{language}"


def is_subtitles(asset: str) -> bool:
    """Whether an asset is the subtitles of one language."""
    return asset.startswith(f"{SUBTITLES}/")


def means_every_language(pattern: str) -> bool:
    """Whether a pattern matches the subtitles of all languages, which nobody means of one title."""
    return all(fnmatchcase(subtitles_in(code), pattern) for code in languages())


def expected(rows: _Rows, settings: Settings, *, tail: bool) -> list[str]:
    """The subtitles that a title is to have, by its ledger rows; none before its transcript is there.

    Args:
        rows: The title's rows by asset name.
        settings: Of the day.
        tail: Whether the languages with fewer readers are meant as well, which are made by night.
    """
    spoken = spoken_in(rows.get("transcript"))
    if spoken is None:
        return []
    top = {each.code for each in by_reach()[:TOP]}
    wanted = [code for code in settings.translated_languages if tail or code in top]
    has = [asset.partition("/")[2] for asset in rows if is_subtitles(asset)]
    return [subtitles_in(code) for code in dict.fromkeys([spoken, *_beside(rows["transcript"]), *wanted, *has])]


def with_languages(wanted: Iterable[str], rows: _Rows, settings: Settings) -> list[str]:
    """The wanted assets, a title's own languages named: its transcript alone where that is not there yet."""
    own = ["transcript", *expected(rows, settings, tail=False)]
    meant = {OWN_LANGUAGES: own, SPOKEN_LANGUAGE: own[:2]}
    return list(dict.fromkeys(each for asset in wanted for each in meant.get(asset, [asset])))


def _beside(row: LedgerRow | Standing) -> list[str]:
    """The languages of the texts that came with the film."""
    told = row.came_with if isinstance(row, Standing) else row.quality.get("came_with")
    return told.split(",") if told else []


def spoken_in(row: LedgerRow | Standing | None) -> str | None:
    """The language of a transcript that was published; None where none was."""
    if row is None:
        return None
    return row.language if isinstance(row, Standing) else row.quality.get("language")
