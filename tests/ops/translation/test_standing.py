"""Published, draft or withheld."""

from __future__ import annotations

import pytest

from ops.translation.gates import Fault, Judgement
from ops.translation.standing import StandingState, standing_of

GOOD = Judgement(())
WARNED = Judgement((Fault.PUNCTUATION,))
BAD = Judgement((Fault.DROPPED, Fault.PUNCTUATION), passed=False)


@pytest.mark.parametrize(
    ("judgements", "told", "state"),
    [
        ([GOOD] * 100, {"conforming": 1.0}, StandingState.PUBLISHED),
        ([GOOD] * 97 + [BAD] * 3, {"conforming": 0.95}, StandingState.PUBLISHED),
        ([WARNED] * 100, {"conforming": 1.0}, StandingState.PUBLISHED),
        ([GOOD] * 96 + [BAD] * 4, {"conforming": 1.0}, StandingState.DRAFT),
        ([GOOD] * 100, {"conforming": 0.9}, StandingState.DRAFT),
        ([GOOD] * 100, {"conforming": None}, StandingState.DRAFT),
        ([GOOD] * 100, {"conforming": 1.0, "draft_source": True}, StandingState.DRAFT),
        ([GOOD] * 5, {"conforming": 1.0}, StandingState.PUBLISHED),
        ([GOOD] * 74 + [BAD] * 26, {"conforming": 1.0}, StandingState.WITHHELD),
        ([BAD] * 3, {"conforming": 1.0, "draft_source": True}, StandingState.WITHHELD),
        ([], {"conforming": 1.0}, StandingState.WITHHELD),
    ],
)
def test_a_language_is_what_was_measured_of_it(judgements: list[Judgement], told: dict, state: StandingState):
    assert standing_of(judgements, **told).state is state


def test_why_is_told_with_the_rate_and_the_commonest_faults():
    standing = standing_of([GOOD] * 90 + [BAD] * 10, conforming=1.0)

    assert standing.pass_rate == 0.9
    assert standing.why == ("90.0% of the sentences pass; publishing needs 97% (most often: dropped 10).")


def test_a_draft_source_is_told_before_anything_else():
    assert "draft themselves" in standing_of([GOOD] * 30, conforming=0.5, draft_source=True).why
