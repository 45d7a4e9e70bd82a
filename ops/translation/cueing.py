"""From a language's translated sentences to its cues: in the source's, or cued anew where those do not fit it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ops.subtitles.build import cues_from_words, in_language
from ops.subtitles.conform import Conformance, Violation, conformance
from ops.subtitles.cue import CueTrack
from ops.subtitles.grid import FilmGrid
from ops.subtitles.profile import Limits
from ops.transcript.model import Word
from ops.translation.adapt import adapted_cue
from ops.translation.free import spoken_in
from ops.translation.realign import cue_texts
from ops.translation.sentence import Sentence

__all__ = ["Cued", "SpokenTitle", "cued"]

_BETTER = 0.05
"""By so much more of its cues must a track of its own conform to be taken: cues that stand as in the source keep what
is read beside what is seen, and the languages of a title alike."""

_FAST = frozenset({Violation.TOO_FAST, Violation.TOO_MANY_WORDS})


@dataclass(frozen=True)
class SpokenTitle:
    """What is spoken in a title, and when.

    Attributes:
        track: Its cues.
        words: Its words.
        sentences: Its sentences.
        grid: The film's frames.
    """

    track: CueTrack
    words: Sequence[Word]
    sentences: Sequence[Sentence]
    grid: FilmGrid


@dataclass(frozen=True)
class Cued:
    """A language's cues, held against its rules.

    Attributes:
        held: The cues and what they break.
        notes: What is worth telling, as sentences.
    """

    held: Conformance
    notes: tuple[str, ...] = ()

    @property
    def track(self) -> CueTrack:
        """The cues."""
        return self.held.track

    @property
    def hurried(self) -> list[str]:
        """The ids of the sentences that stand in cues too fast to read, in order."""
        fast = [
            cue
            for cue, report in zip(self.track.cues, self.held.reports, strict=True)
            if _FAST & set(report.violations)
        ]
        return list(dict.fromkeys(name for cue in fast for name in cue.sentences))


def cued(
    title: SpokenTitle, texts: Mapping[str, str], *, attention: Mapping[str, np.ndarray | None], limits: Limits
) -> Cued:
    """Put a language's sentences into cues.

    Args:
        title: What is spoken.
        texts: The translations by the sentences' ids.
        attention: As `cue_texts` takes it.
        limits: The rules, for the target language.

    Raises:
        KeyError: A sentence has no translation.
    """
    grid, language = title.grid, limits.language
    realigned = cue_texts(title.track, title.sentences, texts, words=title.words, attention=attention, limits=limits)
    kept = in_language(
        title.track, realigned.texts, language=language, cuts=grid.cuts, frames=grid.frames, limits=limits
    )
    standing = conformance(_as_written(kept), limits, cuts=grid.cuts)
    if standing.share == 1.0:
        return Cued(standing, realigned.notes)
    words, sentences = spoken_in(language, title.sentences, texts, title.words)
    anew = cues_from_words(
        words,
        language=language,
        rate=grid.rate,
        cuts=grid.cuts,
        frames=grid.frames,
        limits=limits,
        sentences=sentences,
    )
    own = conformance(_as_written(anew), limits, cuts=grid.cuts)
    if own.share < standing.share + _BETTER:
        return Cued(standing, realigned.notes)
    told = f"It has cues of its own: {own.share:.0%} keep the rules, and {standing.share:.0%} of the source's would."
    return Cued(own, (told,))


def _as_written(track: CueTrack) -> CueTrack:
    """Cues as their readers write them (no final stop in Chinese or Japanese); of the source's words they hold none."""
    cues = [
        replace(cue, lines=tuple(adapted_cue(cue.text, target=track.language).split("\n")), words=None)
        for cue in track.cues
    ]
    return replace(track, cues=tuple(cues))
