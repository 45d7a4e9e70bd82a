"""The page that plays a trailer in every quality that it has."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse, Response

from resources.api_keys import Scope
from serving.api.parameters import TheEdge, TitlePath
from serving.api.trailers import CUT_PATTERN, trailer_stream
from serving.auth import SESSION
from serving.pages.routes import _guarded, _templates

__all__ = ["router"]

router = APIRouter()


@router.get("/titles/{title}/trailer/{cut}")
def trailer_page(
    request: Request, edge: TheEdge, title: TitlePath, cut: Annotated[str, Path(pattern=CUT_PATTERN)]
) -> Response:
    """A trailer, with pictures for scrubbing and a choice of quality."""

    def show() -> Response:
        stream = trailer_stream(edge, title, cut)
        html = _templates().get_template("trailer.html").render(
            signed_in=SESSION in request.cookies, stream=stream.model_dump(), name=edge.catalogue.title(title).name
        )  # fmt: skip
        # Media reach the player as segments that its script fetches and appends: hence connect-src, and blob:.
        media = edge.settings.cdn_url or ""
        policy = (
            f"default-src 'none'; img-src 'self' data: {media}; media-src 'self' blob: {media}; style-src 'self';"
            f" script-src 'self'; connect-src 'self' {media}; form-action 'self'; base-uri 'none';"
            " frame-ancestors 'none'"
        )
        headers = {"Content-Security-Policy": policy, "Cache-Control": "private, no-store"}
        return HTMLResponse(html, headers=headers)

    return _guarded(request, Scope.EXPERIMENTS_READ, show)
