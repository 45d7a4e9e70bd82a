"""What is believed of a viewer's taste: a Beta posterior a style, under a prior that all other viewers taught.

    prior of a style     Beta(k m, k (1 - m)), m the other viewers' rate of liking it, itself shrunk to a half
    posterior            + the viewer's own evidence, faded by age, weighed by how alike the contents are

A like only ever raises its own style's posterior (in the order of likelihood ratios), and a dislike lowers it; whatever
is computed from the posteriors keeps that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ops.experiments.posterior import Beta, probability_best
from ops.tastes.content import Content, content_from_key, likeness
from ops.tastes.evidence import NOTHING, PLAIN, Cells, Evidence

__all__ = ["TasteOfStyle", "chances_best", "interval", "taste_of"]

_PRIOR_STRENGTH = 1.0
"""Deeds that the other viewers' opinion is worth: simulated viewers (benchmarks/tastes, another crowd than the page's)
lost 19.8 % of what they could have liked at 0.5, 18.7 % at 1 and 20.6 % at 2."""

_POPULATION_STRENGTH = 8.0
"""Deeds of other viewers below which a style's own rate says less than that a style is a style."""

_USUAL = 0.5
_USUAL_PLAIN = 0.6
"""A film as its makers graded it is liked a little more than a style of which nothing is known: styles must earn their
place."""

_LEAST_MEAN, _MOST_MEAN = 0.05, 0.95
"""No prior is so sure that a viewer could not differ."""


@dataclass(frozen=True)
class TasteOfStyle:
    """What is believed of one style for one viewer and content.

    Attributes:
        style: Its id.
        a: Of the posterior Beta(a, b) of the share of times that they like it.
        b: The same.
        own: The viewer's own evidence behind it.
        others: That of all other viewers.
    """

    style: str
    a: float
    b: float
    own: Evidence
    others: Evidence

    @property
    def mean(self) -> float:
        """How likely they like it."""
        return self.a / (self.a + self.b)


def taste_of(own: Cells, everybody: Cells, content: Content, styles: Iterable[str]) -> list[TasteOfStyle]:
    """What is believed of each style, in the order given.

    Args:
        own: The viewer's evidence as it counts now; empty of somebody new.
        everybody: All viewers', theirs included.
        content: What is about to be watched.
        styles: Ids, PLAIN among them where it competes.
    """
    beliefs = []
    for style in dict.fromkeys(styles):
        mine = _on(content, own.get(style, {}))
        others = _on(content, everybody.get(style, {})) - mine
        mean = _prior_mean(style, others)
        beliefs.append(
            TasteOfStyle(
                style,
                _PRIOR_STRENGTH * mean + mine.liked,
                _PRIOR_STRENGTH * (1 - mean) + mine.disliked,
                mine,
                others,
            )
        )
    return beliefs


def chances_best(beliefs: Sequence[TasteOfStyle]) -> dict[str, float]:
    """How likely each style is the viewer's favourite: Thompson's shares, exactly.

    A posterior of less than one like or dislike is taken for one of just one: it would be most dense at its very end,
    which says that somebody loves or hates what they never saw.
    """
    return probability_best([Beta(each.style, max(1.0, each.a), max(1.0, each.b)) for each in beliefs])


def interval(belief: TasteOfStyle, level: float = 0.8) -> tuple[float, float]:
    """Between which rates the viewer's liking lies with that certainty."""
    from scipy import special

    tail = (1 - level) / 2
    return (
        float(special.betaincinv(belief.a, belief.b, tail)),
        float(special.betainccinv(belief.a, belief.b, tail)),
    )


def _prior_mean(style: str, others: Evidence) -> float:
    usual = _USUAL_PLAIN if style == PLAIN else _USUAL
    mean = (_POPULATION_STRENGTH * usual + others.liked) / (_POPULATION_STRENGTH + others.amount)
    return min(_MOST_MEAN, max(_LEAST_MEAN, mean))


def _on(content: Content, cells: Mapping[str, Evidence]) -> Evidence:
    """What evidence on all kinds of films says of this kind."""
    total = NOTHING
    for key, evidence in cells.items():
        total += evidence.times(likeness(content, content_from_key(key)))
    return total
