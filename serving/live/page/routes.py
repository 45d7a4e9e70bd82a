"""The live page's addresses."""

from __future__ import annotations

import asyncio
import functools
from pathlib import Path
from typing import Annotated

import jinja2
from fastapi import APIRouter, Query, Request
from starlette.responses import FileResponse, HTMLResponse, Response

from resources.api_keys import Scope
from serving.api.parameters import TheEdge, TitlePath, ViewerQuery
from serving.auth import SESSION
from serving.live.house import LiveHouse
from serving.live.looks import PLAIN, STYLE_PATTERN
from serving.pages.routes import NotSignedIn, signed_in, templates, to_sign_in
from serving.problems import ProblemError

__all__ = ["router"]

router = APIRouter()
_HERE = Path(__file__).parent
_FILES = {"live.js": "text/javascript", "live.css": "text/css"}


@functools.cache
def _templates() -> jinja2.Environment:
    """The pages' own, and this one."""
    pages = templates()
    assert pages.loader is not None
    return pages.overlay(loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(_HERE), pages.loader]))


@router.get("/live-page/{name}")
def live_file(name: str) -> Response:
    """The page's script and style."""
    if name not in _FILES:
        raise ProblemError(404, "There is no such file.")
    return FileResponse(_HERE / name, media_type=_FILES[name], headers={"Cache-Control": "no-cache"})


@router.get("/titles/{title}/live")
async def live_page(
    request: Request,
    edge: TheEdge,
    title: TitlePath,
    viewer: ViewerQuery = None,
    style: Annotated[str, Query(pattern=STYLE_PATTERN, max_length=240)] = PLAIN,
) -> Response:
    """A title's live player, with a choice of looks and a mix of them."""
    try:
        signed_in(request, Scope.STREAMS)
    except NotSignedIn:
        return to_sign_in(request)
    house: LiveHouse = request.app.state.live
    found = await asyncio.to_thread(edge.catalogue.title, title)
    library = await asyncio.to_thread(lambda: house.looks.library)
    why = ""
    if viewer is not None:
        why = (await asyncio.to_thread(house.looks.of_viewer, edge.pseudonyms.of(viewer), title)).why
    html = _templates().get_template("live.html").render(
        signed_in=SESSION in request.cookies,
        title=title,
        name=found.name,
        viewer=viewer,
        chosen="profile" if viewer else style,
        why=why,
        styles=list(library.values()),
        told={"title": title, "viewer": viewer, "styles": list(library)},
    )  # fmt: skip
    media = edge.settings.cdn_url or ""
    policy = (
        f"default-src 'none'; img-src 'self' data:; media-src 'self' blob: {media}; style-src 'self';"
        f" script-src 'self'; connect-src 'self' {media}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": policy, "Cache-Control": "private, no-store"})
