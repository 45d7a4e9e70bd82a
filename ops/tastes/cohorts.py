"""Many viewers of one leaning: when they like a style so surely that films are worth making in it beforehand.

A cohort is the viewers who lean to one style. One viewer's change of mind never orders anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ops.experiments.posterior import Beta, chance_to_beat
from ops.tastes.content import content_from_key
from ops.tastes.evidence import PLAIN, Evidence

__all__ = ["LEAST_VIEWERS", "CohortTaste", "Shift", "shifts"]

LEAST_VIEWERS = 25
"""Viewers of a cohort who must have seen the style on that kind of films."""

_CERTAIN = 0.975
"""How sure it must be that the style is liked more than what was ordered last, and than the film as it is."""

_PRIOR = Beta("", 30.0, 20.0)
"""Of the film as it is, where nobody said anything of it: 60 % as single viewers are believed to like it, and 7 % up or
down, for the mean of many differs less than they do."""


@dataclass(frozen=True)
class CohortTaste:
    """What the viewers who lean to one style think of another, on one kind of films; evidence as it counts now."""

    cohort: str
    style: str
    content: str
    viewers: int
    evidence: Evidence


@dataclass(frozen=True)
class Shift:
    """A cohort's taste for one kind of films that has become another than what was last ordered for it.

    Attributes:
        cohort: The style that its viewers lean to.
        content: The key of the kind of films.
        style: What they now like best on it.
        before: What was ordered last; PLAIN where nothing was.
        viewers: How many of them said so.
        chance: How likely they like it more than what was before.
        why: In words.
    """

    cohort: str
    content: str
    style: str
    before: str
    viewers: int
    chance: float
    why: str


def shifts(
    tastes: Iterable[CohortTaste], ordered: Mapping[tuple[str, str], str], *, least_viewers: int = LEAST_VIEWERS
) -> list[Shift]:
    """The cohorts and kinds of films whose taste is no longer what was ordered for.

    Args:
        tastes: What cohorts think.
        ordered: The style ordered last, by cohort and content.
        least_viewers: Of a style on a kind of films, below which nothing is said of it.
    """
    groups: dict[tuple[str, str], list[CohortTaste]] = {}
    for each in tastes:
        if each.cohort and any(content_from_key(each.content).key.split("/")):
            groups.setdefault((each.cohort, each.content), []).append(each)
    found = []
    for (cohort, content), group in sorted(groups.items()):
        shift = _shift(cohort, content, group, ordered.get((cohort, content), PLAIN), least_viewers)
        if shift is not None:
            found.append(shift)
    return found


def _shift(cohort: str, content: str, group: Sequence[CohortTaste], before: str, least: int) -> Shift | None:
    beliefs = {each.style: _belief(each) for each in group}
    heard = [each for each in group if each.viewers >= least and each.style != PLAIN]
    if not heard:
        return None
    leader = max(heard, key=lambda each: (beliefs[each.style].mean, each.style))
    if leader.style == before:
        return None
    chance = chance_to_beat(beliefs[leader.style], beliefs.get(before, _PRIOR))
    if chance < _CERTAIN or chance_to_beat(beliefs[leader.style], beliefs.get(PLAIN, _PRIOR)) < _CERTAIN:
        return None
    kind = content_from_key(content)
    why = (
        f"{leader.viewers} viewers who lean to {cohort} like {kind} in {leader.style}"
        f" ({beliefs[leader.style].mean:.0%} of the time, {chance:.1%} sure that it is more than {_told(before)})"
    )
    return Shift(cohort, content, leader.style, before, leader.viewers, chance, why)


def _belief(taste: CohortTaste) -> Beta:
    """What is believed of a cohort's liking: its viewers count once each at most, for one's deeds are of one mind."""
    amount = taste.evidence.amount
    counted = taste.evidence.times(min(1.0, taste.viewers / amount) if amount > 0 else 0.0)
    return Beta(taste.style, 1.0 + counted.liked, 1.0 + counted.disliked)


def _told(style: str) -> str:
    return "the film as it is" if style == PLAIN else style
