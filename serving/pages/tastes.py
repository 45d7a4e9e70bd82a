"""Your look: the page on which a viewer sees, sets and erases what films are shown to them in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi import Path as PathParameter
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from ops.style import catalogue
from ops.tastes.evidence import PLAIN
from resources.api_keys import Scope
from serving.api.parameters import VIEWER_PATTERN, TheEdge
from serving.auth import SESSION, gatekeeper_of
from serving.pages.routes import NotSignedIn, signed_in, templates, to_sign_in
from serving.problems import ProblemError

__all__ = ["router"]

router = APIRouter()

_PLAIN_PICTURE = Path(catalogue.__file__).parent / "library" / "portrait.jpg"
"""The film that all pictures of the library are of, in no style."""

_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@router.get("/my-style")
def my_style(
    request: Request,
    edge: TheEdge,
    viewer: Annotated[str, Query(min_length=1, max_length=200, pattern=VIEWER_PATTERN)],
    ticket: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """A viewer's look; by their own link, or for somebody who is signed in and may.

    The ticket is taken out of the address, so that it is neither kept in a history nor sent on.
    """
    if not (ticket and edge.tickets.opens(ticket, viewer)):
        if ticket:
            gatekeeper_of(request).count_anonymous(request)
            raise ProblemError(403, "The link is not good any more. Ask for a new one where you watch.")
        try:
            signed_in(request, Scope.TASTES)
        except NotSignedIn:
            return to_sign_in(request)
    html = (
        templates()
        .get_template("tastes.html")
        .render(signed_in=SESSION in request.cookies, viewer=viewer, ticket=ticket)
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "private, no-store"})


@router.get("/my-style/pictures/{style}")
def picture(request: Request, style: Annotated[str, PathParameter(pattern="^[a-z][a-z0-9_]{1,39}$")]) -> Response:
    """The picture of a style of the library, or of the film as it is; an empty one where there is none."""
    gatekeeper_of(request).count_anonymous(request)
    found = request.app.state.live.looks.library.get(style)
    if found is None and style != PLAIN:
        raise ProblemError(404, f"{style}: is no style.")
    file = _PLAIN_PICTURE if found is None else found.folder / found.picture
    if not file.is_file():
        return RedirectResponse("/static/no-style-picture.svg")
    return FileResponse(file, headers={"Cache-Control": "public, max-age=3600"})
