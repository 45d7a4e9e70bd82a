"""Cultural adaptation by rules: a translation written as its readers write.

What rules cannot do is not pretended: NLLB's address cannot be forced into "du" or "Sie", and a number in words stays.
"""

from __future__ import annotations

from collections.abc import Callable

from ops.translation.adapting.address import Formality, formality_of, with_honorifics
from ops.translation.adapting.locale import Locale, locale_of
from ops.translation.adapting.numbers import with_clock, with_dates, with_separators
from ops.translation.adapting.punctuation import (
    with_ellipses,
    with_inverted_marks,
    with_own_marks,
    with_spaces,
    without_final_stop,
)
from ops.translation.adapting.quotes import with_quotes
from ops.translation.adapting.units import converted
from ops.translation.terms import Units

__all__ = ["adapted", "adapted_cue"]

_DEFAULT = "default"
_MOST_ROUNDS = 5
"""One rule may make work for another (a space taken away joins two dots to a third); ordinary text needs one round."""


def adapted(
    text: str,
    *,
    source_text: str,
    source: str,
    target: str,
    formality: str = _DEFAULT,
    units: Units = Units.CONVERT,
) -> tuple[str, tuple[str, ...]]:
    """Write a translation as the target language's readers write; doing it again changes nothing.

    Args:
        text: The translation, as it came from the engine and with everything put back.
        source_text: The sentence.
        source: Its language's code.
        target: The target's.
        formality: "default", "formal" or "informal": what is asked for. Rules cannot rewrite an address; a translation
            that reads otherwise is told of, so that another candidate may be taken.
        units: What becomes of miles, feet, pounds and degrees Fahrenheit (`Terms.units`).

    Returns:
        The text, and what was changed or is worth telling, as short reasons ("quotes", "5 mile → 8 km").
    """
    ours, theirs = locale_of(target), locale_of(source)
    notes: list[str] = []
    if units is Units.CONVERT:
        text, changed = converted(text, source_text=source_text, source=source, target=target)
        notes += changed
    rules = _rules(source_text, source, target, theirs, ours)
    for _ in range(_MOST_ROUNDS):
        before = text
        for name, rule in rules.items():
            earlier, text = text, rule(text)
            if text != earlier and name not in notes:
                notes.append(name)
        if text == before:
            break
    reads = formality_of(text, target)
    if formality != _DEFAULT and reads not in (None, Formality(formality)):
        notes.append(f"reads {reads}, asked for {formality}")
    return text, tuple(notes)


def adapted_cue(text: str, *, target: str) -> str:
    """A whole cue's text as the language ends cues: Chinese, Japanese and Thai ones without a full stop."""
    return without_final_stop(text, locale_of(target))


def _rules(source_text: str, source: str, target: str, theirs: Locale, ours: Locale) -> dict[str, Callable[[str], str]]:
    """In the order in which they are applied."""
    return {
        "honorifics": lambda text: with_honorifics(text, source_text=source_text, source=source, target=target),
        "dates": lambda text: with_dates(text, source_text, theirs, ours),
        "clock": lambda text: with_clock(text, ours),
        "numbers": lambda text: with_separators(text, source_text, theirs, ours),
        "ellipsis": with_ellipses,
        "spaces": lambda text: with_spaces(text, ours),
        "quotes": lambda text: with_quotes(text, ours.quotes),
        "marks": lambda text: with_own_marks(text, ours),
        "opened questions": lambda text: with_inverted_marks(text, ours),
        "set-off marks": lambda text: with_spaces(text, ours),
    }
