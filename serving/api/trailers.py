"""GET /v1/titles/{title}/trailer: the trailer that this viewer sees, and where it is to be had."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from ops.trailer.cuts import CUTS
from resources.api_keys import Scope
from serving.api.parameters import SegmentQuery, TheEdge, TitlePath, ViewerQuery
from serving.api.thumbnails import decision_headers, picture_url
from serving.auth import may
from serving.edge import Edge
from serving.problems import ProblemError, problems
from serving.standing import Source
from serving.streams import StreamOut, stream_of

__all__ = ["CUT_PATTERN", "TrailerOut", "router", "shown_trailer"]

router = APIRouter(tags=["trailers"])

CUT_PATTERN = f"^({'|'.join(CUTS)})$"
_Cut = Annotated[str, Query(pattern=CUT_PATTERN, description="Which of its trailers.", examples=["trailer_30"])]


class TrailerOut(StreamOut):
    """A decided trailer."""

    title: str = Field(examples=["sintel"])
    cut: str = Field(examples=["trailer_30"])
    source: Source = Field(description="What decided.")
    experiment: str | None = Field(description="The running experiment, if one decided.", examples=["1f2e3d4c5b6a"])
    arm: str | None = Field(description="The variant shown, where it is known.", examples=["0a1b2c3d"])
    propensity: float | None = Field(description="The probability with which this arm was dealt.", examples=[0.25])
    content: str = Field(
        description="By what viewings tell this very film: the beginning of its hash.",
        examples=["0f343b0931126a20f133d67c2b018a3b"],
    )
    mp4: str = Field(description="The film itself, whole.")


def _is_public(request: Request) -> bool:
    return request.app.state.edge.settings.public_thumbnails


@router.get(
    "/v1/titles/{title}/trailer",
    summary="The trailer that this viewer sees",
    dependencies=[Depends(may(Scope.THUMBNAILS, unless=_is_public))],
    response_model=TrailerOut,
    responses={
        304: {"description": "You have the answer (`If-None-Match`)."},
        **problems(401, 403, 404, 422, 429, 503),
    },
)
async def trailer(  # noqa: PLR0917  (FastAPI passes them by name)
    request: Request,
    edge: TheEdge,
    title: TitlePath,
    cut: _Cut = "trailer_30",
    viewer: ViewerQuery = None,
    segment: SegmentQuery = "",
) -> Response:
    """Answers with the film's address, and with those of its playlists, its poster and its pictures for scrubbing where
    there is a quality ladder of that very film.

    A viewer keeps their cut while a test of it runs, and every cut under test is one file without a ladder: what is
    compared differs in nothing else. Without `viewer`, no test decides; who reports a viewer's viewings asks with that
    viewer. The addresses carry hashes and are to be kept for ever; this answer changes. Where the operator set a
    secret, addresses are signed and end; what a playlist leads to ends with the playlist.
    """
    told, headers = await shown_trailer(edge, title, cut, viewer, segment)
    body = told.model_dump_json().encode()
    known = f'"{sha256(body).hexdigest()}"'
    headers |= {"ETag": known, "Access-Control-Allow-Origin": "*", "Vary": "Authorization"}
    if known in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


async def shown_trailer(
    edge: Edge, title: str, cut: str, viewer: str | None, segment: str = ""
) -> tuple[TrailerOut, dict[str, str]]:
    """The trailer that a viewer sees, and the headers that tell how it was decided.

    Raises:
        ProblemError: There is no such title, or no such trailer of it that may be shown.
    """
    pseudonym = None if viewer is None else edge.pseudonyms.of(viewer)
    decision = await edge.decider.decide(title, cut, pseudonym, segment)
    if decision is None:
        known = await asyncio.to_thread(edge.catalogue.find, title)
        raise ProblemError(404, f"{title}: has no {cut} yet." if known else f"{title}: is not in the catalogue.")
    film, dealt = decision.picture, decision.assignment
    edge.metrics.decisions.labels(film.source.value).inc()
    # An arm with a ladder would start sooner and stall less than one without: the test would be of that.
    stream = StreamOut() if dealt else await asyncio.to_thread(stream_of, edge, title, cut, film.sha256)
    told = TrailerOut(
        title=title,
        cut=cut,
        source=film.source,
        experiment=dealt.experiment if dealt else None,
        arm=film.arm or None,
        propensity=dealt.propensity if dealt else None,
        content=film.content,
        mp4=picture_url(edge, film),
        **stream.model_dump(),
    )
    return told, decision_headers(decision, of_one_viewer=viewer is not None)
