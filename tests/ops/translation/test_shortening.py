"""What cannot be read in its time is shortened once, whatever else of the film changes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from ops.subtitles.build import cues_from_words
from ops.subtitles.grid import FilmGrid
from ops.subtitles.profile import profile_named
from ops.translation import rewriter as rewriting
from ops.translation.cueing import Cued, SpokenTitle, cued
from ops.translation.gates import Judgement
from ops.translation.keys import Remembered
from ops.translation.sentences import sentences_of
from ops.translation.shortening import shortened_sentences
from ops.translation.translator import Pair
from tests.ops.translation.doubles import DIALOGUE, Notebook, PhraseBook, words_saying

LIMITS = profile_named("netflix").limits("deu_Latn")
LONG = "Niemand im Dorf wollte das Ding behalten, das mein Bruder dort gefunden hatte."
KEEP = "Nobody in the village wanted to keep the thing."


class Shortens:
    """Takes whole words off the end until the line fits; tells what it was asked."""

    def __init__(self, answer: str | None = None) -> None:
        self.name, self.asked, self._answer = "double:shortens", [], answer

    def answer(self, asked: str, *, seed: int, tokens: int) -> str:
        self.asked.append((asked, seed))
        if self._answer is not None:
            return self._answer
        text = asked.split("<subtitle>")[2].split("</subtitle>", maxsplit=1)[0]
        limit, words = int(asked.split("at most ")[1].split(maxsplit=1)[0]), text.rstrip(".").split()
        while len(" ".join(words)) + 1 > limit:
            words.pop()
        return f"{' '.join(words)}."


def film(*changed: tuple[str, str]) -> tuple[SpokenTitle, dict[str, Remembered]]:
    text = " ".join(DIALOGUE)
    for before, after in changed:
        text = text.replace(before, after)
    words = words_saying(text)
    sentences = sentences_of(words, "eng_Latn")
    grid = FilmGrid(rate=Fraction(25), frames=int(words[-1].end_s * 25) + 250, cuts=())
    track = cues_from_words(
        words, language="eng_Latn", rate=grid.rate, cuts=grid.cuts, frames=grid.frames, limits=LIMITS,
        sentences=sentences,
    )  # fmt: skip
    said = {each.id: DIALOGUE.get(each.text, {}).get("deu_Latn", "Etwas anderes.") for each in sentences}
    said |= {each.id: LONG for each in sentences if each.text == KEEP}
    return SpokenTitle(track, words, sentences, grid), {
        name: Remembered(each, Judgement((), {"length_ratio": 9.0}, True), notes=("spaces",), forward=-0.5)
        for name, each in said.items()
    }


def shortened(memory: Notebook, rewriter: Shortens, *changed: tuple[str, str]) -> dict[str, Remembered]:
    title, sentences = film(*changed)
    made: Cued = cued(title, {name: each.text for name, each in sentences.items()}, attention={}, limits=LIMITS)
    translator = PhraseBook(looks=lambda pair: np.eye(len(pair.target.split()), len(pair.source.split())))
    return shortened_sentences(
        title, made, sentences, rewriter=rewriter, translator=translator, memory=memory, source="eng_Latn"
    )


def test_what_is_kept_of_a_shorter_text_is_told_of_that_text():
    title, sentences = film()
    name = next(each.id for each in title.sentences if each.text == KEEP)

    short = shortened(Notebook(), Shortens())[name]

    assert len(short.text) < len(LONG)
    assert LONG.startswith(short.text[:-1])
    assert short.judgement.scores["length_ratio"] < sentences[name].judgement.scores["length_ratio"]
    assert short.judgement.passed
    assert (short.log_prob, short.forward, short.backward) == (None, None, None)
    assert short.how == "shortened by double:shortens"


def test_a_film_with_one_line_corrected_has_no_other_line_shortened_anew():
    memory, first, again, other = Notebook(), Shortens(), Shortens(), Shortens()
    before = shortened(memory, first)

    same = shortened(memory, again)
    shortened(memory, other, ("The blade on the table has a dark past.", "The knife on the table has a dark past."))

    assert first.asked
    assert again.asked == []
    assert same == before
    assert not any(LONG in asked for asked, _ in other.asked)


def test_how_it_is_asked_hangs_on_the_sentence_and_not_on_its_place():
    one, other = Shortens(), Shortens()
    shortened(Notebook(), one)
    shortened(
        Notebook(), other, ("The gate to the valley is open until midnight.", "The gate to the valley is shut. It is.")
    )

    seeds = [{seed for asked, seed in each.asked if LONG in asked} for each in (one, other)]
    assert seeds[0] and seeds[0] == seeds[1]


def test_a_refusal_is_remembered_and_no_answer_is_not():
    for answer, asked_again in (("Ein anderer Satz mit 99 Zahlen.", False), ("", True)):
        memory, again = Notebook(), Shortens(answer)
        assert shortened(memory, Shortens(answer)) == {}

        assert shortened(memory, again) == {}

        assert bool(again.asked) is asked_again


def test_a_long_film_is_judged_by_a_sample_of_it(monkeypatch: pytest.MonkeyPatch):
    sizes: list[int] = []

    def judged(pairs, *args, **more):
        sizes.append(len(pairs))
        return [Judgement(())] * len(pairs)

    monkeypatch.setattr(rewriting, "judged", judged)
    asked = rewriting.Shortening("Er hat sie gestern gefunden, sagt er.", KEEP, "eng_Latn", "deu_Latn", 20)
    for count in (0, 1, 119, 120, 121, 1200, 1999):
        rewriting.shortened(asked, Shortens("Er hat sie gefunden."), run=[Pair("a", "b")] * count, seed=1)

    assert sizes[:4] == [1, 2, 120, 121]
    assert max(sizes) <= 121
