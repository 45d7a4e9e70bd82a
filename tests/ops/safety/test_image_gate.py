"""The gate is shut in doubt: only a checker that says so, soundly, lets a generated picture pass."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

from ops.safety.image_gate import GateState, Opinion, is_generated, judge_picture

PICTURE = np.zeros((9, 16, 3), np.uint8)


@dataclass
class Checker:
    answer: Opinion | Exception
    name: str = "classifier:tiny"

    def judge(self, rgb: np.ndarray) -> Opinion:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_without_a_checker_a_person_decides():
    judged = judge_picture(None, PICTURE)
    assert (judged.state, judged.checker, judged.score) == (GateState.PENDING, "none", None)


def test_what_a_checker_finds_safe_passes_and_names_it():
    judged = judge_picture(Checker(Opinion(True, 0.01234, "normal")), PICTURE)
    assert judged.to_json() == {"state": "passed", "checker": "classifier:tiny", "score": 0.012, "reason": "normal"}


@pytest.mark.parametrize(
    "answer",
    [
        Opinion(False, 0.93, "nsfw"),
        Opinion(True, math.nan, "?"),
        Opinion(True, 7.0, "?"),
        Opinion("yes", 0.1, "?"),  # type: ignore[arg-type]
        Opinion(True, None, "?"),  # type: ignore[arg-type]
        RuntimeError("CUDA out of memory"),
    ],
)
def test_anything_else_waits_for_a_person_and_still_names_the_checker(answer: Opinion | Exception):
    judged = judge_picture(Checker(answer), PICTURE)
    assert (judged.state, judged.checker) == (GateState.PENDING, "classifier:tiny")


def test_either_mark_tells_a_generated_variant():
    assert is_generated({"generated": True})
    assert is_generated({"digital_source_type": "trainedAlgorithmicMedia"})
    assert is_generated({"digital_source_type": "compositeWithTrainedAlgorithmicMedia"})
    assert not is_generated({"digital_source_type": "algorithmicallyEnhanced", "generated": False})
    assert not is_generated({})
