"""GET /v1/titles/{title}/stream and …/stream.mp4: a film in a viewer's own look."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from ops.ladder.rungs import Rung
from resources.api_keys import Scope
from serving.api.parameters import TheEdge, TitlePath, ViewerQuery
from serving.auth import may
from serving.live.asked import Asked, TheHouse, asked_for, stream_now, unless_busy
from serving.live.fragments import SoundTrack, header, rebased
from serving.live.house import LiveHouse
from serving.live.looks import STYLE_PATTERN
from serving.live.media import OPEN, tracks
from serving.live.playlists import HLS, first_rung, master_playlist
from serving.live.wire import Busy
from serving.problems import problems

__all__ = ["router"]

router = APIRouter(tags=["streams"])
_T = TypeVar("_T")

_StyleQuery = Annotated[
    str | None,
    Query(
        pattern=STYLE_PATTERN,
        max_length=240,
        description="A style, or a mix with weights; `none` is the film as it is. Unset, the viewer's profile decides.",
        examples=["noir:0.7,pastel:0.3"],
    ),
]
_PLAYLIST = {"content": {HLS: {"schema": {"type": "string"}}}}


@router.get(
    "/v1/titles/{title}/stream",
    summary="The film, live in this viewer's look (HLS)",
    dependencies=[Depends(may(Scope.STREAMS))],
    response_class=Response,
    responses={
        200: {"description": "The playlist of all qualities.", **_PLAYLIST},
        307: {"description": "This look was made before: the playlist of the finished rendition."},
        **problems(401, 403, 404, 409, 422, 429, 503),
    },
)
async def stream(  # noqa: PLR0917  (FastAPI passes them by name)
    edge: TheEdge,
    house: TheHouse,
    title: TitlePath,
    viewer: ViewerQuery = None,
    style: _StyleQuery = None,
    start: Annotated[float, Query(ge=0, le=86_400, description="Where a player will begin, in seconds.")] = 0.0,
) -> Response:
    """Answers with an HLS master playlist of fMP4 segments, which are made when they are asked for.

    `style` names the look. Without it the look is the one that the viewer's profile says, and follows the profile from
    one segment to the next while it plays. The addresses that the playlist leads to are sealed, need no key, and work
    for some hours. What they answer tells in `X-Quality` how it was made: under load a look is made at a smaller size,
    then with less effort, before anything stalls. The segment at `start` is begun with this very answer.
    """
    asked = await asked_for(edge, house, title, viewer, style, start)
    if asked.look is not None and asked.grant.viewer is None:
        master = asked.stream.sound_of or asked.stream.master
        finished = await asyncio.to_thread(house.looks.finished, title, master, asked.look)
        if finished is not None:
            return RedirectResponse(finished, 307, headers={**OPEN, "Cache-Control": "no-store"})
    film = asked.stream.film
    house.begin(asked.stream, first_rung(film), film.piece_at(start).number)
    sealed = house.grants.seal(asked.grant)
    headers = {**OPEN, "Cache-Control": "private, no-store", "X-Look": asked.key}
    return Response(master_playlist(film, f"/live/{sealed}/"), media_type=HLS, headers=headers)


@router.get(
    "/v1/titles/{title}/stream.mp4",
    summary="The film, live in this viewer's look (one file)",
    dependencies=[Depends(may(Scope.STREAMS))],
    response_class=Response,
    responses={
        200: {"description": "A fragmented MP4 that grows while it is taken.", "content": {"video/mp4": {}}},
        **problems(401, 403, 404, 409, 422, 429, 503),
    },
)
async def progressive(  # noqa: PLR0917  (FastAPI passes them by name)
    request: Request,
    edge: TheEdge,
    house: TheHouse,
    title: TitlePath,
    viewer: ViewerQuery = None,
    style: _StyleQuery = None,
    start: Annotated[float, Query(ge=0, le=86_400, description="Where to begin, in seconds.")] = 0.0,
    quality: Annotated[str, Query(pattern="^[0-9]{1,4}p$", description="Which size.")] = "720p",
) -> Response:
    """Answers with one file, segment by segment, no faster than it is taken and at most one segment ahead.

    It begins with the segment that is on at `start`; `X-Starts-At` tells when that is.
    """
    asked = await asked_for(edge, house, title, viewer, style, start)
    film = asked.stream.film
    rung = film.rung(quality) or first_rung(film)
    first, watcher = film.piece_at(start).number, asked.watcher(request)
    opening = await unless_busy(house.pictures(asked.stream, rung, first, watcher=watcher))
    headers = {
        "Cache-Control": "private, no-store",
        "X-Quality": opening.quality,
        "X-Look": asked.key,
        "X-Starts-At": f"{film.pieces[first].start_tick / film.timescale:.6f}",
    }
    content = _file(house, asked, rung, first=first, watcher=watcher)
    return StreamingResponse(content, media_type="video/mp4", headers={**OPEN, **headers})


async def _file(house: LiveHouse, asked: Asked, rung: Rung, *, first: int, watcher: str) -> AsyncIterator[bytes]:
    """The file's bytes; the next segment is begun while one is taken, and no more."""
    film, sound = asked.stream.film, asked.stream.film.sound
    ticks = film.pieces[first].start_tick
    pictured, *heard = tracks(film, rung)
    later = int(ticks * sound.rate / film.timescale) if sound else 0
    if sound and first:  # the lead-in is where the film begins, and nowhere else
        heard = [SoundTrack(sound.rate, sound.channels, sound.configuration)]
        later -= sound.origin
    length = int((film.tick(film.frames) - ticks) * 90_000 / film.timescale)
    yield header(pictured, *heard, duration=length)
    for number in range(first, len(film.pieces)):
        stream = await _patiently(partial(stream_now, house, asked, number))
        house.begin(await _patiently(partial(stream_now, house, asked, number + 1)), rung, number + 1)
        yield rebased((await _patiently(partial(house.pictures, stream, rung, number, watcher=watcher))).content, ticks)
        samples = await _patiently(partial(house.sound, stream, number)) if sound else b""
        if samples:
            yield rebased(samples, later)


async def _patiently(work: Callable[[], Awaitable[_T]]) -> _T:
    """What comes of it once the workers have room: a file that is being taken waits, and does not break off."""
    while True:
        try:
            return await work()
        except Busy as busy:
            await asyncio.sleep(busy.retry_after_s)
