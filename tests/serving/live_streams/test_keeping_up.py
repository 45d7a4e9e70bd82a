"""Under load: a worker takes on no more than it can do, and a stream gives up sharpness before it gives up time."""

from __future__ import annotations

import threading
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest

from ops.ladder.rungs import Rung
from serving.live.popularity import Popularity
from serving.live.quality import STEPS, Pace
from serving.live.segment_cache import SegmentCache
from serving.live.worker.guard import Guard, Overloaded, Task


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def done(guard: Guard, clock: Clock, task: Task, took_s: float) -> int:
    with guard.admitted(task) as step:
        clock.now += took_s
    return step


def test_a_task_that_would_be_late_is_made_at_a_lower_step_before_it_is_refused() -> None:
    clock = Clock()
    guard = Guard(most_waiting=4, memory_bytes=1 << 60, clock=clock)
    done(guard, clock, Task("noir 720p", 2.0, 0, 30.0), took_s=3.0)

    in_time = done(guard, clock, Task("noir 720p", 2.0, 0, 30.0), took_s=3.0)
    pressed = done(guard, clock, Task("noir 720p", 2.0, 0, 1.5), took_s=0.1)

    assert in_time == 0
    assert 0 < pressed < len(STEPS)
    with pytest.raises(Overloaded):
        done(guard, clock, Task("noir 720p", 2.0, 0, 0.01), took_s=0.1)


def test_a_full_queue_is_said_at_once_with_when_to_come_back() -> None:
    guard = Guard(most_waiting=1, memory_bytes=1 << 60)
    go, inside = threading.Event(), threading.Barrier(2, timeout=10)

    def work() -> None:
        with guard.admitted(Task("a", 1.0, 0, 30.0)):
            inside.wait()
            go.wait(10)

    first = threading.Thread(target=work)
    first.start()
    inside.wait()
    second = threading.Thread(target=lambda: guard.admitted(Task("a", 1.0, 0, 30.0)).__enter__(), daemon=True)
    second.start()
    while guard.load.queue < 2:
        second.join(0.01)

    with pytest.raises(Overloaded) as refusal, guard.admitted(Task("a", 1.0, 0, 30.0)):
        pass

    assert refusal.value.retry_after_s >= 1
    assert guard.load.queue == 2 and guard.load.queue_s > 0
    go.set()
    first.join(10)


def test_memory_is_let_go_of_before_work_is_refused() -> None:
    used, let_go = [200], []

    def release() -> None:
        let_go.append(True)
        used[0] = 50

    guard = Guard(most_waiting=1, memory_bytes=100, memory=lambda: used[0], release=release)
    with guard.admitted(Task("a", 1.0, 0, 30.0)):
        assert let_go
    used[0] = 200
    guard = Guard(most_waiting=1, memory_bytes=100, memory=lambda: used[0])
    with pytest.raises(Overloaded, match="memory"), guard.admitted(Task("a", 1.0, 0, 30.0)):
        pass


def test_what_a_task_works_with_is_never_let_go_of_under_it() -> None:
    used, let_go = [50], []
    guard = Guard(most_waiting=4, memory_bytes=100, memory=lambda: used[0], release=lambda: let_go.append(True))

    with guard.admitted(Task("a", 1.0, 0, 30.0)):
        used[0] = 200
        with pytest.raises(Overloaded, match="memory"), guard.admitted(Task("b", 1.0, 0, 30.0)):
            pass
        assert not let_go

    with pytest.raises(Overloaded, match="memory"), guard.admitted(Task("b", 1.0, 0, 30.0)):
        pass
    assert let_go


def test_a_task_without_frames_is_seen_to_hang() -> None:
    clock = Clock()
    guard = Guard(most_waiting=1, memory_bytes=1 << 60, clock=clock)
    assert guard.stuck_s == 0

    with guard.admitted(Task("a", 1.0, 0, 30.0)):
        clock.now += 5
        assert guard.stuck_s == 5
        guard.beat()
        clock.now += 2
        assert guard.stuck_s == 2

    assert guard.stuck_s == 0


def test_what_is_remembered_of_the_load_does_not_grow_while_nobody_asks_for_it() -> None:
    clock = Clock()
    guard = Guard(most_waiting=1, memory_bytes=1 << 60, clock=clock)

    tracemalloc.start()
    for _ in range(50_000):
        clock.now += 0.1
        guard.beat()
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert grown < 100_000  # bytes: a hundred frames, and not all there ever were
    assert guard.load.frames_per_s == pytest.approx(10, abs=0.2)


def test_a_stream_drops_size_first_then_effort_and_climbs_back_slowly() -> None:
    pace = Pace()
    assert STEPS[1].scale < 1 and STEPS[1].effort is STEPS[0].effort  # size first
    assert STEPS[-1].effort is not STEPS[0].effort

    pace.took(1.9, 2.0)
    slow = pace.step
    for _ in range(3):
        pace.took(0.3, 2.0)
    patient = pace.step
    for _ in range(30):
        pace.took(0.3, 2.0)

    assert slow > 0
    assert patient == slow
    assert pace.step == 0


def test_a_climb_that_fails_is_not_tried_again_soon() -> None:
    pace = Pace()
    pace.took(2.2, 2.0)
    low, climbs = pace.step, []
    for number in range(60):
        before = pace.step
        pace.took(1.9 if pace.step < low else 0.5, 2.0)
        if pace.step < before:
            climbs.append(number)

    apart = [after - before for before, after in pairwise(climbs)]
    assert len(apart) >= 2 and apart[1] > apart[0]


def test_a_very_late_segment_takes_several_steps_at_once() -> None:
    pace = Pace()
    pace.took(6.0, 2.0)

    assert pace.step >= 3
    assert STEPS[pace.step].told(Rung(720, 1280)) == "720p, made at 640x360, reduced effort" or pace.step == 4


def test_the_cache_keeps_to_its_size_and_the_least_used_goes(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path, 300)
    for name in ("film/a", "film/b", "film/c"):
        cache.put(name, bytes(100))
    assert cache.get("film/a") == bytes(100)

    cache.put("film/d", bytes(100))

    assert cache.get("film/b") is None
    assert cache.get("film/a") is not None
    assert SegmentCache(tmp_path, 300).get("film/d") is not None
    assert sum(path.stat().st_size for path in tmp_path.glob("*/*")) <= 300


def test_a_look_becomes_popular_once_by_different_viewers_within_the_window() -> None:
    clock = Clock()
    popularity = Popularity(3, 60.0, clock)

    assert not any(popularity.watched("sintel", "noir", "ada") for _ in range(10))
    assert not popularity.watched("sintel", "noir", "bob")
    clock.now += 61
    assert not popularity.watched("sintel", "noir", "eve")
    assert not popularity.watched("sintel", "noir", "ada")
    assert popularity.watched("sintel", "noir", "bob")
    assert not popularity.watched("sintel", "noir", "kim")
