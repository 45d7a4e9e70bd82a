"""What a person sees before anybody else."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ops.safety.text_gate import TextGate
from ops.safety.wordlist import house_words
from ops.translation.gates import Fault, Judgement
from ops.translation.review import for_review
from tests.ops.translation.good import TARGETS, good

GATE = TextGate(house_words())


@dataclass(frozen=True)
class Line:
    """A translation and what is said of it."""

    text: str
    judgement: Judgement | None = None


def why(source: str, target: str, code: str = "deu_Latn", *faults: Fault) -> list[str]:
    notes = for_review({"a": Line(target, Judgement(faults))}, {"a": source}, GATE, target=code)
    return [note.why for note in notes]


def test_a_listed_word_that_the_source_has_not_is_asked_about():
    assert why("Go away.", "Fuck off.") == ["holds 'fuck' (strong), and its source nothing of the kind"]


def test_a_film_that_swears_may_swear_in_its_translation():
    assert why("Fuck off, you bitch.", "Fuck off, bitch.") == []


@pytest.mark.parametrize(
    ("target", "text"),
    [("swe_Latn", "Det är slut."), ("dan_Latn", "Mit fag er slut."), ("fra_Latn", "Il est en retard.")],
)
def test_a_word_that_is_ordinary_in_the_language_is_not(target: str, text: str):
    assert why("It is over.", text, target) == []


@pytest.mark.parametrize("fault", [Fault.DETACHED, Fault.REPEATED, Fault.ADDED, Fault.WRONG_LANGUAGE])
def test_what_looks_made_up_is_asked_about(fault: Fault):
    assert why("Go away.", "Geh weg.", "deu_Latn", fault) == [f"may be made up by the engine ({fault})"]


def test_what_is_only_missing_is_not():
    assert why("Go away.", "", "deu_Latn", Fault.DROPPED) == []


@pytest.mark.parametrize("target", TARGETS)
def test_good_dialogue_is_not_asked_about(target: str):
    lines = {str(place): Line(pair.target) for place, pair in enumerate(good(target))}
    sources = {str(place): pair.source for place, pair in enumerate(good(target))}
    assert for_review(lines, sources, GATE, target=target) == []
