"""Translated sentences back in the cues of the film: each cue says what it said in the source, when it said it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ops.subtitles.cue import Cue, CueTrack
from ops.subtitles.profile import Limits
from ops.transcript.model import Word
from ops.translation.sentence import Sentence
from ops.translation.splitting import Slot, attended, joiner, parted

__all__ = ["Part", "Realigned", "cue_texts", "in_several_cues"]


@dataclass(frozen=True)
class Part:
    """What a cue holds of one sentence.

    Attributes:
        sentence: Its id.
        speaker: Who says it, or empty.
        text: In the target language.
    """

    sentence: str
    speaker: str
    text: str


@dataclass(frozen=True)
class Realigned:
    """A language's text for every cue of the source.

    Attributes:
        parts: For each cue, in order, what it says; nothing where a cue has no sentence (a sound's description), or a
            sentence has fewer words than cues.
        joiner: What stands between two sentences of one speaker.
        by_share: The sentences that were parted by the cues' lengths alone, because the engine told no attention.
        unplaced: The sentences that no cue holds.
    """

    parts: tuple[tuple[Part, ...], ...]
    joiner: str
    by_share: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()

    @property
    def texts(self) -> list[str]:
        """One text a cue: what one speaker says in one line, another speaker's words after "\\n"."""
        return [self._text(parts) for parts in self.parts]

    @property
    def notes(self) -> tuple[str, ...]:
        """What is worth telling, as sentences."""
        notes = []
        if self.by_share:
            notes.append(
                f"{len(self.by_share)} sentences were parted between cues by length: the engine tells no attention."
            )
        if self.unplaced:
            notes.append(f"{len(self.unplaced)} sentences stand in no cue.")
        return tuple(notes)

    def _text(self, parts: Sequence[Part]) -> str:
        text, speaker = "", ""
        for part in parts:
            if text:
                text += "\n" if part.speaker and speaker and part.speaker != speaker else self.joiner
            text, speaker = text + part.text, part.speaker or speaker
        return text


def in_several_cues(track: CueTrack) -> list[str]:
    """The ids of the sentences that must be parted: for these alone an engine's attention is worth asking."""
    seen: dict[str, int] = {}
    for cue in track.cues:
        for name in dict.fromkeys(cue.sentences):
            seen[name] = seen.get(name, 0) + 1
    return [name for name, cues in seen.items() if cues > 1]


def cue_texts(
    track: CueTrack,
    sentences: Sequence[Sentence],
    translations: Mapping[str, str],
    *,
    words: Sequence[Word],
    attention: Mapping[str, np.ndarray | None],
    limits: Limits,
) -> Realigned:
    """Put translated sentences into the source's cues.

    Args:
        track: The source's cues, with the ids of their sentences and the places of their words.
        sentences: The source's.
        translations: By the sentences' ids.
        words: The source's, to which `sentences` and `track` point.
        attention: By the sentences' ids, (target words, source words) as `Translator.attention` gives it, for those in
            several cues; one that is missing, None or of other texts is parted by the cues' shares, and told of.
        limits: Of the target language.

    Raises:
        KeyError: A sentence in the cues has no translation.
    """
    by_id = {each.id: each for each in sentences}
    places: dict[str, list[int]] = {}
    for place, cue in enumerate(track.cues):
        for name in dict.fromkeys(cue.sentences):
            places.setdefault(name, []).append(place)
    pieces: dict[tuple[int, str], str] = {}
    by_share = []
    for name, own in places.items():
        slots = [_slot(track, track.cues[place], by_id[name], words, limits) for place in own]
        told = attention.get(name) if len(own) > 1 else None
        masses = None
        if told is not None:
            source, text = by_id[name].text, translations[name]
            masses = attended(told, source, text, slots, source=track.language, target=limits.language)
        if masses is None and len(own) > 1:
            by_share.append(name)
        texts = parted(translations[name], slots, masses, limits, limits.language)
        pieces.update({(place, name): text for place, text in zip(own, texts, strict=True)})
    return Realigned(
        parts=tuple(
            tuple(
                Part(name, by_id[name].speaker, pieces[place, name])
                for name in dict.fromkeys(cue.sentences)
                if pieces[place, name]
            )
            for place, cue in enumerate(track.cues)
        ),
        joiner=joiner(limits.language),
        by_share=tuple(by_share),
        unplaced=tuple(each.id for each in sentences if each.id not in places),
    )


def _slot(track: CueTrack, cue: Cue, sentence: Sentence, words: Sequence[Word], limits: Limits) -> Slot:
    """A cue as this sentence sees it: its own words there, and its share of the cue's time and room."""
    first, end = cue.words or (sentence.first_word, sentence.end_word)
    held = max(1, _solid_length(words[first:end]))
    inside = max(first, sentence.first_word), min(end, sentence.end_word)
    before = _solid_length(words[sentence.first_word : max(sentence.first_word, inside[0])])
    own = _solid_length(words[inside[0] : inside[1]])
    share = own / held
    return Slot(
        said=(before, before + own),
        seconds_s=float(cue.frames / track.rate) * share,
        room=limits.chars * limits.lines * share,
    )


def _solid_length(words: Sequence[Word]) -> int:
    return sum(len("".join(word.text.split())) for word in words)
