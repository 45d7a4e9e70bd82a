"""Faults put into good text: how many of each the gates find, and how much of what they find is one.

Recall is told among the sentences that a fault was put into, precision among those that the gates charge with it; the
sentences without a fault are the same run's others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import regex

from ops.languages.table import language
from ops.translation.gates import Fault, judged
from ops.translation.translator import Pair
from tests.ops.translation.good import TARGETS, film, good

Spoil = Callable[[Pair, str, Sequence[Pair]], str | None]

_END = regex.compile(r"[\s.?!。？！।؟…]*$")
_FIRST_SENTENCE = regex.compile(r"^.*?[.?!。？！।؟]\s*(?=\S)")
_LATIN_NAMES = regex.compile(r"\b(?:Marta|Clara|George|Roy)\b|\b(?:Март|Клар|Джордж|Ро)\p{L}+\b")


def words(text: str, target: str) -> tuple[list[str], str]:
    if language(target).script in ("Jpan", "Hans"):
        return regex.findall(r"\X", text), ""
    return text.split(), " "


def half_dropped(pair: Pair, target: str, _: Sequence[Pair]) -> str | None:
    units, space = words(_END.sub("", pair.target), target)
    end = _END.search(pair.target)
    return space.join(units[: len(units) // 2]) + (end[0] if end else "") if len(pair.source) >= 35 else None


def sentence_dropped(pair: Pair, target: str, _: Sequence[Pair]) -> str | None:
    return _FIRST_SENTENCE.sub("", pair.target, count=1) if _FIRST_SENTENCE.search(pair.source) else None


def in_another_script(pair: Pair, target: str, _: Sequence[Pair]) -> str | None:
    other = "rus_Cyrl" if language(target).script != "Cyrl" else "arb_Arab"
    found = [each.target for each in good(other) if each.source == pair.source]
    return found[0] if found and len(pair.source) > 8 else None


def in_another_language(pair: Pair, target: str, _: Sequence[Pair]) -> str | None:
    other = {"deu_Latn": "fra_Latn", "fra_Latn": "spa_Latn", "spa_Latn": "deu_Latn", "jpn_Jpan": "zho_Hans"}.get(target)
    found = [each.target for each in good(other) if each.source == pair.source] if other else []
    return found[0] if found and len(pair.source) > 20 else None


def copied(pair: Pair, target: str, _: Sequence[Pair]) -> str | None:
    return pair.source if len(pair.source) > 8 else None


def looping(pair: Pair, target: str, _: Sequence[Pair]) -> str | None:
    units, space = words(_END.sub("", pair.target), target)
    return space.join(units + units[-3:] * 4) + "." if len(units) > 4 else None


def number_changed(pair: Pair, target: str, _: Sequence[Pair]) -> str | None:
    digits = regex.search(r"\d+", pair.target)
    return pair.target.replace(digits[0], str(int(digits[0]) + 7), 1) if digits else None


def name_dropped(pair: Pair, target: str, _: Sequence[Pair]) -> str | None:
    named = regex.search(r"\S \b(Marta|Clara|George|Roy)", pair.source)
    return _LATIN_NAMES.sub("", pair.target) if named and language(target).script in ("Latn", "Cyrl") else None


def with_unknown_glyph(pair: Pair, target: str, _: Sequence[Pair]) -> str | None:
    return pair.target[:3] + " ⁇ " + pair.target[3:]


def cut_short(pair: Pair, target: str, _: Sequence[Pair]) -> str | None:
    units, space = words(pair.target, target)
    return space.join(units[: max(1, int(len(units) * 0.8))]) if len(units) > 4 else None


def no_question(pair: Pair, target: str, _: Sequence[Pair]) -> str | None:
    return regex.sub(r"[ ?？؟¿]+", " ", pair.target).strip() + "." if pair.source.endswith("?") else None


def more_added(pair: Pair, target: str, run: Sequence[Pair]) -> str | None:
    longest = sorted((each.target for each in run if each.target != pair.target), key=len)[-2:]
    return f"{pair.target} {' '.join(longest)}" if 20 < len(pair.source) < 60 else None


@dataclass(frozen=True)
class Injected:
    """A fault, how it is made, what may be charged with it, and the floors that the gates must hold."""

    spoil: Spoil
    charged: tuple[Fault, ...]
    recall: float
    precision: float


FAULTS: Mapping[str, Injected] = {
    "half dropped": Injected(half_dropped, (Fault.DROPPED,), 0.78, 0.97),
    "sentence dropped": Injected(sentence_dropped, (Fault.DROPPED,), 0.65, 0.97),
    "another script": Injected(in_another_script, (Fault.WRONG_SCRIPT,), 0.99, 0.99),
    "another language": Injected(in_another_language, (Fault.WRONG_LANGUAGE,), 0.9, 0.99),
    "source copied": Injected(copied, (Fault.COPIED,), 0.97, 0.99),
    "loop": Injected(looping, (Fault.REPEATED,), 0.99, 0.99),
    "number changed": Injected(number_changed, (Fault.NUMBERS,), 0.99, 0.99),
    "name dropped": Injected(name_dropped, (Fault.NAMES,), 0.8, 0.99),
    "unknown glyph": Injected(with_unknown_glyph, (Fault.UNKNOWN_GLYPH,), 0.99, 0.99),
    "cut short": Injected(cut_short, (Fault.CUT_SHORT, Fault.DROPPED), 0.95, 0.99),
    "question lost": Injected(no_question, (Fault.PUNCTUATION,), 0.95, 0.99),
    "sentences added": Injected(more_added, (Fault.ADDED,), 0.85, 0.95),
}


@dataclass
class Found:
    """Counts."""

    put: int = 0
    found: int = 0
    charged: int = 0
    rightly: int = 0

    @property
    def recall(self) -> float:
        return self.found / self.put

    @property
    def precision(self) -> float:
        return self.rightly / self.charged if self.charged else 1.0


def measured(fault: Injected, every: int = 5) -> Found:
    """One fault in each fifth sentence that it can be put into, turn by turn over all of them, in every language."""
    told = Found()
    for target in TARGETS:
        run = good(target)
        spoilt = {place: text for place, pair in enumerate(run) if (text := fault.spoil(pair, target, run)) is not None}
        for turn in range(every):
            bad = set(sorted(spoilt)[turn::every])
            if bad:
                pairs = [Pair(pair.source, spoilt[at] if at in bad else pair.target) for at, pair in enumerate(run)]
                _count(told, judged(pairs, "eng_Latn", target), bad, fault)
    return told


def _count(told: Found, judgements: Sequence, bad: set[int], fault: Injected) -> None:
    for place, judgement in enumerate(judgements):
        charged = any(each in judgement.faults for each in fault.charged)
        told.put += place in bad
        told.found += charged and place in bad
        told.charged += charged
        told.rightly += charged and place in bad


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_put_into_good_text_is_found_and_nothing_else_is(name: str, capsys: pytest.CaptureFixture[str]):
    fault = FAULTS[name]

    told = measured(fault)

    with capsys.disabled():
        print(  # noqa: T201 - the table that docs/translation_quality.md tells
            f"\n{name:18} {told.put:4} put in, recall {told.recall:6.1%}, precision {told.precision:6.1%}", end=" "
        )
    assert told.recall >= fault.recall
    assert told.precision >= fault.precision


@pytest.mark.parametrize("target", TARGETS)
def test_good_text_passes(target: str):
    assert failures(good(target), target) == []


def failures(pairs: Sequence[Pair], target: str) -> list[Pair]:
    return [pair for pair, each in zip(pairs, judged(pairs, "eng_Latn", target), strict=True) if not each.passed]


def test_a_published_films_subtitles_pass(data: Path):
    pairs = film(data)

    assert len(pairs) == 13
    assert failures(pairs, "deu_Latn") == []
