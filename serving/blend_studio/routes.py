"""The studio's page, its scripts, and its sources' pictures."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated

import jinja2
from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as PathParameter
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from resources.api_keys import Scope
from serving.api.parameters import TheEdge
from serving.auth import SESSION, may
from serving.blend_studio.pictures import as_jpeg, as_png, shrunk
from serving.blend_studio.protocol import LONGEST_PICTURE
from serving.pages.routes import guarded

__all__ = ["router", "static_files"]

router = APIRouter()

_HERE = Path(__file__).parent
_PAGES = _HERE.parent / "pages"
_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_A_WHILE = {"Cache-Control": "private, max-age=600"}
"""Not for ever: a better delivery of a picture takes its place. Private: who may see it depends on the session."""

_Picture = Annotated[str, PathParameter(pattern="^[0-9a-f]{64}$")]
_Blend = Annotated[str, PathParameter(pattern="^blend-[0-9a-f]{16}$")]


def static_files() -> StaticFiles:
    """The studio's style and scripts."""
    return StaticFiles(directory=_HERE / "static")


@router.get("/studio/blend")
def studio_page(request: Request) -> Response:
    """The studio, empty."""
    return guarded(request, Scope.BLENDS, lambda: _page(request, None))


@router.get("/studio/blend/of/{blend}")
def blend_page(request: Request, blend: _Blend) -> Response:
    """The studio with a blend that somebody saved."""
    return guarded(request, Scope.BLENDS, lambda: _page(request, blend))


@router.get("/studio/blend/sources/{picture}", dependencies=[Depends(may(Scope.BLENDS))])
def source_picture(
    edge: TheEdge, picture: _Picture, size: Annotated[int, Query(ge=16, le=LONGEST_PICTURE)] = LONGEST_PICTURE
) -> Response:
    """A source as browsers show it, whatever it was uploaded as: upright, sRGB, JPEG."""
    found = shrunk(edge.blend_shelf.picture(picture), size)
    return Response(as_jpeg(found), media_type="image/jpeg", headers=_A_WHILE)


@router.get("/studio/blend/masks/{mask}", dependencies=[Depends(may(Scope.BLENDS))])
def mask_picture(edge: TheEdge, mask: _Picture) -> Response:
    """A saved mask: PNG, grey."""
    return Response(as_png(edge.blend_shelf.mask(mask)), media_type="image/png", headers=_A_WHILE)


def _page(request: Request, blend: str | None) -> Response:
    html = _templates().get_template("studio.html").render(signed_in=SESSION in request.cookies, blend=blend)
    return HTMLResponse(html, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "private, no-store"})


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader([_HERE, _PAGES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
