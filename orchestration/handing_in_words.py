"""What a person says of a film's words: its language, the languages that are wanted, corrections of its subtitles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assets.subtitle_languages import is_subtitles, spoken_in
from ops.errors import UsageError
from ops.languages.table import language, languages
from ops.subtitles.corrections import read_corrections
from orchestration.handing_in import Handed
from resources.store.model import ArtifactKey
from resources.studio import Studio
from resources.subtitles.corrections import Corrections
from resources.subtitles.spoken import declare_language

__all__ = ["EVERY_LANGUAGE", "hand_in_words", "languages_named"]

EVERY_LANGUAGE = "all"


def languages_named(text: str | None) -> list[str]:
    """The codes of "fra_Latn,deu_Latn", or of all languages.

    Raises:
        UsageError: One is no language of the house.
    """
    if text is None:
        return []
    if text.strip() == EVERY_LANGUAGE:
        return list(languages())
    return list(dict.fromkeys(language(each.strip()).code for each in text.split(",") if each.strip()))


def hand_in_words(title: str, wanted: Sequence[str], handed: Handed, studio: Studio) -> None:
    """Note what a person said of a title's words; what is made from them is stale by it.

    Raises:
        UsageError: The corrections cannot be read.
    """
    spoken = handed.language or _implied(title, wanted, studio)
    if spoken:
        declare_language(studio.database, title, spoken)
    if handed.corrections is not None:
        _correct(title, handed.corrections, studio)


def _implied(title: str, wanted: Sequence[str], studio: Studio) -> str | None:
    """The one language that is asked for, where it can be no other than what is spoken.

    Nothing here translates, and nothing else tells the language: subtitles in it are of its own words, or cannot be.
    """
    asked = [asset.partition("/")[2] for asset in wanted if is_subtitles(asset) and not asset.endswith("*")]
    translates = not studio.engines.choice("translation_engine").embedded
    hears_which = not studio.engines.choice("recogniser_engine").embedded
    known = studio.catalogue.title(title).language or studio.settings.language
    return asked[0] if len(asked) == 1 and not (translates or hears_which or known) else None


def _correct(title: str, path: Path, studio: Studio) -> None:
    corrections = read_corrections(path)
    if not corrections:
        raise UsageError("holds no correction", where=path, fix="Write one a line, as docs/corrections.md shows.")
    Corrections(studio.database).hand_in(title, corrections, who=path.name, spoken=spoken_now(title, studio))


def spoken_now(title: str, studio: Studio) -> str | None:
    """The language of a title's transcript; None where it has none yet."""
    return spoken_in(studio.ledger.row(ArtifactKey(title, "transcript")))
