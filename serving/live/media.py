"""/live/<grant>/…: the playlists, headers and segments that a stream's addresses lead to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from ops.ladder.rungs import Rung
from serving.auth import gatekeeper_of
from serving.live.asked import TheHouse, granted, unless_busy
from serving.live.film import Film
from serving.live.fragments import PictureTrack, SoundTrack, header
from serving.live.playlists import HLS, SOUND_NAME, master_playlist, picture_playlist, sound_playlist
from serving.problems import ProblemError

__all__ = ["OPEN", "router", "tracks"]


def _count(request: Request) -> None:
    """These addresses need no key: who asks is counted by where they ask from."""
    gatekeeper_of(request).count_anonymous(request)


router = APIRouter(include_in_schema=False, dependencies=[Depends(_count)])

OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "X-Quality, X-Look, X-Source, X-Starts-At",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""Headers with which the pages of other sites may play a stream, and read how it was made."""

_Sealed = Annotated[str, Path(max_length=6000)]


@router.get("/live/{sealed}/{name}.m3u8")
async def playlist(house: TheHouse, sealed: _Sealed, name: str) -> Response:
    """A playlist of a stream."""
    asked = await granted(house, sealed)
    film = asked.stream.film
    if name == "master":
        text = master_playlist(film, "")
    elif name == SOUND_NAME and film.sound is not None:
        text = sound_playlist(film)
    elif film.rung(name) is not None:
        text = picture_playlist(film, name)
    else:
        raise ProblemError(404, "The stream has no such quality.")
    return Response(text, media_type=HLS, headers={**OPEN, "Cache-Control": "private, max-age=3600"})


@router.get("/live/{sealed}/{name}/init.mp4")
async def head(house: TheHouse, sealed: _Sealed, name: str) -> Response:
    """What a decoder needs before any segment; the same for every look."""
    asked = await granted(house, sealed)
    rung = asked.stream.film.rung(name)
    if rung is None and name != SOUND_NAME:
        raise ProblemError(404, "The stream has no such quality.")
    pictures, *sound = tracks(asked.stream.film, rung or asked.stream.film.rungs[-1])
    told = [pictures] if rung is not None else sound
    if not told:
        raise ProblemError(404, "The film has no sound.")
    headers = {**OPEN, "Cache-Control": "private, max-age=86400"}
    return Response(header(*told), media_type="video/mp4", headers=headers)


@router.get("/live/{sealed}/{name}/{number}.m4s")
async def segment(
    request: Request,
    house: TheHouse,
    sealed: _Sealed,
    name: str,
    number: Annotated[int, Path(ge=0, le=1_000_000)],
) -> Response:
    """A segment: made now, or when somebody else asked for it."""
    asked = await granted(house, sealed, number)
    film = asked.stream.film
    if number >= len(film.pieces):
        raise ProblemError(404, "The film is over before that.")
    followed = asked.grant.viewer is not None
    caching = "private, no-store" if followed else "public, max-age=86400"
    if name == SOUND_NAME and film.sound is not None:
        content = await unless_busy(house.sound(asked.stream, number))
        return Response(content, media_type="audio/mp4", headers={**OPEN, "Cache-Control": "public, max-age=86400"})
    rung = film.rung(name)
    if rung is None:
        raise ProblemError(404, "The stream has no such quality.")
    made = await unless_busy(house.pictures(asked.stream, rung, number, watcher=asked.watcher(request)))
    if made.quality != f"{rung.name}, full":
        caching = "private, no-store"  # better may be had later
    headers = {
        **OPEN,
        "Cache-Control": caching,
        "X-Quality": made.quality,
        "X-Look": asked.key,
        "X-Source": "cache" if made.cached else "made",
    }
    return Response(made.content, media_type="video/mp4", headers=headers)


def tracks(film: Film, rung: Rung) -> list[PictureTrack | SoundTrack]:
    """What a decoder must know of a film's pictures, and of its sound where it has one."""
    sound = film.sound
    pictures = PictureTrack(film.timescale, rung.width, rung.height, film.headers[rung.name])
    if sound is None:
        return [pictures]
    return [pictures, SoundTrack(sound.rate, sound.channels, sound.configuration, -sound.origin)]
