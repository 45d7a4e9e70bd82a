"""A title's sentences into every language: remembered, translated, judged, mended, and given out language by language.

All sentences that are new go to the engine in one call for all languages, which lets it read each of them once; what
fails is tried again by itself; what hangs on a sentence before it is tried in its light, and taken where that is no
worse. Each language is remembered before it is given out, so that whatever happens after it costs none of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ops.errors import UsageError
from ops.languages.table import language
from ops.progress import Progress, no_progress
from ops.translation.attempt import NOTHING, Attempt, Bench
from ops.translation.context import antecedents
from ops.translation.keys import Keys, Memory, Remembered
from ops.translation.mending import mended
from ops.translation.protect import Protected, protected
from ops.translation.result import LanguageResult
from ops.translation.sentence import Sentence
from ops.translation.terms import NO_TERMS, Terms
from ops.translation.translator import Candidate, Decoding, Translator, TranslatorRow

__all__ = ["translate_title"]


def translate_title(
    sentences: Sequence[Sentence],
    *,
    source: str,
    targets: Sequence[str],
    translator: Translator,
    memory: Memory,
    terms: Terms = NO_TERMS,
    formality: str = "default",
    decoding: Decoding | None = None,
    unwritable: str = "",
    progress: Progress = no_progress,
) -> Iterator[LanguageResult]:
    """Translate a title; each language comes out as soon as it is whole and remembered.

    Args:
        sentences: All of the title's, in order, with ids that differ.
        source: Their language's code.
        targets: The languages asked for; each is answered exactly once, though not in this order.
        translator: The engine.
        memory: What was translated before.
        terms: The title's.
        formality: "default", "formal" or "informal".
        decoding: How the engine looks at first; four beams where not given.
        unwritable: Characters that the engine's vocabulary has not.
        progress: Told the share of languages that are done.

    Yields:
        One result a language. A language that the engine does not speak has an error, and stops no other.
    """
    decoding = decoding or Decoding()
    keys = Keys(source, translator.name, decoding, terms, formality, unwritable)
    title = _Title(sentences, source, translator, memory, terms, formality, unwritable, keys)
    targets = list(dict.fromkeys(targets))
    began_s = time.monotonic()
    for done, result in enumerate(_results(title, targets, decoding), start=1):
        now_s = time.monotonic()
        progress(done / len(targets))
        yield LanguageResult(
            result.language, result.sentences, result.remembered, result.error, result.notes, now_s - began_s
        )
        began_s = time.monotonic()


@dataclass(frozen=True)
class _Title:
    """What all languages share."""

    sentences: Sequence[Sentence]
    source: str
    translator: Translator
    memory: Memory
    terms: Terms
    formality: str
    unwritable: str
    keys: Keys

    def ready(self, text: str, target: str) -> Protected:
        return protected(text, terms=self.terms, source=self.source, target=target, unwritable=self.unwritable)

    def bench(self, target: str, wanted: Sequence[int]) -> Bench:
        return Bench(
            self.sentences,
            self.translator,
            source=self.source,
            target=target,
            terms=self.terms,
            formality=self.formality,
            unwritable=self.unwritable,
            wanted=wanted,
        )


@dataclass(frozen=True)
class _Order:
    """What one language asks of the engine.

    Attributes:
        target: Its code.
        keys: Of every sentence.
        known: What is remembered, by key.
        ready: Of the sentences that are not, by place.
    """

    target: str
    keys: Sequence[str]
    known: Mapping[str, Remembered]
    ready: Mapping[int, Protected]

    @property
    def rows(self) -> tuple[str, ...]:
        """What is sent, each text once, the same for all languages that lack the same sentences."""
        return tuple(dict.fromkeys(each.text for each in self.ready.values() if each.text.strip()))


def _results(title: _Title, targets: Sequence[str], decoding: Decoding) -> Iterator[LanguageResult]:
    before = antecedents(title.sentences, title.source)
    groups: dict[tuple[str, ...], list[_Order]] = {}
    for target in targets:
        if not title.translator.speaks(title.source, target):
            yield _unspoken(title, target)
            continue
        order = _ordered(title, target, before)
        if order.rows:
            groups.setdefault(order.rows, []).append(order)
        else:
            yield _finished(title, order, {}, before)
    for rows, orders in groups.items():
        yield from _translated(title, rows, orders, before, decoding)


def _ordered(title: _Title, target: str, before: Sequence[int | None]) -> _Order:
    keys = [
        title.keys.of(each.text, "" if place is None else title.sentences[place].text, target)
        for each, place in zip(title.sentences, before, strict=True)
    ]
    known = title.memory.known(list(dict.fromkeys(keys)))
    ready = {
        place: title.ready(each.text, target) for place, each in enumerate(title.sentences) if keys[place] not in known
    }
    return _Order(target, keys, known, ready)


def _translated(
    title: _Title,
    rows: tuple[str, ...],
    orders: Sequence[_Order],
    before: Sequence[int | None],
    decoding: Decoding,
) -> Iterator[LanguageResult]:
    """One call of the engine for all languages that lack the same sentences."""
    waiting = {order.target: order for order in orders}
    answers = title.translator.translate(
        [TranslatorRow(row) for row in rows], title.source, list(waiting), decoding=decoding
    )
    error = "the engine gave nothing for it"
    while True:
        try:
            target, candidates = next(answers)
        except StopIteration:
            break
        except UsageError as refusal:
            error = str(refusal)
            break
        yield _finished(title, waiting.pop(target), dict(zip(rows, candidates, strict=True)), before)
    for target in waiting:
        yield LanguageResult(target, error=f"{language(target).name}: {error}")


def _unspoken(title: _Title, target: str) -> LanguageResult:
    return LanguageResult(
        target,
        error=f"{title.translator.name} does not translate from {language(title.source).name}"
        f" into {language(target).name} ({target})",
    )


def _finished(
    title: _Title, order: _Order, answers: Mapping[str, Sequence[Candidate]], before: Sequence[int | None]
) -> LanguageResult:
    """One language, judged, mended and remembered."""
    bench = title.bench(order.target, list(order.ready))
    standing = {place: Attempt.of(order.known[key]) for place, key in enumerate(order.keys) if key in order.known}
    offers = {
        place: [
            bench.attempt(place, ready, each, how="first", tries=1) for each in (answers.get(ready.text) or (NOTHING,))
        ]
        for place, ready in order.ready.items()
    }
    standing |= bench.best(standing, offers)
    standing |= mended(bench, order.ready, standing)
    standing |= _in_context(title, order, bench, standing, before)
    fresh = {order.keys[place]: standing[place].remembered() for place in order.ready}
    if fresh:
        title.memory.keep(order.target, fresh)
    everything = {**order.known, **fresh}
    return LanguageResult(
        order.target,
        {each.id: everything[key] for each, key in zip(title.sentences, order.keys, strict=True)},
        remembered=len(title.sentences) - len(order.ready),
        notes=_notes(order, fresh),
    )


def _in_context(
    title: _Title, order: _Order, bench: Bench, standing: Mapping[int, Attempt], before: Sequence[int | None]
) -> dict[int, Attempt]:
    """The sentences that lean on one before them, translated in its light, where that passes and is as likely."""
    rows = {
        place: TranslatorRow(ready.text, title.sentences[lamp].text, {order.target: standing[lamp].text})
        for place, ready in order.ready.items()
        if ready.text.strip() and (lamp := before[place]) is not None and standing[lamp].passed
    }
    if not rows:
        return {}
    offers: dict[int, list[Attempt]] = {}
    for place, own in zip(rows, bench.translated(list(rows.values()), title.keys.decoding), strict=True):
        made = [
            bench.attempt(place, order.ready[place], each, how="in context", tries=standing[place].tries + 1)
            for each in own[:1]
        ]
        offers[place] = [each for each in made if each.text != standing[place].text]
    return {
        place: offer
        for place, offer in bench.best(standing, offers).items()
        if offer.passed and (not standing[place].passed or offer.log_prob >= standing[place].log_prob)
    }


def _notes(order: _Order, fresh: Mapping[str, Remembered]) -> tuple[str, ...]:
    if not fresh:
        return ()
    failing = sum(not each.judgement.passed for each in fresh.values())
    retried = sum(each.tries > 1 for each in fresh.values())
    notes = [f"{len(order.ready)} of {len(order.keys)} sentences were translated anew, {retried} more than once."]
    if failing:
        notes.append(f"{failing} of them fail their gates and are flagged.")
    left = sum(not each.judgement.passed and each.tries == 1 for each in fresh.values())
    if left > 1:
        notes.append(f"{left} that fail were not tried again: the language fails as a whole.")
    return tuple(notes)
