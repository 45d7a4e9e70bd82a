"""GET /v1/titles/{title}/trailer: where a title's trailer is to be had, in every quality."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from ops.trailer.cuts import CUTS
from resources.api_keys import Scope
from resources.store.model import ArtifactKey
from serving.api.parameters import TheEdge, TitlePath
from serving.auth import may
from serving.edge import Edge
from serving.problems import ProblemError, problems
from serving.streams import StreamOut, stream_of

__all__ = ["CUT_PATTERN", "router", "trailer_stream"]

_FRESH_S = 60  # as a thumbnail's: a new cut is seen within a minute, and a CDN asks once a minute

router = APIRouter(tags=["trailers"])

CUT_PATTERN = f"^({'|'.join(CUTS)})$"
_Cut = Annotated[str, Query(pattern=CUT_PATTERN, description="Which of its trailers.", examples=["trailer_30"])]


def _is_public(request: Request) -> bool:
    return request.app.state.edge.settings.public_thumbnails


@router.get(
    "/v1/titles/{title}/trailer",
    summary="Where a trailer is to be had",
    dependencies=[Depends(may(Scope.THUMBNAILS, unless=_is_public))],
    response_model=StreamOut,
    responses={
        304: {"description": "You have the answer (`If-None-Match`)."},
        **problems(401, 403, 404, 422, 429, 503),
    },
)
async def trailer(request: Request, edge: TheEdge, title: TitlePath, cut: _Cut = "trailer_30") -> Response:
    """Answers with the addresses of its playlists, its poster and its pictures for scrubbing.

    The addresses carry hashes and are to be kept for ever; this answer changes when the trailer is made anew. Where the
    operator set a secret, addresses are signed and end; what a playlist leads to ends with the playlist.
    """
    body = (await asyncio.to_thread(trailer_stream, edge, title, cut)).model_dump_json().encode()
    told = f'"{sha256(body).hexdigest()}"'
    headers = {
        "Cache-Control": f"public, max-age={_FRESH_S}",
        "Vary": "Authorization",
        "ETag": told,
        "Access-Control-Allow-Origin": "*",
    }
    if told in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def trailer_stream(edge: Edge, title: str, cut: str) -> StreamOut:
    """Where a title's trailer is to be had.

    Raises:
        ProblemError: There is no such title, or no such trailer of it yet.
        StoreError: The store is out of reach.
    """
    if edge.catalogue.find(title) is None:
        raise ProblemError(404, f"{title}: is not in the catalogue.")
    stream = stream_of(edge, ArtifactKey(title, "trailer_ladder", cut), ArtifactKey(title, "trailer", cut))
    if stream is None:
        raise ProblemError(404, f"{title}: has no {cut} yet.")
    return stream
