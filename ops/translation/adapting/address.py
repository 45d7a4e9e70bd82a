"""How people are addressed: polite and familiar forms, and honorifics (`address.toml`)."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import regex

from ops.languages.table import language

__all__ = ["Formality", "formality_of", "with_honorifics"]

_FILE = Path(__file__).parents[1] / "address.toml"


class Formality(StrEnum):
    """How somebody is spoken to."""

    FORMAL = "formal"
    INFORMAL = "informal"


def formality_of(text: str, code: str) -> Formality | None:
    """How a text speaks to somebody, where the language tells it and the text is of one kind; None else."""
    found = {
        kind
        for kind in Formality
        if any(regex.search(rf"(?<!\p{{L}})(?:{word})(?!\p{{L}})", text) for word in _table()[kind].get(code, ()))
    }
    return found.pop() if len(found) == 1 else None


def with_honorifics(text: str, *, source_text: str, source: str, target: str) -> str:
    """Honorifics that the engine kept, joined to their names by a hyphen: "Tanaka San" is "Tanaka-san"."""
    if language(target).script != "Latn":
        return text
    for theirs, ours in _table()["honorifics"].get(source, {}).items():
        if theirs in source_text:
            text = regex.sub(rf"(?<=\p{{Lu}}\p{{Ll}}+)[ -](?i:{ours})(?!\p{{L}})", f"-{ours}", text)
    return text


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
