"""A title's sentences into the wanted languages, and back into cues."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assets.captions import Captions
from assets.subtitle_room import SubtitleRoom
from ops.errors import ModelUnavailable
from ops.progress import Progress
from resources.subtitles.memory import TranslationMemory

if TYPE_CHECKING:
    import numpy as np

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

    def captions(self) -> Captions:
        """Its cues.

        Raises:
            ModelUnavailable: The engine does not translate into it.
        """
        from ops.subtitles.build import in_language
        from ops.translation.realign import cue_texts

        if self.result.error:
            raise ModelUnavailable(self.result.error, where=self.translator.name)
        room, code = self.room, self.language
        limits = room.limits(code)
        realigned = cue_texts(
            room.track,
            room.sentences,
            self.result.texts,
            words=room.transcript.words,
            attention=self._attention(),
            limits=limits,
        )
        track = in_language(
            room.track, realigned.texts, language=code, cuts=room.grid.cuts, frames=room.grid.frames, limits=limits
        )
        return Captions(
            code,
            track,
            f"translated from {room.spoken} by {self.translator.name}",
            sentences=dict(self.result.sentences),
            notes=(*self.result.notes, *realigned.notes),
        )

    def _attention(self) -> dict[str, np.ndarray | None]:
        """What the engine looked at, for the sentences that stand in several cues."""
        from ops.translation.realign import in_several_cues
        from ops.translation.translator import Pair

        texts = {each.id: each.text for each in self.room.sentences}
        parted = in_several_cues(self.room.track)
        pairs = [Pair(texts[name], self.result.texts[name]) for name in parted]
        told = self.translator.attention(pairs, self.room.spoken, self.language) if pairs else []
        return dict(zip(parted, told, strict=True)) if told is not None else {}


def translations(
    room: SubtitleRoom, translator: Translator, codes: Sequence[str], *, progress: Progress
) -> Iterator[Translation]:
    """Every language as soon as it is whole; what was translated before is not translated again."""
    from ops.translation.pipeline import translate_title

    settings = room.work.studio.settings
    for result in translate_title(
        room.sentences,
        source=room.spoken,
        targets=codes,
        translator=translator,
        memory=TranslationMemory(room.work.studio.database),
        terms=room.terms,
        formality=settings.subtitle_formality,
        unwritable=_unwritable(room, translator),
        progress=progress,
    ):
        yield Translation(room, result, translator)


def _unwritable(room: SubtitleRoom, translator: Translator) -> str:
    """Characters of the title that the engine's vocabulary has not."""
    ask = getattr(translator, "unwritable", None)
    return "" if ask is None else ask("".join(each.text for each in room.sentences), room.spoken)
