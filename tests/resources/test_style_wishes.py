"""Wishes for styles on a real PostgreSQL."""

from __future__ import annotations

import pytest

from ops.errors import UsageError
from resources.style_wish_model import Kind, State
from resources.style_wishes import MOST_ATTEMPTS, StyleWishes


def test_the_same_wish_twice_is_one_style(wishes: StyleWishes) -> None:
    first = wishes.ask(Kind.PROMPT, b"warm", name=" Warm  evening ", owner="ada")
    assert wishes.ask(Kind.PROMPT, b"warm", name="Warm evening", owner="bob") == first
    assert (first.name, first.owner, first.state) == ("Warm evening", "ada", State.ASKED)
    assert wishes.ask(Kind.PROMPT, b"cold", name="Warm evening", owner="ada").id != first.id
    assert wishes.source(first.id) == b"warm"


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "bell\x07"])
def test_a_style_needs_a_name_that_people_can_read(wishes: StyleWishes, name: str) -> None:
    with pytest.raises(UsageError):
        wishes.ask(Kind.PROMPT, b"warm", name=name, owner="ada")


def test_a_lost_run_is_tried_again_until_it_failed_for_good(wishes: StyleWishes) -> None:
    style = wishes.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada").id
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert [each.id for each in wishes.due()] == [style]
        assert wishes.begin(style).attempts == attempt
        assert wishes.due() == []
        wishes.fail(style, "the store was away")
    found = wishes.find(style)
    assert found is not None and (found.state, found.why) == (State.FAILED, "the store was away")
    assert wishes.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada").state is State.ASKED


def test_a_run_that_never_reports_is_lost(wishes: StyleWishes) -> None:
    style = wishes.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada").id
    wishes.begin(style)
    assert [each.id for each in wishes.due(lost_after_h=0)] == [style]


def test_what_kills_its_runs_fails_after_the_last_of_them(wishes: StyleWishes) -> None:
    style = wishes.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada").id
    for _ in range(MOST_ATTEMPTS):
        assert [each.id for each in wishes.due(lost_after_h=0)] == [style]
        wishes.begin(style)
    assert wishes.due(lost_after_h=0) == []
    found = wishes.find(style)
    assert found is not None and found.state is State.FAILED and "killed" in found.why


def test_a_step_that_is_tried_again_after_every_kill_is_given_up_as_well(wishes: StyleWishes) -> None:
    style = wishes.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada").id
    for _ in range(MOST_ATTEMPTS):
        wishes.begin(style)
    with pytest.raises(UsageError, match="killed"):
        wishes.begin(style)
    found = wishes.find(style)
    assert found is not None and found.state is State.FAILED
    assert wishes.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada").state is State.ASKED


def test_every_try_has_a_run_key_of_its_own(wishes: StyleWishes) -> None:
    wish = wishes.ask(Kind.IMAGE, b"jpeg", name="Warm", owner="ada")
    assert wishes.ask(Kind.IMAGE, b"jpeg", name="Warm", owner="ada").run_key == wish.run_key
    keys = [wish.run_key]
    for _ in range(MOST_ATTEMPTS):
        wishes.begin(wish.id)
        wishes.fail(wish.id, "the store was away")
        keys.append(wishes.ask(Kind.IMAGE, b"jpeg", name="Warm", owner="ada").run_key)
    wishes.publish(wish.id, "1", ["told"])
    keys.append(wishes.ask(Kind.IMAGE, b"jpeg", name="Warm", owner="ada", network=True).run_key)
    assert len(set(keys)) == len(keys)


def test_a_run_that_ended_before_it_began_counts_once(wishes: StyleWishes) -> None:
    wish = wishes.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada")
    for _ in range(2):  # the second tells of a run that is known of
        wishes.miss(wish, "no pod")
    found = wishes.find(wish.id)
    assert found is not None and (found.attempts, found.state, found.why) == (1, State.ASKED, "no pod")


def test_a_network_asked_for_while_the_style_is_made_is_made_next(wishes: StyleWishes) -> None:
    style = wishes.ask(Kind.IMAGE, b"jpeg", name="Warm", owner="ada").id
    first = wishes.begin(style)
    meanwhile = wishes.ask(Kind.IMAGE, b"jpeg", name="Warm", owner="ada", network=True)
    assert (first.network, meanwhile.network, meanwhile.state) == (False, True, State.MAKING)

    wishes.publish(style, "1", ["told"], network=first.network)

    [due] = wishes.due()
    assert (due.network, due.version, due.attempts) == (True, "1", 0) and due.run_key != first.run_key
    wishes.publish(style, "2", ["told"], network=wishes.begin(style).network)
    found = wishes.find(style)
    assert found is not None and (found.state, found.version) == (State.READY, "2")
