"""Whole sentences out of a transcript's words, over cues and across them.

A sentence translator that is given two sentences drops one, and given half a sentence guesses the other half; so
what is translated is one sentence: never two of one cue, never the part of one that a cue happened to hold.

Where the writing does not tell, the voice does: another speaker or a long silence ends a sentence, and a pause decides
whether "a.m." or "U.S." was the last word.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import regex

from ops.languages.abbreviations import abbreviations_of
from ops.transcript.model import Word
from ops.translation.sentence import Sentence

__all__ = ["identified", "sentences_of", "written"]

_SILENCE_S = 2.0
"""Ends any sentence; the length that Netflix's guides call a pause."""

_UNPUNCTUATED_SILENCE_S = 0.7
"""Ends one in a transcript without punctuation; PocketSphinx writes none."""

_BREATH_S = 0.5
"""A pause after a word that may or may not be a sentence's last."""

_PUNCTUATED = 40
"""A transcript with fewer sentence ends than one in so many words has no punctuation that could be trusted."""

_LONGEST = 400
"""Characters: half of the 200 tokens of NLLB beyond which its quality is known to fall (silnlp, issue 626)."""

_LONGEST_UNSPACED = 200
"""In scripts that write a word in one or two characters."""

_WINDOW = 3
"""Words whose mean confidence is that of a stretch."""

_END = regex.compile(r"(?V1)[[\p{STerm}༎]--[၊]](?:[.!?。！？]*)$")
"""Unicode's sentence terminals, of all scripts (।॥۔؟።፧။។៕։᱾ with them); Myanmar's ၊ is a comma in use."""

_GREEK_QUESTION = regex.compile(r"[;\u037e]$")
_NOTES = ("♪", "♫")
_OPENERS = ("«", "“", "„", "*", "_")
_TRAILING_OFF = regex.compile(r"(?:…|‥|\.{2,})[!?]*$")
_CLOSING = regex.compile(r"[\p{Pe}\p{Pf}\"'’”»“«*_♪♫]+$")
_OPENING = regex.compile(r"^[\p{Ps}\p{Pi}\"'¿¡„»«*_♪♫\-–—]+")
_LETTERS_AND_STOPS = regex.compile(r"(?:\p{L}\.)+\p{L}?")
_ORDINAL = regex.compile(r"\d{1,2}\.")
_CLAUSE_ENDS = ((";", ":", "؛", "；", "：", "፤", "—", "–"), (",", "،", "，", "、", "፣", "၊", "།", "·"))
_UNSPACED_SHARE = 0.5
_STARTERS = {
    "eng": {"i", "he", "she", "it", "we", "you", "they", "the", "a", "an", "this", "that", "these", "those", "there",
            "but", "and", "so", "what", "who", "why", "how", "when", "where", "no", "yes", "my", "your", "his", "her"},
}  # fmt: skip
"""Words that seldom follow an acronym within a sentence when they have a capital."""


def sentences_of(words: Sequence[Word], language: str) -> list[Sentence]:
    """The sentences of a transcript, in order; every word is in exactly one.

    Args:
        words: In order, with their punctuation.
        language: A code of `ops.languages`: whose abbreviations, and how long is too long.
    """
    silence_s = _SILENCE_S if _is_punctuated(words) else _UNPUNCTUATED_SILENCE_S
    spans = [
        short
        for run in _runs(words, silence_s)
        for whole in _within(words, run, language)
        for short in _short_enough(words, *whole)
    ]
    return identified(
        [
            Sentence(
                id="",
                text=text,
                first_word=first,
                end_word=end,
                speaker=next((word.speaker for word in words[first:end] if word.speaker), ""),
                confidence=_least_confidence(words[first:end]),
            )
            for first, end in spans
            if (text := written(words[first:end]))
        ]
    )


def identified(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The same with ids by their words: a change elsewhere in the film changes none, nor does a new time."""
    seen: Counter[str] = Counter()
    named = []
    for each in sentences:
        name = hashlib.sha256(unicodedata.normalize("NFC", each.text).encode()).hexdigest()[:12]
        named.append(
            Sentence(f"{name}-{seen[name]}", each.text, each.first_word, each.end_word, each.speaker, each.confidence)
        )
        seen[name] += 1
    return named


def written(words: Sequence[Word]) -> str:
    """Words as one line."""
    return " ".join("".join(f" {word.text}" if word.spaced else word.text for word in words).split())


def _is_punctuated(words: Sequence[Word]) -> bool:
    ends = sum(bool(_END.search(_CLOSING.sub("", word.text))) for word in words)
    return ends * _PUNCTUATED >= len(words)


def _runs(words: Sequence[Word], silence_s: float) -> Iterator[tuple[int, int]]:
    """Stretches of one speaker without a long silence; words whose speaker is not known go with those before."""
    first, speaker = 0, ""
    for place, word in enumerate(words):
        silent = place > first and word.start_s - words[place - 1].end_s > silence_s
        if place > first and (silent or (word.speaker and speaker and word.speaker != speaker)):
            yield first, place
            first, speaker = place, ""
        speaker = word.speaker or speaker
    if first < len(words):
        yield first, len(words)


def _within(words: Sequence[Word], run: tuple[int, int], language: str) -> Iterator[tuple[int, int]]:
    first = run[0]
    cased = any(word.text[:1].isupper() for word in words)
    for place in range(run[0], run[1] - 1):
        if _closes(words[first : place + 1], words[place + 1]):
            continue
        word = _last_said(words[first : place + 1])
        if _ends(word, words[place + 1], language.partition("_")[0], cased):
            yield first, place + 1
            first = place + 1
    yield first, run[1]


def _closes(so_far: Sequence[Word], after: Word) -> bool:
    """Whether the next word is only the end of this sentence: "?" and "»" after a space, the note that ends a song."""
    if after.text in _NOTES:
        return sum(word.text.count(after.text) for word in so_far) % 2 == 1
    return after.text not in _OPENERS and not _CLOSING.sub("", _END.sub("", after.text))


def _last_said(so_far: Sequence[Word]) -> Word:
    """The last word with the marks that stand apart behind it."""
    place = len(so_far) - 1
    while place and not _CLOSING.sub("", _END.sub("", so_far[place].text)):
        place -= 1
    return replace(so_far[-1], text="".join(word.text for word in so_far[place:]))


def _ends(word: Word, after: Word, tongue: str, cased: bool) -> bool:
    """Whether a sentence ends between two words of a stretch."""
    text, following = _CLOSING.sub("", word.text), _OPENING.sub("", after.text)
    goes_on = cased and following[:1].islower()
    pause_s = after.start_s - word.end_s
    if _TRAILING_OFF.search(text):
        return not goes_on
    if tongue == "ell" and _GREEK_QUESTION.search(text):
        return not goes_on
    if not _END.search(text) or goes_on:
        return False
    if not text.endswith("."):
        return True
    return _full_stop_ends(text, following, tongue, pause_s)


def _full_stop_ends(text: str, following: str, tongue: str, pause_s: float) -> bool:
    abbreviations = abbreviations_of(tongue)
    stem = _OPENING.sub("", text)[:-1].casefold()
    if stem in abbreviations.names:
        return False
    breath = pause_s >= _BREATH_S
    starts = following.casefold() in _STARTERS.get(tongue, ())
    if stem in abbreviations.last:
        return breath or starts or (following[:1].isupper() and tongue != "deu")
    if _LETTERS_AND_STOPS.fullmatch(_OPENING.sub("", text)):
        alone = len(stem) == 1
        return breath or (stem == "i" and tongue == "eng") or (starts and not alone)
    if abbreviations.ordinals and _ORDINAL.fullmatch(text):
        return breath
    return True


def _short_enough(words: Sequence[Word], first: int, end: int) -> list[tuple[int, int]]:
    """A sentence too long to translate, parted where a clause ends, or else at its longest pause."""
    held = words[first:end]
    text = written(held)
    spaced = sum(word.spaced for word in held) >= _UNSPACED_SHARE * len(held)
    if len(text) <= (_LONGEST if spaced else _LONGEST_UNSPACED) or len(held) < 2:
        return [(first, end)]
    lengths = [len(word.text) + word.spaced for word in held]
    total, so_far, best = sum(lengths), 0, ((False, -1.0), first + 1)
    for place, (word, after) in enumerate(pairwise(held), start=1):
        so_far += lengths[place - 1]
        share = so_far / total
        central = 0.2 < share < 0.8  # so that any sentence is short after a few halvings
        evenness = 1 - abs(share - 0.5) * 2
        pause = min(1.0, max(0.0, after.start_s - word.end_s)) if central else 0.0
        fitness = (central, _clause(word) * central + pause + evenness)
        best = max(best, (fitness, first + place), key=lambda one: one[0])
    middle = best[1]
    return [*_short_enough(words, first, middle), *_short_enough(words, middle, end)]


def _clause(word: Word) -> float:
    """How much of an end a word is: 2 for a semicolon or a dash, 1 for a comma."""
    text = _CLOSING.sub("", word.text)
    return next((2.0 - rank for rank, marks in enumerate(_CLAUSE_ENDS) if text.endswith(marks)), 0.0)


def _least_confidence(words: Sequence[Word]) -> float:
    means = [
        sum(word.confidence for word in words[place : place + _WINDOW]) / min(_WINDOW, len(words))
        for place in range(max(1, len(words) - _WINDOW + 1))
    ]
    return round(min(1.0, max(0.0, min(means))), 4) if words else 0.0
