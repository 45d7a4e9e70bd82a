"""What an engine must not touch, taken out of a sentence before and put back after.

No placeholders. NLLB has no token that it was taught to copy: what stands for another word ("XQ1", "<1>") is split into
pieces, translated, doubled or dropped like any word, and takes away what the sentence is about. So there are two ways:

- What says nothing in words is cut out and put back where it was: dashes of a dialogue, quotes around the whole, at
  which NLLB stops, emoji, notes, and what the vocabulary has not, of which it makes `<unk>`.
- Names and addresses stay in their place, which is where a sentence model copies them best. Afterwards they are looked
  for, mended where only spaces or capitals changed, and told of where they are lost.

A glossary's translation is set into the source in place of its term where both languages share a script: the encoder
reads all languages, and copies a word that the target has already. That is not measured with real weights; the gate
`TERMS` tells where it did not help.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import regex

from ops.languages.scripts import UNSPACED, word_spans
from ops.languages.table import language
from ops.translation.terms import NO_TERMS, Term, Terms, finder

__all__ = ["Protected", "protected"]

_DASH = r"[-–—‐‑]+[ \u00a0]*(?=[^\d\s])"
_GLYPHS = r"\p{Emoji_Presentation}\p{Emoji_Modifier}\U0001F1E6-\U0001F1FF\u2600-\u27BF\u2B50\uFE0F\u200D\u20E3♩♪♫♬♭♮♯"
_ADDRESS = regex.compile(
    r"(?:https?://|www\.)[^\s<>\"“”»]+[^\s<>\"“”».,;:!?)\]]"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
    r"|(?<![\w@#])[@#][\p{L}_][\p{L}\p{M}\p{N}_]{0,63}"
    r"|\b[a-z0-9-]{1,63}\.(?:com|org|net|tv|info|de|fr|eu|io)\b(?:/[^\s\"“”»]*[^\s\"“”».,;:!?)\]])?"
)
_AROUND = {'"': '"', "“": "”", "„": "“", "«": "»", "”": "”", "「": "」", "»": "«"}
_QUOTES = '"“”„‟«»「」'
_STOPS, _PAUSES = ".!?…。！？।॥؟۔", ",;:、，；：،؛"
_MARKS = _STOPS + _PAUSES


@dataclass(frozen=True)
class _Cut:
    """What was cut out within a sentence: `words` of `of` stood before it, the last with the marks `after`."""

    glyphs: str
    words: int
    of: int
    after: str


@dataclass(frozen=True)
class Protected:
    """A sentence made ready for an engine.

    Attributes:
        text: What the engine gets; empty where nothing is left to translate.
        before: What comes before everything: dashes, notes, emoji, an opening quote.
        behind: What comes after.
        cuts: What was cut out in between.
        kept: What should come back as it is.
        unwritable: Letters that were taken out and cannot be put back: the target is written in another script.
        glossary: The terms that the sentence holds.
        script: The target's.
    """

    text: str
    before: str = ""
    behind: str = ""
    cuts: tuple[_Cut, ...] = ()
    kept: tuple[str, ...] = ()
    unwritable: tuple[str, ...] = ()
    glossary: tuple[Term, ...] = ()
    script: str = "Latn"

    def restore(self, translated: str) -> str:
        """A translation with everything put back that was taken out, and what was to be kept mended."""
        text = " ".join(translated.split())
        if self.before[-1:] in _AROUND and self.before and text[:1] in _QUOTES and text[-1:] in _QUOTES:
            text = text[1:-1].strip()  # the engine quoted it itself
        for piece in self.kept:
            text = _mended(piece, text)
        for term in self.glossary:
            if finder(term.target).search(text) is None:
                text = finder(term.source).sub(lambda _, put=term.target: put, text)
        text = _put_back(self.cuts, text, self.script)
        return f"{self.before}{text}{self.behind}".strip()

    def lost(self, translated: str) -> list[str]:
        """What should stand in a translation as it is, and does not; ask of what `restore` gave."""
        folded = translated.casefold()
        return [piece for piece in self.kept if piece.casefold() not in folded] + list(self.unwritable)


def protected(text: str, *, terms: Terms = NO_TERMS, source: str, target: str, unwritable: str = "") -> Protected:
    """Make a sentence ready.

    Args:
        text: The sentence.
        terms: The title's.
        source: Its language's code.
        target: The target's.
        unwritable: Characters that the engine's vocabulary has not.
    """
    ours, theirs = language(source).script, language(target).script
    kept = tuple(dict.fromkeys([*_ADDRESS.findall(text), *(each for each in terms.keep if finder(each).search(text))]))
    taken = "".join(each for each in unwritable if not any(each in piece for piece in kept) and not each.isspace())
    letters = tuple(dict.fromkeys(each for each in text if each in taken and each.isalpha()))
    glyph = regex.compile(rf"[{_GLYPHS}{regex.escape(taken, special_only=False)}]+")
    back = ours == theirs or not letters
    whole = " ".join(text.split())
    text, before, behind = _edges(whole, glyph)
    text, cuts = _cut_out(text, glyph, ours)
    if not back:
        cuts = tuple(cut for cut in cuts if not any(each.isalpha() for each in cut.glyphs))
    glossary = terms.asked_of(text, target)
    if ours == theirs:
        for term in glossary:
            text = finder(term.source).sub(lambda _, put=term.target: put, text)
    if not regex.search(r"[\p{L}\p{N}]", text):
        return Protected("", whole, script=theirs)
    return Protected(text, before, behind, cuts, kept, () if back else letters, glossary, theirs)


def _edges(text: str, glyph: regex.Pattern[str]) -> tuple[str, str, str]:
    """A text without what stands around it; that, before and behind."""
    head = regex.match(rf"(?:{_DASH}|{glyph.pattern}[ \u00a0]*)*", text)
    start = head.end() if head else 0
    tail = regex.search(rf"(?:[ \u00a0]*{glyph.pattern})*$", text[start:])
    end = start + (tail.start() if tail else len(text) - start)
    before, inner, behind = text[:start], text[start:end], text[end:]
    quote = inner[:1]
    if quote in _AROUND and len(inner) > 2 and inner.endswith(_AROUND[quote]):
        within = inner[1:-1]
        if not any(each in _QUOTES for each in within):
            return within.strip(), before + quote, inner[-1] + behind
    return inner, before, behind


def _cut_out(text: str, glyph: regex.Pattern[str], script: str) -> tuple[str, tuple[_Cut, ...]]:
    found = list(glyph.finditer(text))
    if not found:
        return text, ()
    plain = " ".join(glyph.sub("" if script in UNSPACED else " ", text).split())
    plain = regex.sub(rf" +(?=[{regex.escape(_MARKS)}])", "", plain)
    whole = len(word_spans(plain, script))
    cuts, words, earlier = [], 0, ""
    for match, part in zip(found, glyph.split(text), strict=False):
        earlier = part.rstrip() or earlier
        words += len(word_spans(part, script))
        marks = regex.search(rf"[{regex.escape(_MARKS)}]*$", earlier)
        cuts.append(_Cut(match[0], words, whole, marks[0] if marks else ""))
    return plain, tuple(cuts)


def _put_back(cuts: Sequence[_Cut], text: str, script: str) -> str:
    """What was cut out, where it was by its share of the words; behind the nearest mark where it stood behind one."""
    ends = [end for _, end in word_spans(text, script)]
    alike = {marks: [rank for rank, end in enumerate(ends) if text[end - 1] in marks] for marks in (_STOPS, _PAUSES)}
    places = [_place(cut, len(ends), alike[_STOPS if cut.after[-1:] in _STOPS else _PAUSES]) for cut in cuts]
    space = "" if script in UNSPACED else " "
    written, since = [], 0
    for cut, place in sorted(zip(cuts, places, strict=True), key=lambda each: each[1]):
        at = ends[place] if ends else len(text)
        written += [text[since:at], f"{space}{cut.glyphs}" if ends else cut.glyphs]
        since = at
    return "".join(written) + text[since:]


def _place(cut: _Cut, words: int, marked: Sequence[int]) -> int:
    """The word that a cut goes behind, counted from 0, of so many; `marked` are those that end in such a mark."""
    wanted = cut.words * words / cut.of - 1 if cut.of else words - 1
    if cut.after and marked:
        right = bisect_left(marked, wanted)
        return min(marked[max(0, right - 1) : right + 1], key=lambda rank: abs(rank - wanted))
    return max(0, min(words - 1, round(wanted)))


def _mended(piece: str, text: str) -> str:
    """A text with a piece as it should be, where only its spaces and capitals changed."""
    if piece in text:
        return text
    parts: Sequence[str] = regex.findall(r"[\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}\s]", piece)
    pattern = r"\s*".join(regex.escape(part) for part in parts)
    return regex.sub(rf"(?<![\p{{L}}\p{{N}}]){pattern}", lambda _: piece, text, flags=regex.IGNORECASE)
