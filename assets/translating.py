"""A title's sentences into the wanted languages, and back into cues."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from assets.captions import Captions
from assets.subtitle_room import SubtitleRoom
from ops.errors import ModelUnavailable
from ops.progress import Progress
from resources.subtitles.memory import TranslationMemory

if TYPE_CHECKING:
    from ops.translation.cueing import Cued
    from ops.translation.keys import Remembered
    from ops.translation.result import LanguageResult
    from ops.translation.translator import Translator

__all__ = ["Translation", "translations"]


@dataclass(frozen=True)
class Translation:
    """One language's sentences, ready to be put into cues.

    Attributes:
        room: The title's.
        result: What became of the sentences.
        translator: What translated them.
    """

    room: SubtitleRoom
    result: LanguageResult
    translator: Translator

    @property
    def language(self) -> str:
        """Its code."""
        return self.result.language

    @property
    def took_s(self) -> float:
        """For how long it was translated."""
        return self.result.took_s

    @cached_property
    def sentences(self) -> dict[str, Remembered]:
        """What became of each sentence, by id, without what no file and no table takes."""
        return {
            name: replace(each, text=_readable(each.text), notes=tuple(map(_readable, each.notes)))
            for name, each in self.result.sentences.items()
        }

    @cached_property
    def texts(self) -> dict[str, str]:
        """The translations, by id."""
        return {name: each.text for name, each in self.sentences.items()}

    def captions(self) -> Captions:
        """Its cues.

        Raises:
            ModelUnavailable: The engine does not translate into it.
            Exception: What else went wrong with it, as it was raised.
        """
        if self.result.failure is not None:
            raise self.result.failure
        if self.result.error:
            raise ModelUnavailable(self.result.error, where=self.translator.name)
        made = self._cued(self.sentences)
        shorter = self._shortened(made)
        sentences = {**self.sentences, **shorter}
        if shorter:
            made = self._cued(sentences)
        told = [f"{len(shorter)} sentences were shortened to be read in their time."] if shorter else []
        return Captions(
            self.language,
            made.track,
            f"translated from {self.room.spoken} by {self.translator.name}",
            sentences=sentences,
            notes=(*self.result.notes, *made.notes, *told),
        )

    def _cued(self, sentences: dict[str, Remembered]) -> Cued:
        from ops.translation.cueing import cued

        return cued(
            self.room.spoken_title,
            {name: each.text for name, each in sentences.items()},
            attention={name: each.alignment.attention() for name, each in sentences.items() if each.alignment},
            limits=self.room.limits(self.language),
        )

    def _shortened(self, made: Cued) -> dict[str, Remembered]:
        """The sentences that were shortened; none where no engine writes."""
        from ops.translation.shortening import shortened_sentences

        studio = self.room.work.studio
        rewriter = studio.engines.rewriter
        if rewriter is None or not made.hurried:
            return {}
        return shortened_sentences(
            self.room.spoken_title,
            made,
            self.sentences,
            rewriter=rewriter,
            translator=self.translator,
            memory=TranslationMemory(studio.database),
            source=self.room.spoken,
            terms=self.room.terms,
        )


def translations(
    room: SubtitleRoom, translator: Translator, codes: Sequence[str], *, progress: Progress
) -> Iterator[Translation]:
    """Every language as soon as it is whole; what was translated before is not translated again."""
    from ops.translation.pipeline import translate_title
    from ops.translation.realign import in_several_cues
    from ops.translation.translator import Spelling

    texts = "".join(each.text for each in room.sentences)
    for result in translate_title(
        room.sentences,
        source=room.spoken,
        targets=codes,
        translator=translator,
        memory=TranslationMemory(room.work.studio.database),
        terms=room.terms,
        formality=room.work.studio.settings.subtitle_formality,
        unwritable=translator.unwritable(texts, room.spoken) if isinstance(translator, Spelling) else "",
        parted=in_several_cues(room.track),
        progress=progress,
    ):
        yield Translation(room, result, translator)


def _readable(text: str) -> str:
    """Without control characters, and without what stands for bytes that an engine made no character of."""
    return "".join(each for each in text if each.isspace() or unicodedata.category(each) not in ("Cc", "Cs")).replace(
        "\ufffd", ""
    )
