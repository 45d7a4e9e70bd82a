"""Why somebody sees what they see, in a sentence or two that they can check against their own memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from ops.tastes.evidence import PLAIN, Deed, DeedKind, Fading, evidence_of
from ops.tastes.weights import Mix

__all__ = ["Source", "deeds_told", "mix_told", "why_told"]

_LATELY = timedelta(days=7)
_STYLES_TOLD = 3
_HALF = 0.5
_VERBS: Mapping[DeedKind, str] = {
    DeedKind.PICK: "chose",
    DeedKind.LIKE: "liked",
    DeedKind.DISLIKE: "disliked",
    DeedKind.SKIP: "skipped",
    DeedKind.REWATCH: "came back to",
}
_TIMES = {1: "", 2: " twice"}


class Source(StrEnum):
    """Where a look comes from."""

    CHOICE = "choice"
    """The viewer chose it."""
    PROFILE = "profile"
    """What they did tells it."""
    POPULATION = "population"
    """Nothing is known of them: what others like."""
    TRIED = "tried"
    """Shown to learn whether they like it."""


def mix_told(mix: Mix, names: Mapping[str, str]) -> str:
    """A mix in words: "70 % Noir and 30 % Pastel", or "the film as it is"."""
    ranked = sorted((style for style in mix if style != PLAIN), key=lambda style: (-mix[style], style))
    if not ranked:
        return "the film as it is"
    if len(ranked) == 1 and mix.get(PLAIN, 0.0) < 0.05:  # a twentieth is not seen
        return names.get(ranked[0], ranked[0])
    told = [f"{round(100 * mix[style])} % {names.get(style, style)}" for style in ranked]
    if mix.get(PLAIN, 0.0) > 0:
        told.append(f"{round(100 * mix[PLAIN])} % of the film as it is")
    return _listed(told)


def deeds_told(deeds: Sequence[Deed], names: Mapping[str, str], now: datetime, fading: Fading) -> str:
    """What the viewer did, the weightiest first: "You chose Noir twice and skipped Pastel; 70 % of that is from the
    last week."; empty where they did nothing."""
    if not deeds:
        return ""
    counted: Counter[tuple[str, str]] = Counter()
    worth: dict[str, float] = {}
    lately = total = 0.0
    for deed in deeds:
        style = max(deed.weights, key=lambda each: (deed.weights[each], each))
        amount = sum(evidence.amount for evidence in evidence_of(deed).values()) * fading.growth(deed.at)
        counted[_verb(deed), style] += 1
        worth[style] = worth.get(style, 0.0) + amount
        total += amount
        lately += amount if deed.at > now - _LATELY else 0.0
    told = [
        f"{verb} {_name(style, names)}{_TIMES.get(times, f' {times} times')}"
        for style in sorted(worth, key=lambda each: (-worth[each], each))[:_STYLES_TOLD]
        for (verb, of), times in counted.most_common()
        if of == style
    ]
    recent = round(100 * lately / total) if total else 0
    return f"You {_listed(told)}; {recent} % of that is from the last week."


def why_told(source: Source, mix: Mix, names: Mapping[str, str], *, content: str, viewers: int = 0) -> str:
    """Why this look, in a sentence."""
    look = mix_told(mix, names)
    if source is Source.CHOICE:
        return f"You chose {look}."
    if source is Source.TRIED:
        return f"Something to try: {look}. Now and then you are shown another look, so that yours can be found."
    if source is Source.PROFILE:
        return f"By what you did, you like {content} in {look}."
    if not viewers:
        return "Nothing is known yet of what anybody likes: the film as it is."
    return f"Nothing is known of you yet: others see {content} in {look}."


def _verb(deed: Deed) -> str:
    if deed.kind is not DeedKind.WATCH:
        return _VERBS[deed.kind]
    return "watched films in" if (deed.share or 0.0) >= _HALF else "left films early in"


def _name(style: str, names: Mapping[str, str]) -> str:
    return "the plain film" if style == PLAIN else names.get(style, style)


def _listed(told: Sequence[str]) -> str:
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
