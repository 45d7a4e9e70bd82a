"""The page that plays a trailer in every quality that it has, as the house or one viewer sees it."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse, Response

from resources.api_keys import Scope
from serving.api.parameters import SegmentQuery, TheEdge, TitlePath, ViewerQuery
from serving.api.trailers import CUT_PATTERN, shown_trailer
from serving.auth import SESSION
from serving.pages.routes import NotSignedIn, signed_in, templates, to_sign_in

__all__ = ["router"]

router = APIRouter()


@router.get("/titles/{title}/trailer/{cut}")
async def trailer_page(  # noqa: PLR0917  (FastAPI passes them by name)
    request: Request,
    edge: TheEdge,
    title: TitlePath,
    cut: Annotated[str, Path(pattern=CUT_PATTERN)],
    viewer: ViewerQuery = None,
    segment: SegmentQuery = "",
) -> Response:
    """A trailer, with pictures for scrubbing and a choice of quality.

    Those who look after trailers are no audience: the page reports a viewing only where it is asked for as a viewer's,
    by somebody whose key may report events.
    """
    try:
        key = signed_in(request, Scope.EXPERIMENTS_READ)
    except NotSignedIn:
        return to_sign_in(request)
    told, _ = await shown_trailer(edge, title, cut, viewer, segment)
    found = await asyncio.to_thread(edge.catalogue.title, title)
    reports = {"viewer": viewer, "segment": segment} if viewer and Scope.EVENTS in key.scopes else None
    html = templates().get_template("trailer.html").render(
        signed_in=SESSION in request.cookies,
        stream=told.model_dump(mode="json"),
        name=found.name,
        viewer=viewer,
        reports=reports,
    )  # fmt: skip
    # Media reach the player as segments that its script fetches and appends: hence connect-src, and blob:.
    media = edge.settings.cdn_url or ""
    policy = (
        f"default-src 'none'; img-src 'self' data: {media}; media-src 'self' blob: {media}; style-src 'self';"
        f" script-src 'self'; connect-src 'self' {media}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": policy, "Cache-Control": "private, no-store"})
