"""Words out of subtitles that a film brought with it: their cues stay as they are, their words get times."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ops.speech.model import Turn
from ops.subtitles.files.labels import label_of, names_in
from ops.transcript.model import SourceCue, Timing, Transcript, Word
from ops.transcript.recognition import Aligner, Window
from ops.transcript.speakers import with_speakers
from ops.transcript.timing import shared
from ops.transcript.units import is_unspaced, units_of

__all__ = ["aligned", "said_lines", "transcript_of_cues"]

_RATE = 16_000
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|\{\\[^{}]{0,500}\}")
_KEPT = re.compile(r"</?[ibu]>")
_DESCRIBED = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|（[^（）]*）|【[^【】]*】")
_NOTES = re.compile(r"[♪♫♬♩]|(?<!\w)#(?!\w)")
_DASH = re.compile(r"^\s*(?:[-‐‑–—]|>>)\s*(?=\S)")

_TOGETHER_S = 2.0
_GROUP_S = 25.0
_AROUND_S = 0.5
_OFF_S = 1.0
"""A word that is found further outside its cue was found in the wrong place: subtitles are timed to half a second."""


def transcript_of_cues(
    cues: Sequence[tuple[float, float, str]], *, language: str, source: str, turns: Sequence[Turn] = ()
) -> Transcript:
    """A transcript of the cues of an embedded or a sidecar subtitle.

    Sounds' descriptions in brackets and notes of music are in the source's cues and are no words (a song's lyrics are).
    "NAME:" before a line names its speaker where the file names its speakers so (`labels.names_in`); lines with dashes
    are of two speakers, whom `turns` tell apart, else "A" and "B" of that cue. A cue's time is shared by its letters.

    Args:
        cues: (from, to, text) in seconds, lines by "\\n"; cues of no length hold no words.
        language: A code of `ops.languages`.
        source: Where they come from, in words.
        turns: Who speaks when.
    """
    ordered = sorted(cues, key=lambda cue: (cue[0], cue[1]))
    names = names_in(_MARKUP.sub("", text) for _, _, text in ordered)
    words: list[Word] = []
    kept: list[SourceCue] = []
    for start_s, end_s, text in ordered:
        first = len(words)
        if end_s > start_s:
            words += shared(_words(text, language, names, dashes_known=bool(turns)), start_s, end_s)
        kept.append(SourceCue(start_s, end_s, _plain(text), first, len(words)))
    by_start = sorted(range(len(words)), key=lambda place: words[place].start_s)
    if by_start != list(range(len(words))):  # cues overlap: the words stay with their cues, in the cues' order
        words = _pushed(words)
    return Transcript(language, tuple(with_speakers(words, turns)), source, cues=tuple(kept))


def said_lines(text: str, names: frozenset[str] | None = None) -> list[tuple[str, str]]:
    """What is said in a text, line by line: (speaker or empty, words); lines that only describe are left out.

    Args:
        text: Lines by "\n".
        names: What is a speaker's name before a colon; None for a whole script, which tells them itself.
    """
    if names is None:
        names = names_in([_MARKUP.sub("", text)], script=True)
    bare = _NOTES.sub(" ", _DESCRIBED.sub(" ", html.unescape(_MARKUP.sub("", text))))
    found: list[tuple[str, str]] = []
    speaker = ""
    for line in bare.splitlines():
        dashed = _DASH.match(line)
        label = label_of(line, names)
        left = line[label.end :] if label else line[dashed.end() :] if dashed else line
        if label or dashed:
            speaker = label.name if label else ""
        if any(sign.isalnum() for sign in left):
            found.append((speaker, left.strip()))
    return found


def aligned(
    transcript: Transcript, samples: np.ndarray, aligner: Aligner, *, dialogue: np.ndarray | None = None
) -> Transcript:
    """The transcript with its words' times found in the sound, where sound and cues agree.

    Cues near each other are sought together, one by one where they are not found so. A cue of which a word is found
    more than a second outside it, or which the sound does not hold, keeps its own times; a note tells how many do.

    Args:
        transcript: Of cues.
        samples: (N,) float32 mono at 16 kHz.
        aligner: Must know the language.
        dialogue: The same film with the dialogue in front, as `samples`; of both the one in which the words fit better
            gives their times.

    Raises:
        UsageError: The aligner does not know the language.
    """
    words = list(transcript.words)
    sounds = [samples] if dialogue is None else [samples, dialogue]
    spoken = [cue for cue in transcript.cues if cue.end_word > cue.first_word]
    agreed = 0
    for group in _groups(spoken):
        if len(group) > 1 and _seek(words, group, sounds, aligner, transcript.language) == len(group):
            agreed += len(group)
            continue
        agreed += sum(_seek(words, [cue], sounds, aligner, transcript.language) for cue in group)
    told = f"{agreed} of {len(spoken)} cues were found in the sound by {aligner.name}; the others keep their own times."
    return replace(transcript, words=tuple(_pushed(words)), notes=(*transcript.notes, told))


def _seek(
    words: list[Word], group: Sequence[SourceCue], sounds: Sequence[np.ndarray], aligner: Aligner, language: str
) -> int:
    """Re-time the words of some cues; how many of them agree. Nothing changes where not all do."""
    first, last = group[0].first_word, group[-1].end_word
    start_s = max(0.0, group[0].start_s - _AROUND_S)
    texts = [word.text for word in words[first:last]]
    best: list[Word] = []
    for whole in sounds:
        sound = whole[int(start_s * _RATE) : int((group[-1].end_s + _AROUND_S) * _RATE)][: 30 * _RATE]
        found = aligner.align(Window(start_s, sound), texts, language=language) if len(sound) else None
        if found is not None and _agrees(found, group) and _sure(found) > _sure(best):
            best = found
    if not best:
        return 0
    for place, word in enumerate(best, first):
        words[place] = replace(words[place], start_s=word.start_s, end_s=word.end_s, timing=word.timing)
    return len(group)


def _agrees(found: Sequence[Word], group: Sequence[SourceCue]) -> bool:
    """Whether no word lies far outside its cue."""
    first = group[0].first_word
    for cue in group:
        times = found[cue.first_word - first : cue.end_word - first]
        if times[0].start_s < cue.start_s - _OFF_S or times[-1].end_s > cue.end_s + _OFF_S:
            return False
    return True


def _sure(words: Sequence[Word]) -> float:
    return sum(word.confidence for word in words) / len(words) if words else 0.0


def _groups(cues: Sequence[SourceCue]) -> list[list[SourceCue]]:
    groups: list[list[SourceCue]] = []
    for cue in cues:
        near = groups and cue.start_s - groups[-1][-1].end_s < _TOGETHER_S
        if near and cue.end_s - groups[-1][0].start_s <= _GROUP_S:
            groups[-1].append(cue)
        else:
            groups.append([cue])
    return groups


def _words(text: str, language: str, names: frozenset[str], *, dashes_known: bool) -> list[Word]:
    """The words of a cue, untimed."""
    lines = said_lines(text, names)
    dashed = sum(bool(_DASH.match(_MARKUP.sub("", line))) for line in text.splitlines())
    two = dashed > 0 and len(lines) > 1 and not any(speaker for speaker, _ in lines) and not dashes_known
    found: list[Word] = []
    for place, (speaker, line) in enumerate(lines):
        who = ("A" if place % 2 == 0 else "B") if two else speaker
        units = units_of(line, language=language)
        for at, (unit, spaced) in enumerate(units):
            gap = spaced or (at == 0 and bool(found) and not is_unspaced(language))
            found.append(Word(unit, 0.0, 0.0, speaker=who, spaced=gap, timing=Timing.SHARED))
    return found


def _plain(text: str) -> str:
    """A cue's text with `<i>`, `<b>` and `<u>` as its only markup, without empty lines."""
    kept = _MARKUP.sub(lambda tag: tag.group().lower() if _KEPT.fullmatch(tag.group().lower()) else "", text)
    return "\n".join(line.strip() for line in kept.splitlines() if line.strip())


def _pushed(words: Sequence[Word]) -> list[Word]:
    """In the order in which they stand, each beginning no earlier than the one before it."""
    done: list[Word] = []
    for word in words:
        start_s = max(word.start_s, done[-1].start_s) if done else word.start_s
        done.append(replace(word, start_s=start_s, end_s=max(word.end_s, start_s + 0.01)))
    return done
