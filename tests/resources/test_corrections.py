"""People's words on subtitles: which are one and which are two, and what each orders with it."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import pytest

from ops.errors import UsageError
from ops.subtitles.corrections import Correction
from resources.catalogue import Catalogue
from resources.database import Database
from resources.ledger import Ledger
from resources.reviews import Question, Reviews, Verdict
from resources.store.model import ArtifactKey
from resources.subtitles.corrections import Corrections
from resources.subtitles.speakers import SpeakerNames
from tests.resources.test_ledger import manifest

MADE = ("speech", "transcript", "subtitles/eng_Latn", "subtitles/fra_Latn")
CUE = "3fa2c1d09b1e-1.0"


@pytest.fixture
def title(database: Database) -> str:
    """A title in two languages, all of them fresh."""
    title = Catalogue(database).deliver("sintel", sha256=sha256(b"s").hexdigest(), uri="/sintel", size_bytes=1).title
    for asset in MADE:
        key = ArtifactKey.of_asset(title, asset)
        Ledger(database).ready(key, input_hash="h", manifest=manifest(key))
    return title


def over(text: str, at_s: float | None, *, code: str = "fra_Latn") -> Correction:
    return Correction(code, CUE, "Oui.", text, at_s=at_s)


def added(text: str, start_s: float) -> Correction:
    return Correction("fra_Latn", "", "", text, start_s, start_s + 2, start_s)


def ordered(database: Database) -> list[set[str]]:
    with database.connection() as connection:
        return [set(row[0]) for row in connection.execute("SELECT artifacts FROM requests WHERE state = 'open'")]


def forget_orders(database: Database) -> None:
    with database.connection() as connection:
        connection.execute("TRUNCATE requests")


# -- which are one
# ---------------------------------------------------------------------------------------------------------------------


def test_two_added_cues_of_the_same_words_are_two(database: Database, title: str):
    corrections = Corrections(database)
    both = [added("[musique]", 1.0), added("[musique]", 47.0)]

    assert corrections.hand_in(title, both, who="ada", spoken=None) == 2
    assert corrections.hand_in(title, both, who="ada", spoken=None) == 0
    assert [each.start_s for each in corrections.of(title, "fra_Latn")] == [1.0, 47.0]


def test_corrections_of_cues_that_had_the_same_id_in_turn_both_stand(database: Database, title: str):
    corrections = Corrections(database)
    corrections.hand_in(title, [over("Si.", 100.0)], who="ada", spoken=None)

    assert corrections.hand_in(title, [over("Ja.", 50.0)], who="bob", spoken=None) == 1

    assert [(each.text, each.who) for each in corrections.of(title, "fra_Latn")] == [("Si.", "ada"), ("Ja.", "bob")]


@pytest.mark.parametrize("at_s", [100.0, 100.2, None])
def test_a_later_correction_of_the_same_cue_takes_the_place_of_the_one_before(
    database: Database, title: str, at_s: float | None
):
    corrections = Corrections(database)
    corrections.hand_in(title, [over("Si.", 100.0)], who="ada", spoken=None)
    corrections.hand_in(title, [over("Ja.", at_s)], who="bob", spoken=None)

    assert [(each.text, each.who) for each in corrections.of(title, "fra_Latn")] == [("Ja.", "bob")]


# -- what is ordered
# ---------------------------------------------------------------------------------------------------------------------


def hand_in(database: Database, title: str, code: str) -> None:
    Corrections(database).hand_in(title, [over("Si.", 100.0, code=code)], who="ada", spoken="eng_Latn")


def take_back(database: Database, title: str, code: str) -> None:
    hand_in(database, title, code)
    forget_orders(database)
    Corrections(database).take_back(title, code, CUE, spoken="eng_Latn")


@pytest.mark.parametrize("act", [hand_in, take_back])
@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("fra_Latn", {"subtitles/fra_Latn"}),
        ("eng_Latn", {"transcript", "subtitles/eng_Latn", "subtitles/fra_Latn"}),
    ],
)
def test_what_a_correction_touches_is_ordered_with_it_and_when_it_is_taken_back(
    database: Database, title: str, act: Callable[[Database, str, str], None], code: str, wanted: set[str]
):
    act(database, title, code)

    assert ordered(database) == [wanted]


def test_a_word_that_changes_nothing_orders_nothing(database: Database, title: str):
    hand_in(database, title, "fra_Latn")
    forget_orders(database)

    hand_in(database, title, "fra_Latn")
    Corrections(database).take_back(title, "fra_Latn", "no-such.0", spoken="eng_Latn")
    SpeakerNames(database).forget(title, "Nobody")

    assert ordered(database) == []


def test_of_what_is_handed_in_only_the_languages_that_change_are_touched(database: Database, title: str):
    hand_in(database, title, "eng_Latn")
    forget_orders(database)
    both = [over("Si.", 100.0, code="eng_Latn"), over("Si.", 100.0, code="fra_Latn")]

    Corrections(database).hand_in(title, both, who="ada", spoken="eng_Latn")

    assert ordered(database) == [{"subtitles/fra_Latn"}]


def test_a_refused_correction_orders_nothing(database: Database, title: str):
    with pytest.raises(UsageError):
        Corrections(database).hand_in(title, [over("Si.", 1.0), over("Si.", -1.0)], who="ada", spoken=None)

    assert ordered(database) == []


def test_a_voices_name_orders_all_that_tells_it_and_so_does_taking_it_back(database: Database, title: str):
    names = SpeakerNames(database)

    names.call(title, "Ishtar", [(1.0, 2.0)], who="ada")
    assert ordered(database) == [set(MADE)]

    forget_orders(database)
    names.forget(title, "Ishtar")
    assert ordered(database) == [set(MADE)]


@pytest.mark.parametrize("verdict", [Verdict.APPROVED, Verdict.REJECTED])
def test_a_word_on_a_line_orders_its_language(database: Database, title: str, verdict: Verdict):
    reviews = Reviews(database)
    reviews.ask(ArtifactKey(title, "subtitles", "fra_Latn"), Question.LINE, "fra_Latn:ab12", why="nobody said it")
    [review] = reviews.queue()

    reviews.decide(review.id, verdict, who="ada", note="it was said")

    assert ordered(database) == [{"subtitles/fra_Latn"}]
