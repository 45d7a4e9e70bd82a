"""Whether a translation is in its language's script and words, and without an engine's mark for what it cannot write."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from pathlib import Path

import regex

from ops.languages.scripts import script_share
from ops.languages.table import language
from ops.translation.translator import Pair

__all__ = ["has_unknown_glyphs", "own_script", "strange_language", "wrong_script"]

_FILE = Path(__file__).parents[1] / "function_words.toml"
_UNKNOWN = regex.compile(r"<unk>|⁇|\ufffd|□|\u2047|<pad>|</?s>")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}'’]+")
_LETTER = regex.compile(r"\p{L}")

_FEWEST_LETTERS = 4
_MOST = 0.5
"""Share of a script's letters below which a text is in another one; names that stay in theirs are left out before."""
_MOST_HAN = 0.85
"""Of Simplified or Traditional: most characters are alike in both, a fifth of running text is not."""
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_FEWEST_WITHOUT_KANA = 8

_FOREIGN_WORDS = 2
"""Function words of another language alone, with none of its own, from which a text is in that one."""


def has_unknown_glyphs(pair: Pair) -> bool:
    """Whether an engine's mark for what it cannot write stands in a translation, and not in its source."""
    return any(mark not in pair.source for mark in _UNKNOWN.findall(pair.target))


@lru_cache(maxsize=1 << 15)
def own_script(pair: Pair, target: str) -> float:
    """How much of a translation's letters is of the target's script, 0 to 1; words that the source has as well do not
    count, if they are not the whole of it: a name may stay in its own script.
    """
    ours = set(_WORD.findall(pair.source))
    words = _WORD.findall(pair.target)
    named = {word for word in ours if word != word.lower()}
    text = " ".join(word for word in words if word not in named)
    return script_share(text, language(target).script) if _LETTER.search(text) else 1.0


def wrong_script(pair: Pair, target: str) -> bool:
    """Whether most of a translation is in a script that its language is not written in."""
    if len(_LETTER.findall(pair.target)) < _FEWEST_LETTERS:
        return False
    least = _MOST_HAN if language(target).script in ("Hans", "Hant") else _MOST
    return own_script(pair, target) < least


@lru_cache(maxsize=1 << 15)
def strange_language(pair: Pair, source: str, target: str) -> str:
    """The language whose function words a translation is full of while it has none of its own; empty where there is none.

    Told for the languages of `function_words.toml` alone; for other targets only against the source's language.
    """
    if language(target).script == "Jpan":
        plain = "".join(_LETTER.findall(pair.target))
        return "zho_Hans" if len(plain) >= _FEWEST_WITHOUT_KANA and not _KANA.search(plain) else ""
    words = {word.casefold() for word in _WORD.findall(pair.target)}
    own = _function_words().get(target)
    if own is None:
        theirs = _function_words().get(source, frozenset())
        found = words & theirs
        return source if len(found) > _FOREIGN_WORDS and 2 * len(found) > len(words) else ""
    if words & own:
        return ""
    script = language(target).script
    best = max(
        ((len(words & theirs - own), code) for code, theirs in _function_words().items() if code != target),
        default=(0, ""),
    )
    return best[1] if best[0] >= _FOREIGN_WORDS and language(best[1]).script == script else ""


@cache
def _function_words() -> dict[str, frozenset[str]]:
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {code: frozenset(words.split()) for code, words in table.items()}
