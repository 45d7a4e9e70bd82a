"""From the tokens of a text to its words, with their times and how sure they are.

Tokens are bytes: one may be a whole word with the space before it, or a third of a Chinese character. Times are known
of tokens; a word has those of its letters, so that the pause which Whisper lays on a full stop does not lengthen it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import regex

from ops.languages.scripts import UNSPACED

__all__ = ["Piece", "TimedPiece", "bytes_of_tokens", "pieces_of_text", "pieces_of_words", "timed"]

_NO_BREAK_SPACE = "\u00a0"
_LONE = regex.compile(r"\p{P}+")
_OPENING = regex.compile(r"[\p{Ps}\p{Pi}¿¡]+")
_DASH = regex.compile(r"\p{Pd}+")
_SENTENCE_END = regex.compile(r"[.!?…。！？]\p{P}*$")
_LETTER = regex.compile(r"[\p{L}\p{N}\p{M}]")
_UNIT = regex.compile(  # words of other scripts stay whole ("iPhone 15" in Japanese), Tibetan syllables too
    r"[[\p{L}\p{N}\p{M}]--[\p{Han}\p{Hira}\p{Kana}\p{Thai}\p{Lao}\p{Mymr}\p{Khmr}ー々]]+(?:[.,'’][\p{N}\p{Latin}]+)*|\X",
    regex.V1,
)


@dataclass(frozen=True)
class Piece:
    """A word in its text.

    Attributes:
        text: As it is written.
        start: Its first character in the whole text.
        end: One past its last.
        spaced: Whether a space comes before it.
    """

    text: str
    start: int
    end: int
    spaced: bool


@dataclass(frozen=True)
class TimedPiece:
    """A word in its window, seconds from the window's start."""

    text: str
    start_s: float
    end_s: float
    confidence: float
    spaced: bool


def bytes_of_tokens(tokens: Iterable[str]) -> list[bytes]:
    """What each token of a byte-level vocabulary writes."""
    alphabet = _alphabet()
    return [b"".join(alphabet.get(letter, letter.encode()) for letter in token) for token in tokens]


def pieces_of_text(tokens: Sequence[bytes], *, script: str) -> list[Piece]:
    """The words that tokens write: between spaces, character by character, of Tibetan by syllables; marks stay on them.

    Args:
        tokens: What each writes.
        script: ISO 15924.
    """
    text = _text(tokens)
    if script in UNSPACED:
        found = [(match.start(), match.end()) for match in _UNIT.finditer(text) if not match[0].isspace()]
    else:
        found = [(match.start(), match.end()) for match in regex.finditer(r"\S+", text)]
    pieces = [Piece(text[start:end], start, end, start > 0 and text[start - 1].isspace()) for start, end in found]
    if pieces and script not in UNSPACED:
        pieces[0] = Piece(pieces[0].text, pieces[0].start, pieces[0].end, spaced=True)
    whole = [_whole(piece) for piece in _with_punctuation(pieces)]
    return [piece for piece in whole if piece.text]


def pieces_of_words(words: Sequence[str], *, script: str) -> tuple[str, list[Piece]]:
    """A text that is known word by word, as Whisper would write it, and each word's place in it."""
    text, pieces = "", []
    for word in words:
        spaced = script not in UNSPACED
        text += " " if spaced else ""
        pieces.append(Piece(word, len(text), len(text) + len(word), spaced))
        text += word
    return text, pieces


def timed(
    pieces: Sequence[Piece],
    tokens: Sequence[bytes],
    *,
    bounds_s: np.ndarray,
    log_probs: Sequence[float],
    length_s: float,
    frame_s: float,
) -> list[TimedPiece]:
    """Words with times that neither overlap nor leave the window.

    Args:
        pieces: Words of the text that the tokens write, in order.
        tokens: What each writes.
        bounds_s: (tokens + 1,) where each begins, and where the last one ends, never falling.
        log_probs: Of each token.
        length_s: Of the window.
        frame_s: The least that a word lasts, where the window has room for so many.
    """
    text = _text(tokens)
    starts, ends = _character_times(text, tokens, bounds_s)
    holders = _holders(text, tokens)
    spans, confidences = [], []
    for piece in pieces:
        heard = [place for place in range(piece.start, piece.end) if _LETTER.match(text[place])]
        heard = heard or [place for place in range(piece.start, piece.end) if not text[place].isspace()]
        if heard:
            spans.append((starts[heard[0]], ends[heard[-1]]))
            held = log_probs[holders[heard[0]][0] : holders[heard[-1]][1] + 1]
            confidences.append(float(np.exp(np.mean(held))))
        else:  # a word without a character lies where it would be written
            at = ends[piece.start - 1] if piece.start else bounds_s[0]
            spans.append((at, at))
            confidences.append(0.0)
    apart = _apart(spans, length_s=length_s, least_s=frame_s)
    return [
        TimedPiece(piece.text, start, end, sure, piece.spaced)
        for piece, (start, end), sure in zip(pieces, apart, confidences, strict=True)
    ]


def _with_punctuation(pieces: Sequence[Piece]) -> list[Piece]:
    """Marks that stand alone go to the word that they belong to: "oui", "?" to "oui ?", never to be parted."""
    done: list[Piece] = []
    waiting: Piece | None = None
    for each in pieces:
        piece = _joined(waiting, each) if waiting else each
        waiting = None
        if not _LONE.fullmatch(piece.text):
            done.append(piece)
        elif not done or _leads(piece.text, done[-1].text):
            waiting = piece
        else:
            done[-1] = _joined(done[-1], piece)
    if waiting:
        done = [*done[:-1], _joined(done[-1], waiting)] if done else [waiting]
    return done


def _leads(mark: str, before: str) -> bool:
    """Whether a mark belongs to the word after it: an opening one, or the dash of the next speaker."""
    return bool(_OPENING.fullmatch(mark) or (_DASH.fullmatch(mark) and _SENTENCE_END.search(before)))


def _joined(one: Piece, other: Piece) -> Piece:
    between = _NO_BREAK_SPACE if other.spaced else ""
    return Piece(one.text + between + other.text, one.start, other.end, one.spaced)


def _whole(piece: Piece) -> Piece:
    """Without the bytes that make no character, as a text that was cut short ends in."""
    return Piece(piece.text.encode("utf-8", "ignore").decode(), piece.start, piece.end, piece.spaced)


def _text(tokens: Sequence[bytes]) -> str:
    """What tokens write; a byte of no character is a lone surrogate, one each, so that characters can be counted."""
    return b"".join(tokens).decode("utf-8", "surrogateescape")


def _widths(text: str) -> list[int]:
    return [len(letter.encode("utf-8", "surrogateescape")) for letter in text]


def _character_times(text: str, tokens: Sequence[bytes], bounds_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(characters,) when each begins and ends: the bytes of a token share its time, and spaces have none of it."""
    begins, stops = [], []
    for token, start, end in zip(tokens, bounds_s[:-1], bounds_s[1:], strict=True):
        weights = np.array([0.0 if byte in b" \t\r\n" else 1.0 for byte in token])
        weights = weights if weights.any() else np.ones(len(token))
        shares = np.cumsum(weights) / max(weights.sum(), 1.0)
        begins += (start + (end - start) * np.concatenate(([0.0], shares))[:-1]).tolist() if token else []
        stops += (start + (end - start) * shares).tolist()
    last = np.cumsum(_widths(text)) if text else np.empty(0, int)
    first = np.concatenate(([0], last[:-1])) if text else last
    return np.array(begins)[first], np.array(stops)[last - 1]


def _holders(text: str, tokens: Sequence[bytes]) -> list[tuple[int, int]]:
    """The first and the last token that each character is written by."""
    owners = [number for number, token in enumerate(tokens) for _ in token]
    last = np.cumsum(_widths(text)).tolist()
    return [(owners[end - width], owners[end - 1]) for end, width in zip(last, _widths(text), strict=True)]


def _apart(spans: Sequence[tuple[float, float]], *, length_s: float, least_s: float) -> list[tuple[float, float]]:
    """Spans in order, none over another, each with some length, all within the window."""
    least = min(least_s, length_s / max(len(spans), 1))
    placed, before = [], 0.0
    for start, end in spans:
        begin = max(float(start), before)
        before = max(float(end), begin + least)
        placed.append((begin, before))
    limit = length_s
    for number in range(len(placed) - 1, -1, -1):
        start, end = placed[number]
        end = min(end, limit)
        placed[number] = (max(min(start, end - least), 0.0), end)
        limit = placed[number][0]
    return placed


@cache
def _alphabet() -> dict[str, bytes]:
    """The byte of each letter in which byte-level vocabularies are written (GPT-2, 2019): printable ones of Latin-1
    stand for themselves, the others for what comes from U+0100 on."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): bytes([byte]) for byte in printable} | {
        chr(256 + place): bytes([byte]) for place, byte in enumerate(others)
    }
