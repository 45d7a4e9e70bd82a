"""The page of styles: every look on a wall, and a desk to make a new one on, seen before it is kept."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from resources.api_keys import Scope
from resources.custom_styles import style_library
from serving.api.parameters import TheEdge
from serving.api.style_answers import style_out
from serving.auth import SESSION
from serving.pages.routes import NotSignedIn, signed_in, templates, to_sign_in

__all__ = ["router"]

router = APIRouter()

_MOST_TITLES = 200
"""Of a list to choose from."""


@router.get("/styles")
def styles_page(request: Request, edge: TheEdge) -> Response:
    """Every style, and the desk for those whose key may ask for new ones."""
    try:
        key = signed_in(request, Scope.THUMBNAILS)
    except NotSignedIn:
        return to_sign_in(request)
    shown = [style_out(each) for each in style_library(edge.database, edge.store).values()]
    html = templates().get_template("styles.html").render(
        signed_in=SESSION in request.cookies,
        styles=shown,
        may_make=Scope.STYLES in key.scopes,
        titles=edge.catalogue.hot_ids()[:_MOST_TITLES],
    )  # fmt: skip
    policy = (
        "default-src 'none'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": policy, "Cache-Control": "private, no-store"})
