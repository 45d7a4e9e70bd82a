"""From a title's name in the catalogue to the words that can stand on a picture.

Names come from file names: "sintel_trailer_720p" is no title that one would print. What cannot be set (emoji, marks
without a letter) is left out; what is too long is shortened where a reader would shorten it.
"""

from __future__ import annotations

import re
import unicodedata

from ops.thumbnails.recipe import LONGEST_TEXT

__all__ = ["lockup_text"]

_TECHNICAL = re.compile(
    r"\b(\d{3,4}x\d{3,4}|\d{3,4}[pi]|[48]k|uhd|fhd|hd|sdr|hdr(10)?|[hx]\.?26[45]|hevc|av1|vp9|prores|web-?dl|blu-?ray|"
    r"master|final|v\d+|\d{2}fps)\b",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[\[({][^\])}]*[\])}]")
_SUBTITLE = re.compile(r"\s*(?::|\s[-–—|]\s)\s*")
_KEPT = ("L", "M", "N", "P", "Zs", "Sc")
"""Unicode categories that belong in a title; the others are emoji, arrows, dingbats and controls."""


def lockup_text(name: str) -> str:
    """The words to set for a title's name, at most `LONGEST_TEXT` characters; empty where there are none.

    "sintel_trailer_720p" is "Sintel Trailer", "Dune: Part Two" stays, an over-long name loses its subtitle first and
    then its last words.
    """
    text = unicodedata.normalize("NFC", name).replace("_", " ")
    if " " not in text.strip() and text.count(".") > 1:
        text = text.replace(".", " ")
    plain = _TECHNICAL.sub(" ", _BRACKETS.sub(" ", text))
    text = _tidy(plain) or _tidy(text)
    if text.islower() and text.isascii():
        text = " ".join(word[:1].upper() + word[1:] for word in text.split(" "))
    return _shortened(text)


def _tidy(text: str) -> str:
    letters = "".join(each for each in text if unicodedata.category(each)[0] in "LMNP" or _kept(each))
    words = " ".join(letters.split()).strip(" -–—|:;,._/\\#*")
    return words if any(unicodedata.category(each)[0] in "LN" for each in words) else ""


def _kept(character: str) -> bool:
    return unicodedata.category(character) in _KEPT or character in "+°"


def _shortened(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        text = _SUBTITLE.split(text, maxsplit=1)[0]
    if len(text) <= LONGEST_TEXT:
        return text
    cut = text[: LONGEST_TEXT - 1]
    if text[LONGEST_TEXT - 1] != " " and " " in cut:
        cut = cut.rpartition(" ")[0]
    return cut.rstrip(" -–—:;,.") + "…"
