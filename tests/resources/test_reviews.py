"""A person's word on a result is written once, with who and why."""

from __future__ import annotations

from hashlib import sha256

import pytest

from ops.errors import UsageError
from resources.catalogue import Catalogue
from resources.database import Database
from resources.ledger import Ledger
from resources.reviews import Question, Review, Reviews, Verdict
from resources.store.model import ArtifactKey
from tests.resources.test_ledger import manifest

WIDE = ArtifactKey("sintel", "thumbnails", "16x9")


@pytest.fixture
def reviews(database: Database) -> Reviews:
    Catalogue(database).deliver("sintel", sha256=sha256(b"sintel").hexdigest(), uri="/sintel", size_bytes=1)
    Ledger(database).held(WIDE, "a face is cut", place="sintel/thumbnails/16x9/held/v")
    return Reviews(database)


def pending(reviews: Reviews) -> Review:
    [review] = reviews.queue()
    return review


def test_what_a_gate_held_waits_in_the_queue(reviews: Reviews):
    review = pending(reviews)
    assert (review.key, review.why, review.held) == (WIDE, "a face is cut", "sintel/thumbnails/16x9/held/v")
    assert reviews.queue(after=review.id) == []


def test_a_verdict_leaves_the_queue_and_is_told_in_ledger_and_events(reviews: Reviews, database: Database):
    decided = reviews.decide(pending(reviews).id, Verdict.APPROVED, who="ada")
    assert (decided.verdict, decided.reviewer) == (Verdict.APPROVED, "ada")
    assert reviews.queue() == []
    row = Ledger(database).row(WIDE)
    assert row is not None
    assert row.review_state == "approved"
    with database.connection() as connection:
        told = connection.execute("SELECT title, detail->>'who' FROM events WHERE kind = 'review_approved'").fetchall()
    assert told == [("sintel", "ada")]


def test_the_same_verdict_again_changes_nothing_and_another_is_refused(reviews: Reviews):
    review = pending(reviews).id
    first = reviews.decide(review, Verdict.REJECTED, who="ada", note="too dark")
    assert reviews.decide(review, Verdict.REJECTED, who="bob", note="me too") == first
    with pytest.raises(UsageError, match="rejected by ada"):
        reviews.decide(review, Verdict.APPROVED, who="bob")


def test_a_rejection_needs_its_reason(reviews: Reviews):
    with pytest.raises(UsageError, match="reason"):
        reviews.decide(pending(reviews).id, Verdict.REJECTED, who="ada", note="  ")
    assert pending(reviews).verdict is Verdict.PENDING


def test_a_review_that_is_none_is_told(reviews: Reviews):
    with pytest.raises(UsageError, match="no review"):
        reviews.decide(10**9, Verdict.APPROVED, who="ada")


def test_what_is_undecided_or_yet_to_be_published_is_still_needed(reviews: Reviews, database: Database):
    place = pending(reviews).held
    assert reviews.waiting(WIDE) == [place]
    assert reviews.waiting(ArtifactKey("sintel", "thumbnails", "1x1")) == []
    review = reviews.decide(pending(reviews).id, Verdict.APPROVED, who="ada")
    assert reviews.waiting(WIDE) == [place], "nothing is published yet"
    reviews.settle(review.id, how="published")
    assert reviews.waiting(WIDE) == []
    reviews.ask(WIDE, Question.GENERATED, "5c39260a", why="painted", held="sintel/thumbnails/16x9/held/w")
    assert reviews.waiting(WIDE) == ["sintel/thumbnails/16x9/held/w"]
    reviews.decide(pending(reviews).id, Verdict.APPROVED, who="ada")
    assert reviews.waiting(WIDE) == [], "the published version has it"


@pytest.mark.parametrize("asks", [Question.SHOT, Question.WORDS])
@pytest.mark.parametrize("state", ["ready", "skipped", "held", "failed", "making"])
def test_what_a_person_allows_has_every_trailer_made_again_however_it_stands(
    reviews: Reviews, database: Database, asks: Question, state: str
):
    ledger, key = Ledger(database), ArtifactKey("sintel", "trailer", "teaser_15")
    ledger.start(key, input_hash="i1")
    match state:
        case "ready":
            ledger.ready(key, input_hash="i1", manifest=manifest(key))
        case "skipped":
            ledger.skipped(key, input_hash="i1", why="too few shots")
        case "held":
            ledger.held(key, "too dark", place="sintel/trailer/teaser_15/held/v")
        case "failed":
            ledger.failed(key, "no")
    asker = WIDE if asks is Question.WORDS else ArtifactKey("sintel", "trailer", "trailer_30")
    reviews.ask(asker, asks, "subject", why="listed")
    review = next(each for each in reviews.queue() if each.asks is asks)

    reviews.decide(review.id, Verdict.APPROVED, who="ada")

    row = ledger.row(key)
    assert row is not None and (row.state.value, row.tried_hash, row.failures) == (state, None, 0)
    assert row.input_hash != "i1"
