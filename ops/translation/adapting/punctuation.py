"""Marks as a language writes them: ellipses, its own commas and stops, spaces before marks, opened questions."""

from __future__ import annotations

import regex

from ops.translation.adapting.locale import Locale

__all__ = ["with_ellipses", "with_inverted_marks", "with_own_marks", "with_spaces", "without_final_stop"]

_NBSP = "\u00a0"
_SPACES = "[ \u00a0\u202f]"
_CLOSING = "\"'”’“»«」』)\\]）"
_SET_OFF = regex.compile(rf"(?<=[^\s?!;:]){_SPACES}*((?:[?!;]|:(?=\s|$))[?!]*)(?=[\s?!;:{_CLOSING}]|$)")
_TIGHT = regex.compile(rf"(?<=\S){_SPACES}+([,.?!]+)(?=\s|$)")
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
_WORD_BEFORE = r"[\p{L}\p{M}\p{N}\"'」』“”»)）]"
_SIGN = r"[\x21\x23-\x26\x28\x2a-\x2f\x3a-\x40]"
"""ASCII that no word ends in: a mark behind it is part of a sign (":)", "?!")."""
_STOPS = "。｡."

_SENTENCE = regex.compile(r"[^.?!…]*[.?!…]*")
_BEFORE_WORDS = regex.compile(r"[\s\-–—«\"“(…]*")


def with_ellipses(text: str) -> str:
    """Three dots as one sign, U+2026, as every guide asks; four are an ellipsis and no full stop in subtitles."""
    return regex.sub(r"\.{3,}|…[.…]+|\.+…", "…", text)


def with_own_marks(text: str, locale: Locale) -> str:
    """ASCII marks as the script has them; none within numbers, times or addresses.

    A full stop becomes the script's own at the end of a sentence only, and not after an abbreviation.
    """
    for ascii_mark, own in locale.marks.items():
        if ascii_mark == ".":
            text = _with_own_stops(text, own, locale)
        else:
            mark = regex.escape(ascii_mark)
            text = regex.sub(
                rf"(?<![\x21\x23-\x26\x28\x2a-\x2f\x3a-\x40]){mark}(?=[\s?!;:{_CLOSING}]|[^\x00-\x7f]|$)", own, text
            )
    if locale.marks.get(",") in ("，", "、"):  # full width brings its own space
        text = regex.sub(r"([，、；：？！。])[ \u3000]+(?=\S)(?![\p{Latin}\d])", r"\1", text)
    return text


def _with_own_stops(text: str, own: str, locale: Locale) -> str:
    end = rf"(?=[{_CLOSING}]*(\s|$))"
    stop = regex.compile(rf"(?<={_WORD_BEFORE})\.{end}|(?<={_UNSPACED}\p{{M}}*)\.(?={_UNSPACED})")

    def written(match: regex.Match[str]) -> str:
        word = regex.search(r"[\p{L}\p{M}\p{N}]*$", text[: match.start()])
        within = bool(match[1])
        short = word is not None and (word[0] in locale.abbreviations or regex.fullmatch(r"\p{L}|\d+", word[0]))
        unspaced = regex.match(_UNSPACED, text[match.start() - 1])
        return match[0] if within and short and not unspaced else own

    return stop.sub(written, text)


def with_spaces(text: str, locale: Locale) -> str:
    """Set off what the language sets off; nowhere else a space before a comma, a stop, or a question mark."""
    if not locale.spaced_marks:
        return _TIGHT.sub(r"\1", text)
    text = _SET_OFF.sub(lambda match: _NBSP + match[1], text)
    text = regex.sub(rf"«{_SPACES}*(?=\S)", f"«{_NBSP}", text)
    return regex.sub(rf"(?<=\S){_SPACES}*»", f"{_NBSP}»", text)


def with_inverted_marks(text: str, locale: Locale) -> str:
    """Questions and exclamations opened where they are not, at the beginning of their sentence.

    A question after a vocative ("Oye, ¿vienes?") begins later than its sentence: what the engine opened itself stays.
    """
    if not locale.inverted_marks:
        return text
    written = ""
    opened = ""
    for sentence in _SENTENCE.findall(text):
        opened += "".join(regex.findall("[¿¡]", sentence))
        asks = "?" in sentence
        if (asks or "!" in sentence) and not opened and regex.search(r"\p{L}", sentence):
            at = _BEFORE_WORDS.match(sentence)
            start = at.end() if at else 0
            written += f"{sentence[:start]}{'¿' if asks else '¡'}{sentence[start:]}"
        else:
            written += sentence
        if asks or "!" in sentence:
            opened = ""
    return written


def without_final_stop(text: str, locale: Locale) -> str:
    """A cue's text without its last full stop, where the language's subtitles have none; for whole cues, not sentences.

    Sentences that stand in one cue need the stop between them.
    """
    if locale.final_stop:
        return text
    return regex.sub(rf"(?<=[\p{{L}}\p{{M}}\p{{N}}])[{_STOPS}]([{_CLOSING}]?)$", r"\1", text.rstrip())
