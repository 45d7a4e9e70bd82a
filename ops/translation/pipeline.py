"""A title's sentences into every language: remembered, translated, judged, mended, and given out language by language.

All sentences that are new go to the engine in one call for all languages, which lets it read each of them once; what
fails is tried again by itself; what hangs on a sentence before it is tried in its light, and taken where that is no
worse. Each language is remembered before it is given out, so that whatever happens after it costs none of it; what goes
wrong with one language is told of that one and stops no other.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ops.languages.table import by_reach, language
from ops.progress import Progress, no_progress
from ops.translation.asking import OUTAGES, alignments, answers
from ops.translation.attempt import NOTHING, Attempt, Bench
from ops.translation.context import antecedents
from ops.translation.keys import Keys, Memory, Remembered, engine_of
from ops.translation.mending import mended
from ops.translation.protect import Protected, protected
from ops.translation.result import LanguageResult, made_notes
from ops.translation.sentence import Sentence
from ops.translation.terms import NO_TERMS, Terms
from ops.translation.translator import Candidate, Decoding, Pair, Translator, TranslatorRow

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
    parted: Collection[str] = (),
    progress: Progress = no_progress,
) -> Iterator[LanguageResult]:
    """Translate a title; each language comes out as soon as it is whole and remembered.

    Args:
        sentences: All of the title's, in order, with ids that differ.
        source: Their language's code.
        targets: The languages asked for; each is answered exactly once, those that most people read first.
        translator: The engine.
        memory: What was translated before.
        terms: The title's.
        formality: "default", "formal" or "informal".
        decoding: How the engine looks at first; four beams where not given.
        unwritable: Characters that the engine's vocabulary has not.
        parted: The ids of the sentences of which it must be known which words go together.
        progress: Told the share of languages that are done.

    Yields:
        One result a language. A language that the engine does not speak, or breaks down at, has an error, and stops no
        other.

    Raises:
        StoreError, OSError: The memory or what the engine reads is out of reach; so does what else the memory raises.
    """
    decoding = decoding or Decoding()
    keys = Keys(source, engine_of(translator), decoding, terms, formality, unwritable)
    title = _Title(sentences, source, translator, memory, terms, formality, unwritable, keys, frozenset(parted))
    reach = {each.code: place for place, each in enumerate(by_reach())}
    targets = sorted(dict.fromkeys(targets), key=lambda code: reach.get(code, len(reach)))
    began_s = time.monotonic()
    for done, result in enumerate(_results(title, targets, decoding), start=1):
        now_s = time.monotonic()
        progress(done / len(targets))
        yield replace(result, took_s=now_s - began_s)
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
    parted: frozenset[str]

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
        keys, known = _remembered(title, target, before)
        try:
            order = _ordered(title, target, keys, known)
        except Exception as failure:  # one language's
            if isinstance(failure, OUTAGES):
                raise
            yield _failed(target, failure)
            continue
        if order is None:
            yield _unspoken(title, target)
        elif order.rows:
            groups.setdefault(order.rows, []).append(order)
        else:
            yield _finished(title, order, {}, before)
    for rows, orders in groups.items():
        yield from _translated(title, rows, orders, before, decoding)


def _remembered(title: _Title, target: str, before: Sequence[int | None]) -> tuple[list[str], Mapping[str, Remembered]]:
    """The keys of all sentences, and what is remembered of them and stands."""
    keys = [
        title.keys.of(each.text, "" if place is None else title.sentences[place].text, target)
        for each, place in zip(title.sentences, before, strict=True)
    ]
    known = title.memory.known(list(dict.fromkeys(keys)))
    return keys, {key: each for key, each in known.items() if each.stands}


def _ordered(title: _Title, target: str, keys: Sequence[str], known: Mapping[str, Remembered]) -> _Order | None:
    """What is asked of the engine; None where it does not speak the language. Where all is known it is not asked."""
    new = [place for place, key in enumerate(keys) if key not in known]
    if new and not title.translator.speaks(title.source, target):
        return None
    return _Order(target, keys, known, {place: title.ready(title.sentences[place].text, target) for place in new})


def _translated(
    title: _Title,
    rows: tuple[str, ...],
    orders: Sequence[_Order],
    before: Sequence[int | None],
    decoding: Decoding,
) -> Iterator[LanguageResult]:
    """One call of the engine for all languages that lack the same sentences."""
    waiting = {order.target: order for order in orders}
    sent = [TranslatorRow(row) for row in rows]
    for target, answer in answers(title.translator, sent, title.source, list(waiting), decoding):
        if isinstance(answer, Exception):
            yield _failed(target, answer)
        else:
            yield _finished(title, waiting[target], dict(zip(rows, answer, strict=True)), before)


def _unspoken(title: _Title, target: str) -> LanguageResult:
    return LanguageResult(
        target,
        error=f"{title.translator.name} does not translate from {language(title.source).name}"
        f" into {language(target).name} ({target})",
    )


def _failed(target: str, failure: Exception) -> LanguageResult:
    return LanguageResult(target, error=f"{language(target).name}: {failure}", failure=failure)


def _finished(
    title: _Title, order: _Order, said: Mapping[str, Sequence[Candidate]], before: Sequence[int | None]
) -> LanguageResult:
    """One language, judged, mended and remembered."""
    try:
        fresh = _made(title, order, said, before) if order.ready else {}
        fresh |= _aligned(title, order, {**order.known, **fresh})
    except Exception as failure:  # it is this language's, and must keep no other back
        if isinstance(failure, OUTAGES):
            raise
        return _failed(order.target, failure)
    unanswered = {order.keys[place] for place, ready in order.ready.items() if ready.text.strip()}
    kept = {key: each for key, each in fresh.items() if each.text.strip() or key not in unanswered}
    if kept:
        title.memory.keep(order.target, kept)
    everything = {**order.known, **fresh}
    return LanguageResult(
        order.target,
        {each.id: everything[key] for each, key in zip(title.sentences, order.keys, strict=True)},
        remembered=len(title.sentences) - len(order.ready),
        notes=made_notes([fresh[order.keys[place]] for place in order.ready], of=len(order.keys)),
    )


def _made(
    title: _Title, order: _Order, said: Mapping[str, Sequence[Candidate]], before: Sequence[int | None]
) -> dict[str, Remembered]:
    """The sentences that are new, by key, each as good as it gets."""
    bench = title.bench(order.target, list(order.ready))
    standing = {place: Attempt.of(order.known[key]) for place, key in enumerate(order.keys) if key in order.known}
    offers = {
        place: [
            bench.attempt(place, ready, each, how="first", tries=1) for each in (said.get(ready.text) or (NOTHING,))
        ]
        for place, ready in order.ready.items()
    }
    standing |= bench.best(standing, offers)
    standing |= mended(bench, order.ready, standing)
    standing |= _in_context(title, order, bench, standing, before)
    return {order.keys[place]: standing[place].remembered() for place in order.ready}


def _aligned(title: _Title, order: _Order, entries: Mapping[str, Remembered]) -> dict[str, Remembered]:
    """Those of which it must be known which words go together and is not, with that."""
    lacking = {
        key: each.text
        for each, key in zip(title.sentences, order.keys, strict=True)
        if each.id in title.parted and entries[key].alignment is None and entries[key].text.strip()
    }
    if not lacking:
        return {}
    pairs = [Pair(text, entries[key].text) for key, text in lacking.items()]
    found = alignments(title.translator, pairs, title.source, order.target)
    return {key: replace(entries[key], alignment=each) for key, each in zip(lacking, found, strict=True)}


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
        if offer.passed and (not standing[place].passed or offer.likelihood >= standing[place].likelihood)
    }
