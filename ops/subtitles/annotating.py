"""Which words and sentences the cues of a text hold that came with its cues, not with its words."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ops.subtitles.cue import CueTrack
from ops.transcript.model import Word
from ops.translation.sentence import Sentence

__all__ = ["annotated"]


def annotated(track: CueTrack, words: Sequence[Word], sentences: Sequence[Sentence]) -> CueTrack:
    """The track with each word given to the cue that it is said in for longest, and so the sentences.

    Words keep their order: none goes to a cue before that of the word before it. A cue in which nothing is said (the
    description of a sound) holds none.

    Args:
        track: The cues.
        words: In order, in the film's seconds.
        sentences: Of these words, in order.
    """
    said: dict[int, list[int]] = defaultdict(list)
    for index, owner in enumerate(_owners(track, words)):
        said[owner].append(index)
    starts = [sentence.first_word for sentence in sentences]
    cues = []
    for place, cue in enumerate(track.cues):
        own = said[place]
        held = {bisect_right(starts, index) - 1 for index in own}
        cues.append(
            replace(
                cue,
                speakers=cue.speakers or _speaker([words[index] for index in own]),
                words=(own[0], own[-1] + 1) if own else None,
                sentences=tuple(sentences[nth].id for nth in sorted(held) if nth >= 0),
            )
        )
    return replace(track, cues=tuple(cues))


def _speaker(said: Sequence[Word]) -> tuple[str, ...]:
    """Who says all of it; nobody where several do, or it is not known."""
    speakers = {word.speaker for word in said}
    return tuple(speakers) if len(speakers) == 1 and all(speakers) else ()


def _owners(track: CueTrack, words: Sequence[Word]) -> list[int]:
    """The cue of each word, never falling."""
    begins = [float(track.start_s(cue)) for cue in track.cues]
    owners: list[int] = []
    least = 0
    for word in words:
        near = max(least, bisect_right(begins, word.start_s) - 1)
        candidates = [place for place in (near - 1, near, near + 1) if least <= place < len(begins)]
        owner = max(candidates, key=lambda place: _shared_s(track, place, word), default=least)
        owners.append(owner)
        least = owner
    return owners


def _shared_s(track: CueTrack, place: int, word: Word) -> float:
    """For how long a word is said while a cue stands; negative by how far it is from it."""
    cue = track.cues[place]
    return min(word.end_s, float(track.end_s(cue))) - max(word.start_s, float(track.start_s(cue)))
