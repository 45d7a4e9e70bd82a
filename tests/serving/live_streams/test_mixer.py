"""The mixer: parts of a look from several workers, in order, and nobody waits for a straggler."""

from __future__ import annotations

import threading
import time
from fractions import Fraction

import numpy as np
import pytest
from av.video.frame import VideoFrame

from ops.errors import ModelUnavailable
from ops.style.catalogue import house_styles
from ops.style.model import Family, Recipe, look_of
from ops.style.stages import Canvas, Tick
from serving.live.apart import apart
from serving.live.mixer import Mixer, NearVoice
from serving.live.planes import frame_to_planes, planes_to_frame
from serving.live.pool import RemoteWorkers, families_of_setting
from serving.live.wire import Unreachable

CANVAS = Canvas(32, 16, Fraction(24))
SHAPE = (24, 32)


def flat(value: int) -> np.ndarray:
    return np.full(SHAPE, value, np.uint8)


def mixed(mixer: Mixer, number: int, *, cut: bool = False, value: int = 100) -> int:
    made = frame_to_planes(mixer(planes_to_frame(flat(value), CANVAS), Tick(number, cut)))
    assert made.min() == made.max()
    return int(made[0, 0])


def test_parts_are_laid_over_each_other_by_weight_and_the_rest_is_the_films() -> None:
    mixer = Mixer([(0.5, lambda planes, tick: planes + 40), (0.25, lambda planes, tick: planes - 40)], CANVAS)

    assert mixed(mixer, 0) == round(0.5 * 140 + 0.25 * 60 + 0.25 * 100)
    mixer.close()


def test_a_late_part_is_seen_as_it_was_last_and_then_in_its_order_again() -> None:
    go, given = threading.Event(), []

    def slow(planes: np.ndarray, tick: Tick) -> np.ndarray:
        given.append(tick.frame)
        if tick.frame == 1:
            go.wait(10)
        return flat(200 + tick.frame)

    mixer = Mixer([(1.0, slow)], CANVAS, deadline_s=0.05)
    seen = [mixed(mixer, number) for number in (0, 1)]
    go.set()
    while 3 not in given:
        seen.append(mixed(mixer, len(seen)))

    assert seen[:2] == [200, 200]
    assert seen == sorted(seen) and seen[-1] > 200
    assert given == sorted(given)
    assert mixer.late >= 1
    mixer.close()


def test_before_a_part_has_shown_anything_and_after_a_cut_the_film_itself_is_seen() -> None:
    go = threading.Event()

    def stuck(planes: np.ndarray, tick: Tick) -> np.ndarray:
        if tick.frame:
            go.wait(10)
        return flat(200)

    mixer = Mixer([(1.0, stuck)], CANVAS, deadline_s=0.02)

    assert mixed(mixer, 0) == 200
    assert mixed(mixer, 1, cut=True, value=90) == 90
    go.set()
    mixer.close()


def test_a_part_whose_worker_is_gone_leaves_the_film_standing() -> None:
    def gone(planes: np.ndarray, tick: Tick) -> np.ndarray:
        raise Unreachable("gone")

    mixer = Mixer([(0.5, gone), (0.5, lambda planes, tick: planes + 50)], CANVAS)

    assert [mixed(mixer, number) for number in range(3)] == [125, 125, 125]
    mixer.close()


def test_a_look_made_here_is_never_at_work_in_two_mixers_at_once() -> None:
    at_work, most = [0], [0]

    def slow(frame: VideoFrame, tick: Tick) -> VideoFrame:
        at_work[0] += 1
        most[0] = max(most[0], at_work[0])
        time.sleep(0.1 if tick.frame else 0)
        at_work[0] -= 1
        return frame

    for _ in range(3):  # segments, each with a mixer of its own and the look of the one before
        mixer = Mixer([(1.0, NearVoice(slow, CANVAS))], CANVAS, deadline_s=0.01)
        for number in range(3):
            mixed(mixer, number)
        mixer.close()

    assert most == [1]


def test_a_look_is_shared_out_by_kind_and_its_weights_stay() -> None:
    library = house_styles()
    workers = RemoteWorkers(families_of_setting("grade+overlay=http://a:8090,filter=http://b:8090"))
    look = look_of([(Recipe("noir"), 0.5), (Recipe("pastel"), 0.2), (Recipe("cartoon"), 0.3)], library)
    assert not workers.covers(frozenset({Family.GRADE, Family.FILTER}))

    own, [helper], families = apart(look, library, workers)

    assert families == {Family.GRADE}
    assert {part["style"]: round(part["weight"], 3) for part in own["parts"]} == {"noir": 0.714, "pastel": 0.286}
    assert helper["address"] == "http://b:8090" and helper["weight"] == pytest.approx(0.3)
    assert [part["style"] for part in helper["look"]["parts"]] == ["cartoon"]
    with pytest.raises(ModelUnavailable, match="filter"):
        apart(look, library, RemoteWorkers(families_of_setting("grade=http://a:8090")))
