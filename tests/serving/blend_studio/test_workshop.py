"""One process blends for all sessions: the newest edit wins, and whoever breaks it breaks it for nobody else."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ops.errors import UsageError
from serving.blend_studio.engine import Preview
from serving.blend_studio.protocol import About, Fault, Phase
from serving.blend_studio.workshop import Seat, Workshop
from tests.serving.blend_studio.quick_engine import CRASHES, CRASHES_LATE, DEFECTIVE, ENDLESS, HANGS, REFUSES, STEPS

FACTORY = "tests.serving.blend_studio.quick_engine:open_engine"
RED, BLUE = "ab" * 32, "cd" * 32


def test_an_edit_gets_its_instant_picture_first_and_then_the_refined_ones():
    async def scene(workshop: Workshop) -> None:
        seat = seated(workshop)
        submit(seat, 1)

        told = [await news(seat)]
        while not told[-1].header.done:
            told.append(await news(seat))

        assert told[0].header.phase is Phase.INSTANT
        assert {each.header.phase for each in told[1:]} == {Phase.NEURAL}
        assert told[-1].header.iteration == told[-1].header.of == STEPS
        assert colour(told[-1].jpeg) == pytest.approx((128, 0, 127), abs=4)

    play(scene)


def test_the_newest_edit_ends_the_one_before_and_nothing_of_that_is_told_any_more():
    async def scene(workshop: Workshop) -> None:
        seat = seated(workshop)
        submit(seat, 1, seed=ENDLESS)
        while (await news(seat)).header.phase is Phase.INSTANT:
            pass
        submit(seat, 2, blue=1.0)

        told = [await news(seat)]
        while not told[-1].header.done:
            told.append(await news(seat))

        assert {each.header.edit for each in told} == {2}
        assert colour(told[-1].jpeg) == pytest.approx((0, 0, 254), abs=4)

    play(scene)


def test_an_endless_refinement_of_one_session_keeps_no_other_waiting():
    async def scene(workshop: Workshop) -> None:
        greedy, modest = seated(workshop), seated(workshop)
        submit(greedy, 1, seed=ENDLESS)
        while (await news(greedy)).header.phase is Phase.INSTANT:
            pass
        submit(modest, 1)
        while not (await news(modest)).header.done:
            pass
        assert (await news(greedy)).header.iteration > STEPS

    play(scene)


@pytest.mark.parametrize("seed", [CRASHES, HANGS])
def test_who_breaks_the_process_is_told_and_others_get_their_picture_from_the_next(seed: int):
    async def scene(workshop: Workshop) -> None:
        guilty, innocent = seated(workshop), seated(workshop)
        submit(guilty, 1, seed=seed)
        submit(innocent, 1)

        fault = await until_fault(guilty)

        assert "broke the engine" in fault.what and fault.edit == 1
        while not (await news(innocent)).header.done:
            pass
        submit(guilty, 2)
        while not (await news(guilty)).header.done:
            pass

    play(scene, stall_s=1.0)


@pytest.mark.parametrize("first", ["guilty", "innocent"])
def test_of_two_that_are_at_work_at_every_death_the_guilty_one_alone_is_told(first: str):
    async def scene(workshop: Workshop) -> None:
        seats = [seated(workshop), seated(workshop)]
        guilty, innocent = seats if first == "guilty" else reversed(seats)
        submit(innocent, 1, seed=ENDLESS)  # it never rests: whenever the process dies, it is at work too
        while (await news(innocent)).header.phase is Phase.INSTANT:
            pass
        submit(guilty, 1, seed=CRASHES_LATE)

        assert "broke the engine" in (await until_fault(guilty)).what
        submit(innocent, 2)
        while not (await news(innocent)).header.done:
            pass

    play(scene)


def test_an_edit_that_cannot_be_done_is_answered_and_the_process_lives_on():
    async def scene(workshop: Workshop) -> None:
        seat = seated(workshop)
        submit(seat, 1, seed=REFUSES)
        assert "style: is no style" in (await until_fault(seat)).what
        submit(seat, 2, seed=DEFECTIVE)
        assert "defect of ours" in (await until_fault(seat)).what
        submit(seat, 3)
        while not (await news(seat)).header.done:
            pass

    play(scene)


def test_a_mask_that_is_no_picture_is_a_fault_of_its_edit_alone():
    async def scene(workshop: Workshop) -> None:
        seat = seated(workshop)
        seat.put_mask("mask-1", b"\x89PNG\r\n\x1a\n" + bytes(60))
        submit(seat, 1, mask="mask-1")
        assert "mask-1" in (await until_fault(seat)).what

        seat.put_mask("mask-2", painted_png())
        submit(seat, 2, mask="mask-2", blue=1.0)
        while not (last := await news(seat)).header.done:
            pass
        assert colour(last.jpeg, left=True) == pytest.approx((0, 0, 254), abs=12)
        assert colour(last.jpeg, left=False) == pytest.approx((254, 0, 0), abs=12)

    play(scene)


def test_there_are_only_so_many_seats_and_a_left_one_is_free_again():
    async def scene(workshop: Workshop) -> None:
        first = workshop.join()
        workshop.join()
        with pytest.raises(UsageError, match="has its 2 sessions"):
            workshop.join()
        workshop.leave(first)
        workshop.join()

    play(scene, seats=2)


def test_an_engine_that_does_not_start_is_told_after_three_tries():
    async def scene(workshop: Workshop) -> None:
        seat = seated(workshop)
        submit(seat, 1)
        assert "does not start" in (await until_fault(seat)).what

    play(scene, factory="tests.serving.blend_studio.quick_engine:is_not_there")


def play(scene: Callable[[Workshop], Awaitable[None]], factory: str = FACTORY, **settings: Any) -> None:
    async def acts() -> None:
        workshop = Workshop(factory, **settings)
        try:
            await asyncio.wait_for(scene(workshop), 30)
        finally:
            await workshop.close()

    asyncio.run(acts())


def seated(workshop: Workshop) -> Seat:
    seat = workshop.join()
    for name, channel in ((RED, 0), (BLUE, 2)):
        picture = np.zeros((48, 64, 3), np.uint8)
        picture[..., channel] = 254
        seat.put_source(name, picture)
    return seat


def submit(seat: Seat, edit: int, *, seed: int = 0, blue: float = 0.5, mask: str | None = None) -> None:
    recipe = {
        "target": RED,
        "seed": seed,
        "sources": [{"picture": BLUE, "style": blue, "content": 0.0, "style_mask": mask, "content_mask": None}],
    }
    names = frozenset([RED, BLUE] if mask is None else [RED, BLUE, mask])
    seat.submit(edit, recipe, 96, names)


async def news(seat: Seat) -> Preview:
    while True:
        told = await seat.outbox.next()
        assert not isinstance(told, Fault), told
        if isinstance(told, Preview):
            return told


async def until_fault(seat: Seat) -> Fault:
    while not isinstance(told := await seat.outbox.next(), Fault):
        assert isinstance(told, Preview | About)
    return told


def colour(jpeg: bytes, *, left: bool = True) -> tuple[float, ...]:
    picture = np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB"))
    half = picture[:, :24] if left else picture[:, -24:]
    return tuple(half.reshape(-1, 3).mean(axis=0))


def painted_png() -> bytes:
    plane = np.zeros((48, 64), np.uint8)
    plane[:, :32] = 255
    file = io.BytesIO()
    Image.fromarray(plane).save(file, "PNG")
    return file.getvalue()
