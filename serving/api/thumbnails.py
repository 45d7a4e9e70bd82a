"""GET /v1/titles/{title}/thumbnail: the picture that this viewer sees."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

from ops.thumbnails.aspect import Aspect
from resources.api_keys import Scope
from serving.api.parameters import AspectQuery, SegmentQuery, TheEdge, TitlePath, ViewerQuery
from serving.auth import may
from serving.decision import Decision
from serving.edge import Edge
from serving.fallback import fallback
from serving.problems import ProblemError, problems
from serving.standing import Picture, Source

__all__ = ["decision_headers", "picture_url", "router"]

_VIEWED_S = 60  # a viewer's own decision may be kept this long by their browser
_SHARED_S = 60
_FALLBACK_S = 5  # the real picture may be there any moment

router = APIRouter(tags=["thumbnails"])


class DecisionOut(BaseModel):
    """A decided thumbnail."""

    url: str = Field(examples=["/media/0f343b0931126a20f133d67c2b018a3b/sintel/thumbnails/16x9/…/16x9.jpg"])
    source: Source = Field(description="What decided.")
    experiment: str | None = Field(description="The running experiment, if one decided.", examples=["1f2e3d4c5b6a"])
    arm: str | None = Field(description="The arm shown.", examples=["0a1b2c3d"])
    propensity: float | None = Field(description="The probability with which this arm was dealt.", examples=[0.25])


def _is_public(request: Request) -> bool:
    return request.app.state.edge.settings.public_thumbnails


@router.get(
    "/v1/titles/{title}/thumbnail",
    summary="The thumbnail that this viewer sees",
    dependencies=[Depends(may(Scope.THUMBNAILS, unless=_is_public))],
    response_class=Response,
    responses={
        200: {
            "description": "The picture's bytes (`redirect=false`), or the decision (`Accept: application/json`).",
            "content": {
                "image/jpeg": {"schema": {"type": "string", "format": "binary"}},
                "application/json": {"schema": DecisionOut.model_json_schema()},
            },
        },
        302: {
            "description": "Where the picture is: an address that carries its hash, to be kept for ever.",
            "headers": {"Location": {"schema": {"type": "string"}}},
        },
        **problems(401, 403, 404, 422, 429, 503),
    },
)
async def thumbnail(  # noqa: PLR0917  (FastAPI passes them by name)
    request: Request,
    edge: TheEdge,
    title: TitlePath,
    aspect: AspectQuery = Aspect.W16X9,
    viewer: ViewerQuery = None,
    segment: SegmentQuery = "",
    redirect: Annotated[bool, Query(description="False: answer with the bytes themselves.")] = True,
) -> Response:
    """Answers with a redirect to an immutable address; with the picture itself for `redirect=false`; with the decision
    for `Accept: application/json`.

    A viewer keeps their picture while a test runs. Without `viewer`, no test decides. Where a test has shown that a
    `segment` of viewers prefers another picture than the rest, it gets that one. A title that has no picture yet gets
    a stand-in.
    """
    pseudonym = None if viewer is None else edge.pseudonyms.of(viewer)
    decision = await edge.decider.decide(title, aspect, pseudonym, segment)
    if decision is None:
        raise ProblemError(404, f"{title}: is not in the catalogue.")
    edge.metrics.decisions.labels(decision.picture.source.value).inc()
    headers = decision_headers(decision, of_one_viewer=viewer is not None)
    if request.headers.get("accept", "").split(",")[0].strip() == "application/json":
        return JSONResponse(_told(edge, decision).model_dump(), headers=headers)
    if redirect:
        return RedirectResponse(picture_url(edge, decision.picture), 302, headers=headers)
    return await _bytes(edge, decision.picture, headers)


def picture_url(edge: Edge, picture: Picture) -> str:
    """The immutable address of a decided picture."""
    if picture.source is Source.FALLBACK:
        return edge.links.to_fallback(picture.aspect, picture.sha256)
    return edge.links.to(picture.key, picture.version, picture.file, picture.sha256)


def _told(edge: Edge, decision: Decision) -> DecisionOut:
    dealt = decision.assignment
    return DecisionOut(
        url=picture_url(edge, decision.picture),
        source=decision.picture.source,
        experiment=dealt.experiment if dealt else None,
        arm=decision.picture.arm or None,
        propensity=dealt.propensity if dealt else None,
    )


def decision_headers(decision: Decision, *, of_one_viewer: bool) -> dict[str, str]:
    """How long, and by whom, the answer may be kept, and how it was decided."""
    source = decision.picture.source
    age = _FALLBACK_S if source is Source.FALLBACK else _VIEWED_S if of_one_viewer else _SHARED_S
    headers = {
        "Cache-Control": f"{'private' if of_one_viewer else 'public'}, max-age={age}",
        "Vary": "Accept, Authorization",
        "X-Showrunner-Source": source.value,
    }
    if decision.assignment is not None:
        headers["X-Showrunner-Experiment"] = decision.assignment.experiment
        headers["X-Showrunner-Arm"] = decision.assignment.arm
        headers["X-Showrunner-Propensity"] = f"{decision.assignment.propensity:.17g}"
    return headers


async def _bytes(edge: Edge, picture: Picture, headers: dict[str, str]) -> Response:
    headers["ETag"] = f'"{picture.sha256}"'
    if picture.source is Source.FALLBACK:
        return Response(fallback(Aspect(picture.aspect)).content, media_type="image/jpeg", headers=headers)
    manifest = await asyncio.to_thread(edge.store.manifest, picture.key, picture.version)
    if manifest is None:
        raise ProblemError(404, f"{picture.key}: the picture is gone.")
    path = await asyncio.to_thread(edge.store.fetch, manifest, picture.file)
    return FileResponse(path, media_type=manifest.file(picture.file).media_type, headers=headers)
