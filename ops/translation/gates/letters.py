"""Whether a translation is in its language's script and words, without an engine's mark for what it cannot write."""

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
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_LETTER = regex.compile(r"\p{L}")

_RUN = regex.compile(r"\p{Latin}[\p{Latin}\p{M}]*|[\p{L}\p{M}--\p{Latin}]+", flags=regex.V1)
"""Letters of Latin, or of anything else: "打开character文件夹" is three."""
_HAN = regex.compile(r"\p{Han}")
_PLAIN_SCRIPT = {"Hans": "Hani", "Hant": "Hani"}
_OTHERS = 0.25

_FEWEST_LETTERS = 4
_MOST = 0.5
"""Share of a script's letters below which a text is in another one; names that stay in theirs are left out before."""
_DENSE = ("Hans", "Hant", "Jpan", "Hang")
_MOST_DENSE = 0.35
"""In scripts that write a word in one or two letters one Latin word outweighs four of their own."""
_MOST_HAN = 0.85
"""Of Simplified or Traditional: most characters are alike in both, a fifth of running text is not."""
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_FEWEST_WITHOUT_KANA = 8

_FOREIGN_WORDS = 3
"""Function words of the source's language from which a target without a list of its own is in that one."""
_FEWEST_WORDS = 2
_MUCH_MORE, _TIMES_MORE = 1.0, 2.0
"""By how much, and how many times, another language's function words must outweigh a language's own: a word weighs what
one list in so many has it."""


def has_unknown_glyphs(pair: Pair) -> bool:
    """Whether an engine's mark for what it cannot write stands in a translation, and not in its source."""
    return any(mark not in pair.source for mark in _UNKNOWN.findall(pair.target))


@lru_cache(maxsize=1 << 15)
def own_script(pair: Pair, target: str) -> float:
    """How much of a translation's letters is of the target's script, 0 to 1.

    Words that stand in the source as well, names of persons and files, do not count while most letters are others.
    """
    theirs = set(_RUN.findall(pair.source))
    runs = _RUN.findall(pair.target)
    others = "".join(run for run in runs if run not in theirs)
    told = others if len(others) >= _OTHERS * sum(map(len, runs)) else "".join(runs)
    return script_share(told, _PLAIN_SCRIPT.get(language(target).script, language(target).script))


def wrong_script(pair: Pair, target: str) -> bool:
    """Whether most of a translation is in a script that its language is not written in."""
    if len(_LETTER.findall(pair.target)) < _FEWEST_LETTERS:
        return False
    script = language(target).script
    least = _MOST_DENSE if script in _DENSE else _MOST
    return own_script(pair, target) < least or _other_chinese(pair.target, script)


def _other_chinese(text: str, script: str) -> bool:
    han = "".join(_HAN.findall(text))
    return script in _PLAIN_SCRIPT and len(han) >= _FEWEST_LETTERS and script_share(han, script) < _MOST_HAN


@lru_cache(maxsize=1 << 15)
def strange_language(pair: Pair, source: str, target: str) -> str:
    """The language whose function words a translation is full of, far more than of its own; else empty.

    Told for the languages of `function_words.toml` alone; for other targets only against the source's language.
    """
    if language(target).script == "Jpan":
        plain = "".join(_LETTER.findall(pair.target))
        return "zho_Hans" if len(plain) >= _FEWEST_WITHOUT_KANA and not _KANA.search(plain) else ""
    words = {word.casefold() for word in _WORD.findall(pair.target)}
    if target not in _function_words():
        found = words & _function_words().get(source, frozenset())
        return source if len(found) >= _FOREIGN_WORDS and 2 * len(found) > len(words) else ""
    weighed = {code: sum(_weight(word) for word in words & theirs) for code, theirs in _function_words().items()}
    own = weighed.pop(target)
    most, code = max((weight, code) for code, weight in weighed.items())
    several = len(words & _function_words()[code]) >= _FEWEST_WORDS
    return code if several and most >= own + _MUCH_MORE and most > _TIMES_MORE * own else ""


@cache
def _weight(word: str) -> float:
    return 1.0 / sum(word in words for words in _function_words().values())


@cache
def _function_words() -> dict[str, frozenset[str]]:
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {code: frozenset(words.split()) for code, words in table.items()}
