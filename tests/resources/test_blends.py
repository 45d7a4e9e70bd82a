"""Published blends and their pictures, on a real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ops.blend.model import BlendRecipe, Source
from ops.errors import UsageError
from resources.blends import MAX_ATTEMPTS, Blend, Blends, BlendState, Feedback
from resources.database import Database


@pytest.fixture
def blends(database: Database) -> Blends:
    with database.connection() as connection:
        connection.execute("TRUNCATE blends, blend_feedback, blend_sources")
    return Blends(database)


def recipe(blends: Blends, weight: float = 0.7) -> BlendRecipe:
    cat, night = (
        blends.add_source(name.encode(), name=name, size=(4, 3), owner="me").sha256 for name in ("cat", "night")
    )
    return BlendRecipe(cat, (Source(night, weight),))


def published(blends: Blends) -> Blend:
    return blends.publish(recipe(blends), name="The cat", owner="me")


def test_a_recipe_is_published_once_whoever_publishes_it(blends: Blends):
    first = published(blends)
    again = blends.publish(replace(first.recipe, sources=first.recipe.sources), name="Mine", owner="you")
    assert again == first
    assert (first.state, first.recipe) == (BlendState.OPEN, recipe(blends))
    assert [each.id for each in blends.open(9)] == [f"blend-{first.recipe.key}"]


def test_a_recipe_of_pictures_that_nobody_uploaded_is_refused(blends: Blends):
    with pytest.raises(UsageError, match="no such picture"):
        blends.publish(BlendRecipe("0" * 64, (Source("0" * 64, 1.0),)), name="", owner="me")


def test_the_same_bytes_are_one_picture(blends: Blends):
    one, other = (blends.add_source(b"cat", name=name, size=(4, 3), owner="me") for name in ("a.png", "b.png"))
    assert one.sha256 == other.sha256
    found = blends.source(one.sha256)
    assert found is not None
    assert (found.name, found.content, found.width, found.height) == ("a.png", b"cat", 4, 3)


def test_a_better_delivery_is_what_a_recipe_finds(blends: Blends):
    old = blends.add_source(b"scan", name="scan", size=(4, 3), owner="me").sha256
    new = blends.add_source(b"better", name="better", size=(8, 6), owner="me", replaces=old).sha256
    newest = blends.add_source(b"best", name="best", size=(8, 6), owner="me", replaces=new).sha256
    found = blends.source(old)
    assert found is not None
    assert found.content == b"best"
    assert blends.newest([old, newest, "f" * 64]) == {old: newest, newest: newest}


def test_no_picture_replaces_itself_however_roundabout(blends: Blends):
    old = blends.add_source(b"scan", name="", size=(4, 3), owner="me").sha256
    new = blends.add_source(b"better", name="", size=(4, 3), owner="me", replaces=old).sha256
    for content, replaced in ((b"better", new), (b"scan", new)):
        with pytest.raises(UsageError, match="itself"):
            blends.add_source(content, name="", size=(4, 3), owner="me", replaces=replaced)
    with pytest.raises(UsageError, match="no such picture"):
        blends.add_source(b"x", name="", size=(4, 3), owner="me", replaces="f" * 64)


def test_a_blend_that_fails_is_tried_again_and_not_for_ever(blends: Blends):
    blend = published(blends)
    keys = []
    for _ in range(MAX_ATTEMPTS):
        [waiting] = blends.open(9)
        keys.append(waiting.run_key)
        blends.fail(blends.start(blend.id), "the disk is full", final=False)
    found = blends.get(blend.id)
    assert found is not None
    assert (found.state, found.why) == (BlendState.FAILED, "the disk is full")
    assert len(set(keys)) == MAX_ATTEMPTS
    assert published(blends).state is BlendState.OPEN
    assert blends.open(9)[0].run_key not in keys


def test_a_run_that_was_thought_dead_and_ended_well_did_not_fail(blends: Blends):
    at_work = blends.start(published(blends).id)
    blends.finish(at_work.id, made_from="abc")
    blends.fail(at_work, "its run was killed", final=False)
    assert [(each.id, each.state) for each in blends.made()] == [(at_work.id, BlendState.DONE)]


def test_a_finished_blend_tells_what_it_was_made_from_and_may_be_opened_again(blends: Blends):
    blend = blends.start(published(blends).id)
    blends.finish(blend.id, made_from="abc")
    [done] = blends.made()
    assert done.made_from == "abc"
    blends.reopen(blend.id, "a picture was delivered anew")
    assert [each.run_key for each in blends.open(9)] == [f"{blend.id}-2"]


def held(blends: Blends) -> Blend:
    blend = blends.start(published(blends).id)
    blends.hold(blend.id, "it is flat", place="blend/held/1", made_from="abc")
    found = blends.get(blend.id)
    assert found is not None
    return found


def test_a_held_blend_says_that_it_waits_for_a_person_and_why(blends: Blends):
    blend = held(blends)
    assert (blend.state, blend.why, blend.held) == (
        BlendState.HELD, "waits for a person: it is flat", "blend/held/1"
    )  # fmt: skip
    assert blends.open(9) == []


def test_an_approved_blend_is_opened_for_the_run_that_publishes_it(blends: Blends):
    before = held(blends)
    blends.judge(before.id, approved=True, who="ada", note="it is meant so")
    [blend] = blends.open(9)
    assert (blend.reviewer, blend.note, blend.held) == ("ada", "it is meant so", before.held)
    assert (blend.why, blend.run_key) == ("approved by ada: it is meant so", f"{blend.id}-2")
    blends.reopen(blend.id, "a picture was delivered anew")
    assert blends.open(9) == [blend]
    blends.finish(blend.id, made_from="abc")
    blends.reopen(blend.id, "a picture was delivered anew")
    [again] = blends.open(9)
    assert (again.reviewer, again.held) == ("", "")


def test_a_rejected_blend_rests_until_what_it_was_made_from_changes(blends: Blends):
    blend = held(blends)
    assert blends.judge(blend.id, approved=False, who="ada", note="too flat").why == "rejected by ada: too flat"
    assert published(blends).state is BlendState.REJECTED
    assert [each.id for each in blends.made()] == [blend.id]
    blends.reopen(blend.id, "a picture was delivered anew")
    assert [each.id for each in blends.open(9)] == [blend.id]


def test_nobody_judges_a_blend_that_does_not_wait_for_them(blends: Blends):
    with pytest.raises(UsageError, match="waits for nobody: it is open"):
        blends.judge(published(blends).id, approved=True, who="ada")
    blend = held(blends)
    blends.judge(blend.id, approved=False, who="ada", note="too flat")
    with pytest.raises(UsageError, match="it is rejected"):
        blends.judge(blend.id, approved=True, who="eve")


def test_a_rejection_of_a_blend_gives_its_reason(blends: Blends):
    blend = held(blends)
    with pytest.raises(UsageError, match="needs its reason"):
        blends.judge(blend.id, approved=False, who="ada", note="  ")
    assert blends.get(blend.id) == blend


def test_a_word_on_a_blend_speaks_of_the_picture_that_was_seen(blends: Blends):
    seen = held(blends)
    blends.hold(seen.id, "it is flat", place="blend/held/2", made_from="abd")
    with pytest.raises(UsageError, match="another picture"):
        blends.judge(seen.id, approved=True, who="ada", held=seen.held)
    assert [each.held for each in blends.waiting(9)] == ["blend/held/2"]
    assert blends.judge(seen.id, approved=True, who="ada", held="blend/held/2").state is BlendState.OPEN
    assert blends.waiting(9) == []


def test_a_word_on_a_blend_is_written_down_like_one_on_any_artifact(blends: Blends, database: Database):
    blend = held(blends)
    blends.judge(blend.id, approved=False, who="ada", note="too flat")
    with database.connection() as connection:
        told = connection.execute("SELECT kind, artifact, variant, detail FROM events").fetchall()
    detail = {"held": "blend/held/1", "who": "ada", "note": "too flat"}
    assert told == [("review_rejected", "blended_image", blend.id, detail)]


def test_a_like_takes_the_dislike_back_and_counts_once(blends: Blends):
    blend = published(blends).id
    assert blends.tell(blend, Feedback.DISLIKE, who="a")
    assert blends.tell(blend, Feedback.LIKE, who="a")
    assert not blends.tell(blend, Feedback.LIKE, who="a")
    blends.tell(blend, Feedback.LIKE, who="b")
    assert blends.said(blend) == {Feedback.LIKE: 2, Feedback.DISLIKE: 0, Feedback.RE_EDIT: 0}


def test_a_blend_is_told_what_it_was_edited_into(blends: Blends):
    first = published(blends)
    blends.publish(recipe(blends, 0.2), name="", owner="you", edited_from=first.id)
    assert blends.said(first.id)[Feedback.RE_EDIT] == 1


def test_nobody_starts_or_judges_a_blend_that_is_none(blends: Blends):
    for act in (blends.start, lambda blend: blends.tell(blend, Feedback.LIKE, who="a")):
        with pytest.raises(UsageError, match="no such blend"):
            act("blend-0000000000000000")
