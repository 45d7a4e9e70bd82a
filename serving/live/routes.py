"""GET /v1/titles/{title}/stream and …/stream.mp4: a film in a viewer's own look, and what these lead to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from ops.errors import UsageError
from ops.ladder.rungs import Rung
from ops.style.model import Look, look_from_json
from resources.api_keys import Scope
from serving.api.parameters import TheEdge, TitlePath, ViewerQuery
from serving.auth import gatekeeper_of, may
from serving.edge import Edge
from serving.live.fragments import PictureTrack, SoundTrack, header, rebased
from serving.live.grants import Grant
from serving.live.house import LiveHouse
from serving.live.looks import STYLE_PATTERN, look_of_text
from serving.live.playlists import SOUND_NAME, first_rung, master_playlist, picture_playlist, sound_playlist
from serving.live.segments import Delivered
from serving.live.stream import Stream
from serving.live.wire import Busy
from serving.problems import ProblemError, problems

__all__ = ["media", "router"]

router = APIRouter(tags=["streams"])


def _count(request: Request) -> None:
    """These addresses need no key: who asks is counted by where they ask from."""
    gatekeeper_of(request).count_anonymous(request)


media = APIRouter(include_in_schema=False, dependencies=[Depends(_count)])
_T = TypeVar("_T")

_HLS = "application/vnd.apple.mpegurl"
_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "X-Quality, X-Look, X-Source, X-Starts-At",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_StyleQuery = Annotated[
    str | None,
    Query(
        pattern=STYLE_PATTERN,
        max_length=240,
        description="A style, or a mix with weights; `none` is the film as it is. Unset, the viewer's profile decides.",
        examples=["noir:0.7,pastel:0.3"],
    ),
]
_Sealed = Annotated[str, Path(max_length=6000)]
_PLAYLIST = {"content": {_HLS: {"schema": {"type": "string"}}}}


@dataclass(frozen=True)
class _Asked:
    """What somebody may stream."""

    grant: Grant
    look: Look | None
    stream: Stream

    @property
    def key(self) -> str:
        """The look's key, whether it was made before or not."""
        return "plain" if self.look is None else self.look.key


def _house(request: Request) -> LiveHouse:
    return request.app.state.live


_House = Annotated[LiveHouse, Depends(_house)]


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
    house: _House,
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
    asked = await _asked(edge, house, title, viewer, style, start)
    if asked.look is not None and asked.grant.viewer is None:
        master = asked.stream.sound_of or asked.stream.master
        finished = await asyncio.to_thread(house.looks.finished, title, master, asked.look)
        if finished is not None:
            return RedirectResponse(finished, 307, headers={**_OPEN, "Cache-Control": "no-store"})
    film = asked.stream.film
    house.begin(asked.stream, first_rung(film), film.piece_at(start).number)
    sealed = house.grants.seal(asked.grant)
    headers = {**_OPEN, "Cache-Control": "private, no-store", "X-Look": asked.key}
    return Response(master_playlist(film, f"/live/{sealed}/"), media_type=_HLS, headers=headers)


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
    house: _House,
    title: TitlePath,
    viewer: ViewerQuery = None,
    style: _StyleQuery = None,
    start: Annotated[float, Query(ge=0, le=86_400, description="Where to begin, in seconds.")] = 0.0,
    quality: Annotated[str, Query(pattern="^[0-9]{1,4}p$", description="Which size.")] = "720p",
) -> Response:
    """Answers with one file, segment by segment, no faster than it is taken and at most one segment ahead.

    It begins with the segment that is on at `start`; `X-Starts-At` tells when that is.
    """
    asked = await _asked(edge, house, title, viewer, style, start)
    film = asked.stream.film
    rung = film.rung(quality) or first_rung(film)
    first = film.piece_at(start).number
    opening = await _delivered(house, asked.stream, rung, first, _watcher(request, asked.grant))
    headers = {
        "Cache-Control": "private, no-store",
        "X-Quality": opening.quality,
        "X-Look": asked.key,
        "X-Starts-At": f"{film.pieces[first].start_tick / film.timescale:.6f}",
    }
    content = _file(house, asked, rung, first=first, watcher=_watcher(request, asked.grant))
    return StreamingResponse(content, media_type="video/mp4", headers={**_OPEN, **headers})


async def _file(house: LiveHouse, asked: _Asked, rung: Rung, *, first: int, watcher: str) -> AsyncIterator[bytes]:
    """The file's bytes; the next segment is begun while one is taken, and no more."""
    film, sound = asked.stream.film, asked.stream.film.sound
    ticks = film.pieces[first].start_tick
    tracks = _tracks(asked.stream, rung)
    later = int(ticks * sound.rate / film.timescale) if sound else 0
    if sound and first:  # the lead-in is where the film begins, and nowhere else
        tracks = [tracks[0], SoundTrack(sound.rate, sound.channels, sound.configuration)]
        later -= sound.origin
    length = int((film.tick(film.frames) - ticks) * 90_000 / film.timescale)
    yield header(*tracks, duration=length)
    for number in range(first, len(film.pieces)):
        stream = await _patiently(partial(_current, house, asked, number))
        house.begin(await _patiently(partial(_current, house, asked, number + 1)), rung, number + 1)
        yield rebased((await _patiently(partial(house.pictures, stream, rung, number, watcher=watcher))).content, ticks)
        heard = await _patiently(partial(house.sound, stream, number)) if sound else b""
        if heard:
            yield rebased(heard, later)


@media.get("/live/{sealed}/{name}.m3u8")
async def playlist(house: _House, sealed: _Sealed, name: str) -> Response:
    """A playlist of a stream."""
    asked = await _granted(house, sealed)
    film = asked.stream.film
    if name == "master":
        text = master_playlist(film, "")
    elif name == SOUND_NAME and film.sound is not None:
        text = sound_playlist(film)
    elif film.rung(name) is not None:
        text = picture_playlist(film, name)
    else:
        raise ProblemError(404, "The stream has no such quality.")
    return Response(text, media_type=_HLS, headers={**_OPEN, "Cache-Control": "private, max-age=3600"})


@media.get("/live/{sealed}/{name}/init.mp4")
async def head(house: _House, sealed: _Sealed, name: str) -> Response:
    """What a decoder needs before any segment; the same for every look."""
    asked = await _granted(house, sealed)
    rung = asked.stream.film.rung(name)
    if rung is None and name != SOUND_NAME:
        raise ProblemError(404, "The stream has no such quality.")
    pictures, *sound = _tracks(asked.stream, rung or asked.stream.film.rungs[-1])
    tracks = [pictures] if rung is not None else sound
    if not tracks:
        raise ProblemError(404, "The film has no sound.")
    headers = {**_OPEN, "Cache-Control": "private, max-age=86400"}
    return Response(header(*tracks), media_type="video/mp4", headers=headers)


@media.get("/live/{sealed}/{name}/{number}.m4s")
async def segment(
    request: Request,
    house: _House,
    sealed: _Sealed,
    name: str,
    number: Annotated[int, Path(ge=0, le=1_000_000)],
) -> Response:
    """A segment: made now, or when somebody else asked for it."""
    asked = await _granted(house, sealed, number)
    film = asked.stream.film
    if number >= len(film.pieces):
        raise ProblemError(404, "The film is over before that.")
    followed = asked.grant.viewer is not None
    caching = "private, no-store" if followed else "public, max-age=86400"
    if name == SOUND_NAME and film.sound is not None:
        content = await _unless_busy(house.sound(asked.stream, number))
        return Response(content, media_type="audio/mp4", headers={**_OPEN, "Cache-Control": "public, max-age=86400"})
    rung = film.rung(name)
    if rung is None:
        raise ProblemError(404, "The stream has no such quality.")
    made = await _delivered(house, asked.stream, rung, number, _watcher(request, asked.grant))
    if made.quality != f"{rung.name}, full":
        caching = "private, no-store"  # better may be had later
    headers = {
        **_OPEN,
        "Cache-Control": caching,
        "X-Quality": made.quality,
        "X-Look": asked.key,
        "X-Source": "cache" if made.cached else "made",
    }
    return Response(made.content, media_type="video/mp4", headers=headers)


async def _asked(  # noqa: PLR0917
    edge: Edge, house: LiveHouse, title: str, viewer: str | None, style: str | None, start_s: float
) -> _Asked:
    """What a request of the API asks for."""
    if await asyncio.to_thread(edge.catalogue.find, title) is None:
        raise ProblemError(404, f"{title}: is not in the catalogue.")
    pseudonym = None if viewer is None or style is not None else edge.pseudonyms.of(viewer)
    look = None
    if style is not None:
        try:
            look = look_of_text(style, await asyncio.to_thread(lambda: house.looks.library))
        except UsageError as error:
            raise ProblemError(422, str(error)) from error
    elif pseudonym is not None:
        plain = await _unless_busy(house.stream(title, None))
        look = await house.look_of_viewer(pseudonym, plain, plain.film.piece_at(start_s).number)
    found = await _unless_busy(house.stream(title, look))
    grant = Grant(title, (found.sound_of or found.master).sha256, look and look.to_json(), pseudonym)
    return _Asked(grant, look, found)


async def _granted(house: LiveHouse, sealed: str, number: int = 0) -> _Asked:
    """What a sealed address leads to, in the look that its viewer has now for a segment.

    Raises:
        ProblemError: 403 it is none of ours, or has ended; 404 its film is another one by now.
    """
    grant = house.grants.open(sealed)
    if grant is None:
        raise ProblemError(403, "The address is not sealed, or it has ended; ask for the stream again.")
    try:
        look = await _unless_busy(_look(house, grant, number))
        found = await _unless_busy(house.stream(grant.title, look, sha256=grant.master))
    except UsageError as error:
        raise ProblemError(404, str(error)) from error
    return _Asked(grant, look, found)


async def _look(house: LiveHouse, grant: Grant, number: int) -> Look | None:
    if grant.viewer is not None:
        plain = await house.stream(grant.title, None, sha256=grant.master)
        return await house.look_of_viewer(grant.viewer, plain, number)
    if grant.look is None:
        return None
    return look_from_json(grant.look, await asyncio.to_thread(lambda: house.looks.library))


async def _current(house: LiveHouse, asked: _Asked, number: int) -> Stream:
    """The stream in the look that its viewer has now for a segment."""
    if asked.grant.viewer is None:
        return asked.stream
    look = await _look(house, asked.grant, number)
    return await house.stream(asked.grant.title, look, sha256=asked.grant.master)


async def _delivered(house: LiveHouse, stream: Stream, rung: Rung, number: int, watcher: str) -> Delivered:
    return await _unless_busy(house.pictures(stream, rung, number, watcher=watcher))


async def _unless_busy(work: Any) -> Any:
    try:
        return await work
    except Busy as busy:
        wait = {"Retry-After": str(max(1, round(busy.retry_after_s)))}
        raise ProblemError(503, f"The style workers are busy: {busy}.", wait) from busy


async def _patiently(work: Callable[[], Awaitable[_T]]) -> _T:
    """What comes of it once the workers have room: a file that is being taken waits, and does not break off."""
    while True:
        try:
            return await work()
        except Busy as busy:
            await asyncio.sleep(busy.retry_after_s)


def _watcher(request: Request, grant: Grant) -> str:
    """Who watches, as far as counting needs to know."""
    return grant.viewer or (request.client.host if request.client else "?")


def _tracks(stream: Stream, rung: Rung) -> list[PictureTrack | SoundTrack]:
    film, sound = stream.film, stream.film.sound
    pictures = PictureTrack(film.timescale, rung.width, rung.height, film.headers[rung.name])
    if sound is None:
        return [pictures]
    return [pictures, SoundTrack(sound.rate, sound.channels, sound.configuration, -sound.origin)]
