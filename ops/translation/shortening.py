"""The sentences of a language that cannot be read in their time, shortened by an engine that writes.

What it writes is taken where the gates pass, and remembered as translations are: a film in which one line was corrected
has that line shortened anew and no other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ops.subtitles.measure import length
from ops.subtitles.profile import Limits
from ops.translation.alignment import UNTOLD
from ops.translation.asking import alignments
from ops.translation.cueing import Cued, SpokenTitle
from ops.translation.gates import Judgement
from ops.translation.keys import Keys, Memory, Remembered
from ops.translation.realign import in_several_cues
from ops.translation.rewriter import NO_ANSWER, Rewriter, Shortening, shortened
from ops.translation.terms import NO_TERMS, Terms
from ops.translation.translator import Decoding, Pair, Translator

__all__ = ["shortened_sentences"]

_SEED_DIGITS = 7
"""Hexadecimal, of a sentence's key: what a sentence is asked with does not hang on its place in the film."""


def shortened_sentences(
    title: SpokenTitle,
    made: Cued,
    sentences: Mapping[str, Remembered],
    *,
    rewriter: Rewriter,
    translator: Translator,
    memory: Memory,
    source: str,
    terms: Terms = NO_TERMS,
) -> dict[str, Remembered]:
    """Shorter texts of the sentences that cannot be read in their time, by id; of those alone that could be had.

    Args:
        title: What is spoken.
        made: The cues as they are.
        sentences: The translations by the sentences' ids.
        rewriter: Who is asked.
        translator: Tells which words of a shorter text go with which of the source, where it stands in several cues.
        memory: What was shortened before.
        source: The language that is spoken.
        terms: The title's.
    """
    keys = Keys(source, f"shortened by {rewriter.name}", Decoding(), terms, "")
    asked = list(_asked(title, made, sentences, keys))
    known = {key: each for key, each in memory.known([each.key for each in asked]).items() if each.stands}
    sources = {each.id: each.text for each in title.sentences}
    run = [Pair(sources[name], each.text) for name, each in sentences.items()]
    target, parted = made.held.limits.language, frozenset(in_several_cues(title.track))
    found = {}
    for each in asked:
        entry = known.get(each.key) or _made(each, rewriter, run, terms)
        if entry is None:
            continue
        if entry.text and entry.alignment is None and each.name in parted:
            pair = Pair(each.shortening.source_text, entry.text)
            entry = replace(entry, alignment=alignments(translator, [pair], source, target)[0])
        if entry != known.get(each.key):
            memory.keep(target, {each.key: entry})
        if entry.text:
            found[each.name] = replace(entry, notes=sentences[each.name].notes)
    return found


@dataclass(frozen=True)
class _Asked:
    """A sentence that is too long: its id, what is asked, and by what it is remembered."""

    name: str
    shortening: Shortening
    key: str


def _asked(title: SpokenTitle, made: Cued, sentences: Mapping[str, Remembered], keys: Keys) -> Iterator[_Asked]:
    limits, sources = made.held.limits, {each.id: each.text for each in title.sentences}
    if limits.cps is None:
        return
    for name in made.hurried:
        frames = sum(cue.frames for cue in made.track.cues if cue.sentences == (name,))
        fits = int(frames / made.track.rate * limits.cps)
        text = sentences[name].text
        if 0 < fits < length(text, wide=limits.wide):
            key = keys.of(json.dumps([sources[name], text, fits], ensure_ascii=False), "", limits.language)
            yield _Asked(name, _shortening(text, sources[name], keys.source, fits, limits), key)


def _shortening(text: str, source_text: str, source: str, fits: int, limits: Limits) -> Shortening:
    def counted(line: str) -> float:
        return float(length(line, wide=limits.wide))

    return Shortening(text, source_text, source, limits.language, fits, length=counted)


def _made(asked: _Asked, rewriter: Rewriter, run: list[Pair], terms: Terms) -> Remembered | None:
    """What came of asking, a refusal too, which would be the same again; None where there was no answer to refuse."""
    answer = shortened(asked.shortening, rewriter, run=run, seed=int(asked.key[:_SEED_DIGITS], 16), terms=terms)
    if not answer.text and all(why == NO_ANSWER for _, why in answer.refused):
        return None
    return Remembered(
        answer.text,
        answer.judgement or Judgement((), {}, False),
        tries=len(answer.refused) + bool(answer.text),
        how=f"shortened by {rewriter.name}",
        log_prob=None,
        notes=tuple(why for _, why in answer.refused),
        alignment=None if answer.text else UNTOLD,
    )
