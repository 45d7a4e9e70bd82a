"""Which tasks go together: everything once, in bounds, neighbours in language before neighbours in length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.models.choice import EngineChoice
from resources.models.translation.batching import Room, Task, batches, groups
from resources.models.translation.licences import licence_of


def task(place: int, length: int) -> Task:
    return Task(place, "fra_Latn", (0,) * length, (2, 3), (), 0, length)


@given(st.lists(st.integers(1, 200), max_size=60), st.integers(1, 40), st.integers(1, 4000), st.integers(1, 5))
def test_every_task_is_in_one_batch_and_no_batch_is_more_than_the_device_holds(
    lengths: list[int], rows: int, positions: int, beams: int
):
    tasks = [task(place, length) for place, length in enumerate(lengths)]
    made = list(batches(tasks, Room(rows, positions), beams))
    assert sorted(each.row for batch in made for each in batch) == list(range(len(tasks)))
    for batch in made:
        taken = len(batch) * beams
        assert len(batch) == 1 or (taken <= rows and taken * max(each.length for each in batch) <= positions)


@given(st.lists(st.integers(1, 200), min_size=1, max_size=60))
def test_tasks_of_like_length_share_a_batch(lengths: list[int]):
    made = list(batches([task(place, length) for place, length in enumerate(lengths)], Room(4, 10**6), 1))
    found = [each.length for batch in made for each in batch]
    assert found == sorted(found, reverse=True)


@given(st.integers(0, 202), st.integers(0, 3000), st.integers(1, 1024), st.integers(1, 8))
def test_groups_keep_the_order_of_languages(count: int, rows: int, room: int, beams: int):
    targets = [str(place) for place in range(count)]
    made = list(groups(targets, rows, Room(room, 10**6), beams))
    assert [target for group in made for target in group] == targets


def test_a_film_is_translated_language_by_language_and_a_clip_into_many_at_once():
    targets = [str(place) for place in range(201)]
    room = Room(1024, 10**9)
    assert {len(group) for group in groups(targets, 1500, room, 4)} == {1}
    assert len(next(groups(targets, 20, room, 4))) == 52  # 1040 rows fill the 4 × 256 that fit


@pytest.mark.parametrize(
    ("engine", "reference", "told"),
    [
        ("nllb", "facebook/nllb-200-distilled-600M", "CC-BY-NC-4.0"),
        ("nllb", "facebook/nllb-200-3.3B", "CC-BY-NC-4.0"),
        ("nllb", "/models/mine", "CC-BY-NC-4.0"),
        ("madlad", "google/madlad400-3b-mt", "Apache-2.0"),
        ("madlad", "/models/mine", "not known"),
        ("apertium", "", "GPL"),
    ],
)
def test_a_licence_is_told_by_the_models_name(engine: str, reference: str, told: str):
    assert licence_of(EngineChoice("translation_engine", engine, reference)).startswith(told)
