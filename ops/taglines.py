"""What may be printed under a title, and reading it out of a language model's answer.

A model writes what it likes. A line is taken whole or refused with its reason; it is never mended into something else,
except for what only marks it as a line: a bullet or number before it, one pair of quotes around it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from ops.writing import NothingUsable

__all__ = [
    "LONGEST_PROMPT",
    "LONGEST_TAGLINE",
    "TRIES",
    "Reading",
    "gathered",
    "read_prompts",
    "read_taglines",
    "why_no_prompt",
    "why_no_tagline",
]

LONGEST_TAGLINE = 48
"""Characters; the same as of a title, see `thumbnails.recipe.LONGEST_TEXT`."""

LONGEST_PROMPT = 160
"""Characters of a picture's description: with a genre's prompt it stays within CLIP's 77 tokens."""

TRIES = 3
"""How often a model is asked, each time with another seed, before what there is must do."""

_MARK = re.compile(r"^\s*(?:[-*•–]\s+|\(?\d{1,2}[.)]\s+)")
_PAIRS = {'"': '"', "“": "”", "„": "“", "«": "»", "'": "'", "‘": "’"}
_QUOTES = re.compile(r"[\"“”„«»‹›]|(?<!\w)['‘’]|['’](?!\w)")
_MARKUP = re.compile(r"[<>{}\[\]|`*_#~^\\=@]|https?:|www\.|\.(?:com|org|net)\b", re.IGNORECASE)
_CHATTER = re.compile(
    r"\b(taglines?|prompts?|sure|certainly|here (?:are|is)|as an ai|language model|i cannot|i can't|instructions?"
    r"|characters?|title)\b|:$",
    re.IGNORECASE,
)
_CLAIMS = re.compile(
    r"\b(awards?|oscars?|emmys?|grammys?|winner|winning|nominated|nominations?|acclaimed|critics?|bestselling|"
    r"best[- ]?sellers?|blockbuster|masterpiece|the best|the greatest|number one|based on|true (?:story|events?)|"
    r"real events?|starring|directed by|produced by|from the (?:director|creator|maker|producer|writer|studio|team)s?|"
    r"rated|uncensored|coming soon|in (?:cinemas|theaters|theatres)|now (?:streaming|playing)|only on|season \d+|"
    r"episode \d+|for free|free (?:trial|to watch))\b|[%$€£]",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-ZÀ-Þ][a-zß-ÿ]+")


@dataclass(frozen=True)
class Reading:
    """What was read out of an answer.

    Attributes:
        taken: The lines that may be used, without doubles, in their order.
        refused: The others, each with its reason.
    """

    taken: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def why_no_tagline(line: str, *, title: str = "") -> str:
    """Why a line cannot stand under a title; empty where it can.

    It is 3 to 48 characters of plain text without quotes, markup, emoji, addresses or talk to the reader of the answer,
    claims nothing of prizes, origin, cast or price, and does not repeat the title.
    """
    faults = {
        f"has {len(line)} characters, and {LONGEST_TAGLINE} fit": len(line) > LONGEST_TAGLINE,
        "is too short": len(line) < 3,
        "holds what is no plain text": not _plain(line),
        "holds quotes": bool(_QUOTES.search(line)),
        "holds markup or an address": bool(_MARKUP.search(line)),
        "talks about the task": bool(_CHATTER.search(line)),
        "claims what the house does not know": bool(_CLAIMS.search(line)),
        "repeats the title": _repeats(line, title),
        "has no words": sum(each.isalpha() for each in line) < 3,
    }
    return next((fault for fault, is_so in faults.items() if is_so), "")


def why_no_prompt(line: str, *, title: str = "") -> str:
    """Why a line is no description of a picture; empty where it is.

    It is 10 to 160 characters of plain text that name nobody: no capital but at its start, so that no living person's
    likeness is asked for.
    """
    faults = {
        f"has {len(line)} characters, and {LONGEST_PROMPT} fit": len(line) > LONGEST_PROMPT,
        "is too short": len(line) < 10,
        "holds what is no plain text": not _plain(line),
        "holds quotes": bool(_QUOTES.search(line)),
        "holds markup or an address": bool(_MARKUP.search(line)),
        "talks about the task": bool(_CHATTER.search(line)),
        "names somebody": bool(_NAME.search(line)),
        "repeats the title": _repeats(line, title),
    }
    return next((fault for fault, is_so in faults.items() if is_so), "")


def read_taglines(answer: str, *, title: str) -> Reading:
    """The taglines in a model's answer, one a line."""
    return _read(answer, lambda line: why_no_tagline(line, title=title))


def read_prompts(answer: str, *, title: str) -> Reading:
    """The descriptions of pictures in a model's answer, one a line."""
    return _read(answer, lambda line: why_no_prompt(line, title=title))


def gathered(ask: Callable[[int], str], read: Callable[[str], Reading], *, count: int, who: str) -> list[str]:
    """Ask until there are enough lines, at most `TRIES` times.

    Args:
        ask: Gives an answer for a try, counted from 0.
        read: Reads it.
        count: How many lines are wanted; fewer come where the tries do not give more.
        who: Who is asked, for the error.

    Raises:
        NothingUsable: Not one line could be used; says why the most were refused.
    """
    lines: dict[str, str] = {}
    reasons: Counter[str] = Counter()
    for attempt in range(TRIES):
        reading = read(ask(attempt))
        for line in reading.taken:
            lines.setdefault(_key(line), line)
        reasons.update(why for _, why in reading.refused)
        if len(lines) >= count:
            break
    if not lines:
        told = "; ".join(f"{times} × {why}" for why, times in reasons.most_common(3)) or "the answers were empty"
        raise NothingUsable(
            f"none of its lines can be used after {TRIES} tries ({told})",
            where=who,
            fix="Choose a model that follows instructions, or set SHOWRUNNER_TEXT_ENGINE=embedded.",
        )
    return list(lines.values())[:count]


def _read(answer: str, why_not: Callable[[str], str]) -> Reading:
    taken: dict[str, str] = {}
    refused = []
    for raw in answer.splitlines():
        line = _unmarked(raw)
        if not line:
            continue
        why = why_not(line) or ("is there already" if _key(line) in taken else "")
        if why:
            refused.append((line, why))
        else:
            taken[_key(line)] = line
    return Reading(tuple(taken.values()), tuple(refused))


def _unmarked(raw: str) -> str:
    line = _MARK.sub("", raw, count=1).strip()
    if len(line) > 2 and _PAIRS.get(line[0]) == line[-1]:
        line = line[1:-1].strip()
    return line


def _key(line: str) -> str:
    """By which two lines are one: their letters, whatever their case and punctuation."""
    return "".join(each for each in line.casefold() if each.isalnum())


def _plain(line: str) -> bool:
    """Letters, marks, digits, punctuation and single spaces; no emoji, symbols, controls or double spaces."""
    return "  " not in line and all(unicodedata.category(each)[0] in "LMNP" or each == " " for each in line)


def _repeats(line: str, title: str) -> bool:
    words = re.escape(title.strip())
    return len(title.strip()) >= 3 and re.search(rf"(?<!\w){words}(?!\w)", line, re.IGNORECASE) is not None
