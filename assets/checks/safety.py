"""What must hold of a title's variants so that they may be shown: their words, and the pictures that a model made."""

from __future__ import annotations

from assets.checks.expectations import between
from assets.checks.model import Check, Column, Kind, Promise, Row, Suite

__all__ = ["SAFETY_PROMISES", "safety_suite"]

_WHOLE = Promise("safety_table_whole", "Every variant was judged by the safety gates.", True)
_WORDS = Promise("text_is_clean", "No variant carries words that are listed, unless a person approved them.", True)
_PICTURES = Promise(
    "generated_pictures_were_reviewed_or_checked",
    "Each generated picture was judged safe by a checker or approved by a person; others are withheld until then.",
    False,
)

SAFETY_PROMISES = (_WHOLE, _WORDS, _PICTURES)


def safety_suite() -> Suite:
    """The checks of a table with one row a variant: `listed_words` and `withheld`, each 0 or 1, and `why`."""
    return Suite(
        row="variant",
        key="variant",
        columns=(
            Column("variant", Kind.TEXT),
            Column("listed_words", Kind.NUMBER),
            Column("withheld", Kind.NUMBER),
            Column("why", Kind.TEXT),
        ),
        whole=_WHOLE,
        checks=(
            Check(_WORDS, (between("listed_words", 0, 0, says=_listed),)),
            Check(_PICTURES, (between("withheld", 0, 0, says=_withheld),)),
        ),
    )


def _listed(row: Row) -> str:
    return f"{row['name']} {row['why']}"


def _withheld(row: Row) -> str:
    return f"{row['name']} waits for a person: {row['why']}"
