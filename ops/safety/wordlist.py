"""Lists of words by severity: the house's own, and a customer's."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ops.errors import SettingsError
from ops.safety.folding import fold

__all__ = ["Entry", "Severity", "WordList", "house_words", "read_words"]

_HOUSE = Path(__file__).with_name("words.toml")
_LONGEST = 80


class Severity(StrEnum):
    """Why a word is listed."""

    SEVERE = "severe"
    """A slur or a call to harm; found one typo away as well."""
    STRONG = "strong"
    """An obscenity."""
    NAME = "name"
    """A brand or a person that a customer wants to be asked about."""


@dataclass(frozen=True)
class Entry:
    """A listed word or phrase.

    Attributes:
        word: Folded, lower case.
        severity: Why it is listed.
        prefix: Whether a word may go on after it.
        inside: Whether a word may hold it anywhere.
    """

    word: str
    severity: Severity
    prefix: bool = False
    inside: bool = False

    def __str__(self) -> str:
        return self.word


@dataclass(frozen=True)
class WordList:
    """Entries, and the ordinary words that they must not be found in ("word" or "word*", folded)."""

    entries: tuple[Entry, ...]
    allowed: tuple[str, ...] = ()

    def __add__(self, other: WordList) -> WordList:
        return WordList(self.entries + other.entries, self.allowed + other.allowed)


@functools.cache
def house_words() -> WordList:
    """The lists that come with the house, `words.toml`."""
    return read_words(_HOUSE)


def read_words(path: Path) -> WordList:
    """Read lists: TOML with `severe`, `strong`, `names` and `allowed`, each an array of strings.

    Raises:
        SettingsError: The file cannot be read, or is not of that form; names the line or the entry.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"the word lists cannot be read ({error})", where=path, fix="Give a TOML file; see docs/safety.md."
        ) from error
    known = {"severe": Severity.SEVERE, "strong": Severity.STRONG, "names": Severity.NAME}
    unknown = content.keys() - known.keys() - {"allowed"}
    if unknown:
        raise SettingsError(
            f"has the lists {sorted(unknown)}", where=path, fix=f"Lists are {', '.join(known)} and allowed."
        )
    entries = [_entry(text, known[name], path) for name in known for text in _texts(content.get(name, []), name, path)]
    allowed = [_folded(text, path) for text in _texts(content.get("allowed", []), "allowed", path)]
    return WordList(tuple(entries), tuple(allowed))


def _texts(value: object, name: str, path: Path) -> Iterable[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise SettingsError(f"{name} is no list of words", where=path, fix=f'Write {name} = ["one", "two"].')
    return value


def _entry(text: str, severity: Severity, path: Path) -> Entry:
    word = _folded(text, path).strip("*")
    if not any(each.isalpha() for each in word) or len(word.replace(" ", "")) < 3:
        raise SettingsError(
            "has fewer than three letters, and would be found everywhere", where=f"{path}: {text!r}", fix="Remove it."
        )
    return Entry(word, severity, prefix=text.endswith("*"), inside=text.startswith("*"))


def _folded(text: str, path: Path) -> str:
    folded = " ".join(fold(text).split())
    if not folded or len(folded) > _LONGEST:
        raise SettingsError(
            f"has 1 to {_LONGEST} characters, and this has {len(folded)}", where=f"{path}: {text!r}", fix="Mend it."
        )
    return folded
