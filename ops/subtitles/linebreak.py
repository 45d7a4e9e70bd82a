"""Breaking a cue's text into lines: every place where a line may end is weighed, and the best kept.

One line where it fits. Else lines of even length, the lower rather the longer, ended where the language allows it best.
Text keeps its logical order in every script; marks of direction are a matter of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from ops.languages.table import language
from ops.subtitles.grammar import FORBIDDEN, break_penalty, ends_clause, ends_sentence, hyphen_penalty, opens_phrase
from ops.subtitles.measure import is_blank, unmarked
from ops.subtitles.profile import Limits
from ops.subtitles.unspaced import TORN, UNSPACED, foreign_space_penalty, unspaced_breaks, unspaced_penalty
from ops.subtitles.widths import prefix_widths

__all__ = [
    "BAD_BREAK",
    "Break",
    "break_points",
    "is_torn",
    "joined",
    "line_break_penalty",
    "lines_of",
    "space_penalty",
    "unbalanced",
]

BAD_BREAK = 26.0
"""Penalties from here on part what belongs together: an article from its noun, a first name from the last."""

_SPACE = regex.compile(r"[\t\n\r \u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000\u200b]+")
"""Spaces at which a line may end: neither U+00A0, U+2007 and U+202F nor the word joiner."""

_HYPHEN = regex.compile(r"(?<=[\p{L}\p{M}]{2}[-‐])(?=\p{L}{2})")
_ENDS_IN_HYPHEN = regex.compile(r"[\p{L}\p{M}]{2}[-‐]$")
_PHRASE_SPACE = 2.0
"""In scripts without spaces between words a space parts phrases."""

_LINE = 42
"""Penalties are told in characters of a line of so many; other lines are scaled to it."""

_TOP_HEAVY, _TOP_HEAVIER = 2.0, 0.2
_UNBALANCED = 60.0  # where a profile has a rule for it: above any break that tears nothing
_TOO_LONG = 400.0
"""A character: above any break that is not forbidden."""
_MOST_WEIGHED = 8
"""Lines up to which all ways are weighed. What is longer is no cue: its lines are filled one after another."""


@dataclass(frozen=True)
class Break:
    """A place where a line may end.

    Attributes:
        at: Code points of the text before it.
        resume: The first code point after it, spaces passed over.
        penalty: How bad it is, in characters of imbalance; `FORBIDDEN` and more where only need drives one there.
    """

    at: int
    resume: int
    penalty: float


def break_points(text: str, language_code: str) -> list[Break]:
    """All places where a line of a text may end, in order.

    Args:
        text: One line, without markup.
        language_code: A code of `ops.languages`.
    """
    script = language(language_code).script
    found: list[Break] = []
    spaces = [each.span() for each in _SPACE.finditer(text) if each.start() > 0 and each.end() < len(text)]
    starts = [0, *(end for _, end in spaces)]
    ends = [*(start for start, _ in spaces), len(text)]
    words = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    for place, (start, word) in enumerate(zip(starts, words, strict=True)):
        if script in UNSPACED:
            breaks = unspaced_breaks(word, script).items()
            found += [Break(start + at, start + at, penalty) for at, penalty in breaks if penalty < FORBIDDEN]
        else:
            found += _at_hyphens(word, start, language_code)
        if place < len(spaces):
            beyond = words[place + 2] if place + 2 < len(words) else ""
            found.append(Break(*spaces[place], space_penalty(word, words[place + 1], language_code, beyond)))
    return found


def _at_hyphens(word: str, start: int, language_code: str) -> Iterator[Break]:
    """Those of a word that begins at `start`; none within an address, a number or a name."""
    for each in _HYPHEN.finditer(word):
        penalty = hyphen_penalty(word[: each.start()], word[each.start() :], language_code)
        if penalty < FORBIDDEN:
            yield Break(start + each.start(), start + each.start(), penalty)


def space_penalty(before: str, after: str, language_code: str, beyond: str = "") -> float:
    """How bad a line may end at a space, as `ops.subtitles.grammar` tells it; in scripts that put none between words a
    space parts phrases.

    Args:
        before: What stands before the space, up to the one before.
        after: What stands after it.
        language_code: A code of `ops.languages`.
        beyond: The word after that.
    """
    penalty = break_penalty(before, after, language_code, beyond)
    if language(language_code).script not in UNSPACED or penalty >= FORBIDDEN or not (before and after):
        return penalty
    if before.endswith(".") and not ends_sentence(before, language_code, after):
        return penalty
    around = foreign_space_penalty(before, after)
    if around is not None:
        return penalty if ends_clause(before) or ends_sentence(before, language_code, after) else max(penalty, around)
    return min(penalty, _PHRASE_SPACE)


def line_break_penalty(before: str, after: str, language_code: str) -> float:
    """How bad it is that a line ends and the next begins as they do.

    Args:
        before: The upper line, not empty.
        after: The lower.
        language_code: A code of `ops.languages`.
    """
    script = language(language_code).script
    last = _SPACE.split(before.strip())[-1]
    first, beyond = [*_SPACE.split(after.strip()), ""][:2]
    if script in UNSPACED and last and first:
        return unspaced_penalty(last, first, script)
    if _is_within_word(last, first, language_code):
        return hyphen_penalty(last, first, language_code)
    return break_penalty(last, first, language_code, beyond)


def _is_within_word(last: str, first: str, language_code: str) -> bool:
    """Whether a line ended at a hyphen of a word, rather than with "Vor-" of "Vor- und Nachteile" or a speaker's break.

    Lines do not tell: it is one where both sides are of one case.
    """
    if not _ENDS_IN_HYPHEN.search(last) or not first[:2].isalpha():
        return False
    if first[0].isupper():
        return last[0].isupper()
    return not opens_phrase(first, language_code)


def joined(lines: Sequence[str], language_code: str) -> str:
    """Lines as one, with what their script asks for between them.

    A space; nothing between full-width characters; in Thai and its kin, where a line may have ended between words or
    within a phrase, a zero-width space, which says that one may end here.
    """
    script = language(language_code).script
    whole = ""
    for line in (each.strip() for each in lines):
        between = " "
        if script in UNSPACED and whole and line and not (_is_latin(whole[-1]) and _is_latin(line[0])):
            between = "" if script in ("Jpan", "Hans", "Hant") else "\u200b"
        whole += (between if whole else "") + line
    return whole


def is_torn(lines: Sequence[str], language_code: str) -> bool:
    """Whether a line ends within a phrase, in a script that writes words without spaces."""
    if language(language_code).script not in UNSPACED:
        return False
    return any(line_break_penalty(one, other, language_code) >= TORN for one, other in pairwise(lines))


def lines_of(text: str, limits: Limits) -> tuple[str, ...]:
    """A text in the lines that it is best read in.

    Args:
        text: One line or several; line breaks in it are spaces.
        limits: Their length and the language. What fits on no lines of that number takes more: nothing is lost.

    Returns:
        At least one line for a text that is not blank; none for a blank one.
    """
    text = joined(unmarked(text).splitlines(), limits.language)
    if is_blank(text):
        return ()
    widths = prefix_widths(text, wide=limits.wide)
    if widths[-1] <= limits.chars:
        return (text,)
    points = break_points(text, limits.language)
    filled = _fewest(points, widths, limits)
    count = len(filled) + 1
    if count == 2:
        ends = _best_two(points, widths, limits)
    else:
        ends = filled if count > _MOST_WEIGHED else _best(points, widths, limits.chars, count)
    starts = [0, *(points[end].resume for end in ends)]
    stops = [*(points[end].at for end in ends), len(text)]
    return tuple(line for line in (text[a:b].strip() for a, b in zip(starts, stops, strict=True)) if line)


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _fewest(points: Sequence[Break], widths: Sequence[float], limits: Limits) -> list[int]:
    """Where the lines end that are filled between phrases; within one where that spares a line too many or too long."""

    def harm(ends: list[int]) -> tuple[bool, bool]:
        starts = [0, *(points[end].resume for end in ends)]
        stops = [*(points[end].at for end in ends), len(widths) - 1]
        over = any(widths[stop] - widths[start] > limits.chars for start, stop in zip(starts, stops, strict=True))
        return over, len(ends) >= limits.lines

    ways = (_filled(points, widths, limits.chars, allowed=allowed) for allowed in (TORN, FORBIDDEN, float("inf")))
    return min(ways, key=harm)


def _filled(points: Sequence[Break], widths: Sequence[float], chars: int, *, allowed: float) -> list[int]:
    """Where the fewest lines end, filled one after another; a word longer than a line has one to itself."""
    ends: list[int] = []
    start = 0
    last: int | None = None
    for place, point in enumerate(points):
        if point.penalty >= allowed:
            continue
        if last is not None and widths[point.at] - widths[start] > chars:
            ends.append(last)
            start = points[last].resume
        last = place
    if last is not None and widths[-1] - widths[start] > chars:
        ends.append(last)
    return ends


def _best_two(points: Sequence[Break], widths: Sequence[float], limits: Limits) -> list[int]:
    chars, scale = limits.chars, _LINE / limits.chars

    def cost(place: int) -> float:
        point = points[place]
        upper, lower = widths[point.at], widths[-1] - widths[point.resume]
        return (
            scale * abs(upper - lower) + _shape(upper, lower, chars) + unbalanced(upper, lower, limits) + point.penalty
        )

    return [min(range(len(points)), key=cost)]


def unbalanced(upper: float, lower: float, limits: Limits) -> float:
    """What it costs that one of two lines is shorter than the profile wants it."""
    return _UNBALANCED if limits.balance and min(upper, lower) < limits.balance * max(upper, lower) else 0.0


def _shape(upper: float, lower: float, chars: int) -> float:
    """The lower line rather the longer, and none longer than the limit."""
    scale = _LINE / chars
    over = max(0.0, upper - chars) + max(0.0, lower - chars)
    top = _TOP_HEAVY + _TOP_HEAVIER * scale * (upper - lower) if upper > lower else 0.0
    return top + _TOO_LONG * scale * over


def _best(points: Sequence[Break], widths: Sequence[float], chars: int, count: int) -> list[int]:
    """The break points of a given number of lines, by dynamic programming over the lines' ends."""
    scale, even = _LINE / chars, widths[-1] / count
    best: list[dict[int, tuple[float, int]]] = [{-1: (0.0, -1)}]
    for line in range(1, count):
        ends: dict[int, tuple[float, int]] = {}
        for before, (cost, _) in best[-1].items():
            start = widths[0 if before < 0 else points[before].resume]
            for end in range(before + 1, len(points)):
                wide = widths[points[end].at] - start
                if wide > 1.5 * chars and end > before + 1:
                    break
                rest = (widths[-1] - widths[points[end].resume]) / chars - (count - line)
                price = cost + scale * (abs(wide - even) + _TOO_LONG * max(0.0, wide - chars)) + points[end].penalty
                price += _TOO_LONG * _LINE * max(0.0, rest)
                if end not in ends or price < ends[end][0]:
                    ends[end] = (price, before)
        best.append(ends or {-1: (0.0, -1)})

    def whole(end: int) -> float:
        wide = widths[-1] - widths[0 if end < 0 else points[end].resume]
        return best[-1][end][0] + scale * (abs(wide - even) + _TOO_LONG * max(0.0, wide - chars))

    path = [min(best[-1], key=whole)]
    for ends in reversed(best[1:]):
        path.append(ends[path[-1]][1])
    return [end for end in reversed(path) if end >= 0]
