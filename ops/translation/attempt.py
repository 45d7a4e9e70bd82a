"""Translations of one language's sentences, tried and judged among one another until each is as good as it gets."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from ops.translation.adapt import adapted
from ops.translation.gates import Judgement, judged
from ops.translation.keys import Remembered
from ops.translation.protect import Protected, protected
from ops.translation.sentence import Sentence
from ops.translation.terms import Terms
from ops.translation.translator import Candidate, Decoding, Pair, Translator, TranslatorRow

__all__ = ["NOTHING", "Attempt", "Bench"]

NOTHING = Candidate("", 0.0)
"""Of a sentence that protection leaves nothing of (a note, an emoji), or that an engine does not answer."""

_SAMPLE_SHARE = 16
_SAMPLE = (4, 24)
"""One sentence in so many is translated back, at least and at most so many a language: each costs as much as one more
sentence, and 24 tell a share of bad ones to within 0.2."""


_AMONG = 240
"""Of so many others, evenly over the film, a median is as good as of all; 900 took 0.7 s to judge, in each of 202
languages, however few were new."""

_BACK = Decoding(beams=1)
"""Whether the sense came back is seen without beams as well."""


@dataclass(frozen=True)
class Attempt:
    """One translation of one sentence.

    Attributes:
        text: As it would be shown.
        log_prob: The engine's mean log-probability; None where that is no number.
        cut_short: Whether the engine ran out of room.
        lost: What should have stayed and did not.
        notes: What adaptation changed or tells.
        how: By what it was made.
        tries: How many were made up to it.
        forward: Mean log P(target | source), or None.
        backward: Mean log P(source | target), or None.
        back: It, translated back; None outside the sample.
        judgement: None before it is judged.
    """

    text: str
    log_prob: float | None
    cut_short: bool = False
    lost: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    how: str = "first"
    tries: int = 1
    forward: float | None = None
    backward: float | None = None
    back: str | None = None
    judgement: Judgement | None = None

    @property
    def passed(self) -> bool:
        """Whether it was judged, and passed."""
        return self.judgement is not None and self.judgement.passed

    def remembered(self) -> Remembered:
        """As the memory keeps it.

        Raises:
            ValueError: It was not judged.
        """
        if self.judgement is None:
            raise ValueError("an attempt is judged before it is remembered")
        return Remembered(
            self.text, self.judgement, self.tries, self.how, self.log_prob, self.forward, self.backward, self.notes
        )

    @classmethod
    def of(cls, known: Remembered) -> Attempt:
        """What was remembered, to be looked at among the others."""
        return cls(
            text=known.text,
            log_prob=known.log_prob,
            notes=known.notes,
            how=known.how,
            tries=known.tries,
            forward=known.forward,
            backward=known.backward,
            judgement=known.judgement,
        )

    def rank(self) -> tuple[bool, int, int, float]:
        """Greater is better: passed, fewer faults that fail, fewer faults, likelier both ways."""
        faults = self.judgement.faults if self.judgement else ()
        likely = [each for each in (self.forward, self.backward) if each is not None] or [self.likelihood]
        return self.passed, -sum(fault.fails for fault in faults), -len(faults), fmean(likely)

    @property
    def likelihood(self) -> float:
        """`log_prob`, by which attempts compare: what has none is the least likely."""
        return -math.inf if self.log_prob is None else self.log_prob


class Bench:
    """Where one language's attempts are made out of an engine's candidates, and judged.

    Args:
        sentences: All of the title's.
        translator: The engine.
        source: The source's code.
        target: The target's.
        terms: The title's.
        formality: How people are addressed.
        unwritable: Characters that the engine's vocabulary has not.
        wanted: The places of those that are translated now.
    """

    def __init__(
        self,
        sentences: Sequence[Sentence],
        translator: Translator,
        *,
        source: str,
        target: str,
        terms: Terms,
        formality: str,
        unwritable: str,
        wanted: Iterable[int],
    ) -> None:
        self._sentences = sentences
        self._translator = translator
        self._source, self._target = source, target
        self._terms, self._formality, self._unwritable = terms, formality, unwritable
        self._speaks_back = translator.speaks(target, source)
        wanted = sorted(wanted, key=lambda place: sentences[place].id)
        size = min(len(wanted), max(_SAMPLE[0], min(_SAMPLE[1], len(wanted) // _SAMPLE_SHARE)))
        self._sample = frozenset(wanted[:size]) if self._speaks_back else frozenset()

    @property
    def target(self) -> str:
        """The target's code."""
        return self._target

    def translated(self, rows: Sequence[TranslatorRow], decoding: Decoding) -> list[list[Candidate]]:
        """The rows' candidates in this language alone."""
        for _, candidates in self._translator.translate(rows, self._source, [self._target], decoding=decoding):
            return candidates
        return [[] for _ in rows]

    def attempt(self, place: int, ready: Protected, candidate: Candidate, *, how: str, tries: int) -> Attempt:
        """A candidate with everything put back, as the language writes it."""
        restored = ready.restore(candidate.text)
        lost = tuple(ready.lost(restored))
        text, notes = adapted(
            restored,
            source_text=self._sentences[place].text,
            source=self._source,
            target=self._target,
            formality=self._formality,
            units=self._terms.units,
        )
        return Attempt(text, _number(candidate.log_prob), candidate.cut_short, lost, notes, how, tries)

    def judged(self, standing: Mapping[int, Attempt], offers: Mapping[int, Attempt]) -> dict[int, Attempt]:
        """The offers with their judgements, each among what stands for the other sentences."""
        offers = self._measured(offers)
        others = sorted(standing.keys() - offers.keys())
        among = {place: standing[place] for place in others[:: 1 + len(others) // _AMONG]} | offers
        places = sorted(among)
        attempts = [among[place] for place in places]
        judgements = judged(
            [Pair(self._sentences[place].text, among[place].text) for place in places],
            self._source,
            self._target,
            forward=_any_known([each.forward for each in attempts]),
            backward=_any_known([each.backward for each in attempts]),
            log_probs=[each.log_prob for each in attempts],
            cut_short=[each.cut_short for each in attempts],
            lost=[each.lost for each in attempts],
            round_trip=[each.back for each in attempts],
            confidences=[self._sentences[place].confidence for place in places],
            terms=self._terms,
        )
        by_place = dict(zip(places, judgements, strict=True))
        return {place: replace(offer, judgement=by_place[place]) for place, offer in offers.items()}

    def best(self, standing: Mapping[int, Attempt], offers: Mapping[int, Sequence[Attempt]]) -> dict[int, Attempt]:
        """Of each sentence's offers, in turn, the best by the gates."""
        found: dict[int, Attempt] = {}
        for rank in range(max(map(len, offers.values()), default=0)):
            turn = {place: own[rank] for place, own in offers.items() if rank < len(own)}
            for place, offer in self.judged({**standing, **found}, turn).items():
                if place not in found or offer.rank() > found[place].rank():
                    found[place] = offer
        return found

    def _measured(self, offers: Mapping[int, Attempt]) -> dict[int, Attempt]:
        """The offers with their likelihood both ways, and the way back for those of the sample."""
        places = [place for place, offer in offers.items() if offer.text.strip()]
        pairs = [Pair(self._sentences[place].text, offers[place].text) for place in places]
        forward = self._translator.score(pairs, self._source, self._target) if pairs else None
        backward = None
        if pairs and self._speaks_back:
            turned = [Pair(pair.target, pair.source) for pair in pairs]
            backward = self._translator.score(turned, self._target, self._source)
        back = self._back({place: offers[place].text for place in places if place in self._sample})
        measured = dict(offers)
        for rank, place in enumerate(places):
            measured[place] = replace(
                offers[place],
                forward=_number(forward[rank]) if forward else None,
                backward=_number(backward[rank]) if backward else None,
                back=back.get(place),
            )
        return measured

    def _back(self, texts: Mapping[int, str]) -> dict[int, str]:
        """The texts in the source's language again, prepared and restored as on the way here."""
        ready = {
            place: protected(text, source=self._target, target=self._source, unwritable=self._unwritable)
            for place, text in texts.items()
        }
        sent = {place: each for place, each in ready.items() if each.text.strip()}
        if not sent:
            return {}
        rows = [TranslatorRow(each.text) for each in sent.values()]
        for _, candidates in self._translator.translate(rows, self._target, [self._source], decoding=_BACK):
            return {
                place: each.restore(own[0].text)
                for (place, each), own in zip(sent.items(), candidates, strict=True)
                if own
            }
        return {}


def _any_known(values: Sequence[float | None]) -> Sequence[float | None] | None:
    """None where none is known: then the gates go by the search's own figures."""
    return values if any(value is not None for value in values) else None


def _number(value: float) -> float | None:
    """None for NaN and the infinities, which an overflow in half precision gives."""
    return value if math.isfinite(value) else None
