"""What a person says of a film's words: its language, the languages that are wanted, corrections of its subtitles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from assets.captions import CUES_FILE
from assets.subtitle_languages import is_subtitles, spoken_in, subtitles_in
from assets.written_texts import tagged_language
from ops.errors import MediaError, UsageError
from ops.languages.table import by_tag, language, languages
from ops.subtitles.corrections import Correction, corrections_by_origin, marked_origin, read_corrections
from ops.subtitles.cue import CueTrack
from ops.subtitles.files.reading import read_subtitles
from ops.subtitles.files.streams import text_streams
from orchestration.handing_in import Handed
from resources.store.model import ArtifactKey
from resources.studio import Studio
from resources.subtitles.corrections import Corrections
from resources.subtitles.spoken import declare_language
from resources.subtitles.texts import HandedTexts

__all__ = ["EVERY_LANGUAGE", "hand_in_words", "languages_named"]

EVERY_LANGUAGE = "all"

_SUBTITLES = (".srt", ".vtt", ".ass")


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
    """English, where it is asked for alone and can be no other than what is spoken.

    Nothing here translates, the ear that is set up hears English alone, and nothing else tells the language: subtitles
    in it are of its own words, or cannot be. A wish for another one declares nothing: it would not be heard either.
    """
    asked = [code for asset in wanted if is_subtitles(asset) and (code := asset.partition("/")[2]) in languages()]
    translates = not studio.engines.choice("translation_engine").embedded
    hears_which = not studio.engines.choice("recogniser_engine").embedded
    known = studio.catalogue.title(title).language or studio.settings.language
    if asked != ["eng_Latn"] or translates or hears_which or known or _tells_its_language(title, studio):
        return None
    return asked[0]


def _tells_its_language(title: str, studio: Studio) -> bool:
    """Whether subtitles or a script came with the film, or its sound has a tag: they tell more than a wish does."""
    if HandedTexts(studio.database).of(title):
        return True
    try:
        film = studio.masters.local(studio.catalogue.master(title))
        return tagged_language(film) is not None or bool(text_streams(film).streams)
    except MediaError:  # the film's own gate tells what is wrong with it
        return False


def _correct(title: str, path: Path, studio: Studio) -> None:
    corrections = _edited(title, path, studio) if path.suffix.lower() in _SUBTITLES else read_corrections(path)
    if not corrections:
        raise UsageError("holds no correction", where=path, fix="Write one a line, as docs/corrections.md shows.")
    Corrections(studio.database).hand_in(title, corrections, who=path.name, spoken=spoken_now(title, studio))


def _edited(title: str, path: Path, studio: Studio) -> list[Correction]:
    """What a person edited in a subtitle file, which is held against the version that it was made of."""
    named = by_tag(path.stem.rpartition(".")[2])
    if named is None:
        raise UsageError("does not tell its language", where=path, fix="Name it as it was published, such as fr.srt.")
    versions = list(_published(ArtifactKey.of_asset(title, subtitles_in(named.code)), studio))
    if not versions:
        raise UsageError(f"is of {named.name}, of which the title has no subtitles", where=path, fix="Make them first.")
    edited = read_subtitles(path, language=named.code)
    standing = Corrections(studio.database).of(title, named.code)
    return corrections_by_origin(marked_origin(path, versions), edited, standing=standing, who=path.name)


def _published(key: ArtifactKey, studio: Studio) -> Iterator[CueTrack]:
    """What was published of a language and is kept, newest first."""
    current = studio.store.manifest(key)
    if current is None:
        return
    older = [version for version in studio.store.versions(key) if version != current.version]
    for manifest in (current, *(studio.store.manifest(key, version) for version in older)):
        if manifest is not None:  # it may be pruned meanwhile
            told = studio.store.fetch(manifest, CUES_FILE).read_text(encoding="utf-8")
            yield CueTrack.from_json(json.loads(told))


def spoken_now(title: str, studio: Studio) -> str | None:
    """The language of a title's transcript; None where it has none yet."""
    return spoken_in(studio.ledger.row(ArtifactKey(title, "transcript")))
