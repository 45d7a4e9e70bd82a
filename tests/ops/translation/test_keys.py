"""A key changes with all that decides a sentence's words, and with nothing else."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ops.translation.gates import Fault, Judgement
from ops.translation.keys import Keys, Remembered
from ops.translation.terms import Term, Terms, Units
from ops.translation.translator import Decoding

KEYS = Keys("eng_Latn", "nllb:a", Decoding(), Terms(), "default")
TEXT = "The dragon flew 5 miles."


def key_of(keys: Keys, text: str = TEXT, antecedent: str = "", target: str = "deu_Latn") -> str:
    return keys.of(text, antecedent, target)


@pytest.mark.parametrize(
    "other",
    [
        key_of(KEYS, text="The dragon flew 6 miles."),
        key_of(KEYS, antecedent="Where was it?"),
        key_of(KEYS, target="fra_Latn"),
        key_of(replace(KEYS, source="fra_Latn")),
        key_of(replace(KEYS, engine="nllb:b")),
        key_of(replace(KEYS, decoding=Decoding(beams=1))),
        key_of(replace(KEYS, formality="formal")),
        key_of(replace(KEYS, terms=Terms((Term("dragon", "Drache", "deu_Latn"),)))),
        key_of(replace(KEYS, terms=Terms(keep=("Dragon",)))),
        key_of(replace(KEYS, terms=Terms(units=Units.KEEP))),
        key_of(replace(KEYS, unwritable="5")),
    ],
)
def test_what_decides_the_words_changes_the_key(other):
    assert other != key_of(KEYS)
    assert len(other) == 64


@pytest.mark.parametrize(
    "other",
    [
        replace(KEYS, terms=Terms((Term("castle", "Schloss", "deu_Latn"),))),
        replace(KEYS, terms=Terms((Term("dragon", "dragon", "fra_Latn"),))),
        replace(KEYS, terms=Terms((Term("drag", "ziehen", "deu_Latn"),), keep=("Sintel",))),
        replace(KEYS, unwritable="龍"),
    ],
)
def test_terms_and_signs_that_a_sentence_does_not_hold_do_not(other):
    assert key_of(other) == key_of(KEYS)


def test_two_parts_never_run_into_one_another():
    assert key_of(KEYS, "a b", "c") != key_of(KEYS, "a", "b c") != key_of(KEYS, "a b c", "")


def test_a_remembered_sentence_is_plain_json_and_back():
    kept = Remembered(
        "Der Drache.", Judgement((Fault.NAMES,), {"length": 0.5}, True), 2, "greedy", -0.5, -0.4, None, ("quotes",)
    )

    assert Remembered.from_json(json.loads(json.dumps(kept.to_json()))) == kept
