"""Cards and words: within the safe area, sized to fit, the same each time, and honest about what cannot be set."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from ops.trailer.cards.card import CardDrawing, unset_lines
from ops.trailer.cards.setting import set_card
from ops.trailer.cards.words import WordsDrawing
from ops.trailer.events import Card, CardKind
from ops.trailer.picture.source import FilmSource, open_source
from tests.ops.trailer.render_cases import clip, trailer_of

LONG = "The Extraordinary and Entirely True Adventures of a Lighthouse Keeper and His Seven Unlikely Daughters"
SIZES = [(640, 360), (360, 640), (480, 480)]


@pytest.fixture(scope="module")
def source(data: Path) -> FilmSource:
    return open_source(data / "video/sintel_trailer_720p.mp4")


def drawing(lines: tuple[str, ...], size: tuple[int, int] = (640, 360), genre: str = "action", **more: object):
    card = Card(24, CardKind.TITLE, lines)
    facts = {"start": 0, "end": 24, "background": None, "last": False} | more
    return CardDrawing(card=card, size=size, rate=Fraction(24), genre=genre, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("genre", ["action", "drama", "comedy"])
@pytest.mark.parametrize("lines", [("Sintel",), (LONG,), ("Sintel", "Only in cinemas", "September 2010"), (LONG, LONG)])
def test_every_letter_stays_in_the_title_safe_area(
    size: tuple[int, int], genre: str, lines: tuple[str, ...], source: FilmSource
):
    last = next(drawing(lines, size, genre, start=22, end=23).frames(source))

    ink = last.min(axis=2) > 110
    ys, xs = np.nonzero(ink)
    assert len(xs) > 50
    assert xs.min() >= 0.1 * size[0] - 1 and xs.max() <= 0.9 * size[0] + 1
    assert ys.min() >= 0.1 * size[1] - 1 and ys.max() <= 0.9 * size[1] + 1


def test_letters_arrive_and_the_backdrop_is_there_at_once(source: FilmSource):
    frames = list(drawing(("Sintel",)).frames(source))
    ink = [int((frame.min(axis=2) > 110).sum()) for frame in frames]
    assert ink[0] == 0 and ink[-1] > 500
    assert frames[0].mean() > 3


def test_the_last_card_goes_out(source: FilmSource):
    frames = list(drawing(("Sintel",), last=True).frames(source))
    assert frames[-1].mean() < 0.3 * frames[12].mean()


def test_a_card_in_a_dissolve_holds_its_ends(source: FilmSource):
    ahead, first = list(drawing(("Sintel",), start=-1, end=1).frames(source))
    assert np.array_equal(ahead, first)


def test_the_same_card_gives_the_same_pictures(source: FilmSource):
    one, two = (list(drawing(("Sintel", "In cinemas"), start=8, end=11).frames(source)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


def test_a_script_without_a_typeface_is_left_out_and_told(data: Path, source: FilmSource):
    film = data / "video/sintel_trailer_720p.mp4"
    edl = trailer_of(film, clip(334, 12), Card(12, CardKind.END, ("映画", "Sintel")))

    assert unset_lines(edl) == ("映画",)
    setting = set_card(edl.events[1], (640, 360), "action")  # type: ignore[arg-type]
    assert setting is not None and [line.text for line in setting.lines] == ["SINTEL"]
    assert set_card(Card(12, CardKind.END, ("映画",)), (640, 360), "action") is None


@pytest.mark.parametrize("title", ["ΟΔΥΣΣΕΙΑ", "Братья", "שלום", "Ænima Çok Şey"])
def test_greek_cyrillic_hebrew_and_accents_are_set(title: str):
    assert set_card(Card(12, CardKind.TITLE, (title,)), (640, 360), "drama") is not None


def words(text: str, size: tuple[int, int], picture: tuple[int, int, int, int]) -> WordsDrawing:
    return WordsDrawing(
        words=text, frames_in_all=36, start=0, end=36, size=size, rate=Fraction(24), genre="action", picture=picture
    )


@pytest.mark.parametrize("size", SIZES)
def test_words_over_a_clip_stand_in_the_safe_area_and_come_and_go(size: tuple[int, int], source: FilmSource):
    picture = (0, round(0.13 * size[1]), size[0], round(0.87 * size[1]))
    drawn = words("Guardians of the far and frozen north", size, picture)
    frames = list(drawn.frames(source))

    solid = frames[18][..., :3].min(axis=2) * (frames[18][..., 3] > 200)
    ys, xs = np.nonzero(solid > 200)
    x, y = drawn.place
    assert 0.1 * size[0] <= xs.min() + x and xs.max() + x <= 0.9 * size[0]
    assert picture[1] <= ys.min() + y and ys.max() + y < picture[3]
    assert frames[0][..., 3].max() < 40 and frames[-1][..., 3].max() < 40
