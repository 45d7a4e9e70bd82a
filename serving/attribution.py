"""What an event counts for: the exhibit it is about, and the arm that its viewer had been shown when it happened."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from resources.assignments import Assignment
from resources.experiments import Experiment
from resources.past_moments import Asked, PastMoments, Then
from serving.decision import Decider

__all__ = ["Attribution", "Credit", "Told"]

_CLOCKS = timedelta(seconds=5)  # by so much a viewer's clock may be behind when they see a test's first picture
_ON_TIME = timedelta(minutes=1)  # where nothing is tested, an older event may be of a test that ended meanwhile
_GIVE_WAY = 20


@dataclass(frozen=True)
class Told:
    """What an event says of itself; the aspect is empty, and the time None, where it does not.

    A viewing is of a trailer, and of one file: `content` tells which, where the viewer's side knows.
    """

    title: str
    aspect: str
    viewer: str
    at: datetime | None
    viewing: bool = False
    content: str = ""


@dataclass(frozen=True)
class Credit:
    """What an event counts for; the aspect, and of a viewing the content, is empty where it could not be found out."""

    aspect: str
    dealt: Assignment | None = None
    content: str = ""


class Attribution:
    """Credits events by what ran when they happened; one that came on time costs no query."""

    def __init__(self, decider: Decider, past: PastMoments) -> None:
        self._decider = decider
        self._past = past

    async def of(self, told: Sequence[Told], now: datetime) -> list[Credit]:
        """What each event counts for, in the order told."""
        running = [self._decider.running(each.title, each.aspect) for each in told]
        past = {
            number: Asked(each.title, each.aspect, each.viewer, each.at or now)
            for number, each in enumerate(told)
            if _is_past(each, running[number], now)
        }
        sole = [
            tests[0].aspect if len(tests) == 1 and number not in past else each.aspect
            for number, (each, tests) in enumerate(zip(told, running, strict=True))
        ]
        present = [(each.title, sole[number], each.viewer) for number, each in enumerate(told) if number not in past]
        await self._decider.prepare(present)
        then = dict(zip(past, await self._then(list(past.values())), strict=True))
        credits = []
        for number, each in enumerate(told):
            if number % _GIVE_WAY == 0:
                await asyncio.sleep(0)  # a decision must not wait for a whole batch
            if number in then:
                credits.append(replace(_credit(each, then[number]), content=each.content))
                continue
            dealt = await self._decider.assignment(each.title, sole[number], each.viewer)
            credits.append(await self._of_now(each, sole[number], dealt))
        return credits

    async def _of_now(self, told: Told, exhibit: str, dealt: Assignment | None) -> Credit:
        """A viewing of another file than the viewer's arm, out of a cache, says something of that file alone."""
        if not told.viewing:
            return Credit(exhibit, dealt)
        shown = await self._decider.content(told.title, exhibit, dealt)
        return Credit(exhibit, dealt if told.content in ("", shown) else None, told.content or shown)

    async def _then(self, asked: Sequence[Asked]) -> list[Then]:
        return await asyncio.to_thread(self._past.then, asked) if asked else []


def _is_past(told: Told, running: Sequence[Experiment], now: datetime) -> bool:
    """Whether what runs now does not tell what the viewer saw."""
    if not running:
        return not told.aspect or (told.at is not None and told.at < now - _ON_TIME)
    return told.at is not None and any(
        test.started_at is not None and told.at < test.started_at - _CLOCKS for test in running
    )


def _credit(told: Told, then: Then) -> Credit:
    if len(then.dealt) == 1:
        [(aspect, dealt)] = then.dealt
        return Credit(aspect, dealt)
    if told.aspect or then.dealt or len(then.promoted) != 1:
        return Credit(told.aspect)  # nothing that is known, or two that it could be
    return Credit(then.promoted[0])
