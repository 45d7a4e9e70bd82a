"""The pages' addresses: sign in, experiments, a title."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, quote

import jinja2
from fastapi import APIRouter, Request
from fastapi import Path as PathParameter
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from ops.experiments.model import ArmCounts, totals
from ops.thumbnails.aspect import Aspect
from ops.trailer.cuts import CUTS
from resources.api_keys import ApiKey, Scope
from resources.experiments import Lifecycle
from resources.ledger import LedgerRow
from resources.published_variants import exhibit_key, first_choice
from serving.api.experiments import ExperimentDetailOut, experiment_detail, experiment_out
from serving.api.parameters import TheEdge, TitlePath
from serving.auth import SESSION, SESSION_S, gatekeeper_of
from serving.edge import Edge
from serving.pages.belief import beliefs
from serving.pages.curves import curves
from serving.problems import ProblemError

__all__ = ["NotSignedIn", "guarded", "page", "router", "signed_in", "static_files", "templates", "to_sign_in"]

_HERE = Path(__file__).parent
_SIGN_IN_COST = 5.0  # guessing keys is hopeless; let it be slow as well

router = APIRouter()


def static_files() -> StaticFiles:
    """The pages' own style and scripts."""
    return StaticFiles(directory=_HERE / "static")


class NotSignedIn(Exception):
    """Nobody is: the page is for people with a key."""


def signed_in(request: Request, scope: Scope) -> ApiKey:
    """The key of the person who looks, who may see this.

    Raises:
        NotSignedIn: Nobody is signed in.
        ProblemError: They may not, or ask too often.
    """
    key = gatekeeper_of(request).session_key(request.cookies.get(SESSION, ""))
    if key is None:
        raise NotSignedIn
    gatekeeper_of(request).count(key.id, key.rate_per_s)
    if scope not in key.scopes:
        raise ProblemError(403, f"The key {key.name!r} may not see this; it needs the scope {scope}.")
    return key


@router.get("/login")
def sign_in_page(request: Request, then: str = "/") -> Response:
    """A form for an API key."""
    return page("login.html", request, then=_local(then), wrong=False)


@router.post("/login")
async def sign_in(request: Request) -> Response:
    """Begin a session with an API key."""
    gatekeeper = gatekeeper_of(request)
    gatekeeper.count_attempt(request, cost=_SIGN_IN_COST)
    try:
        form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=4)
    except ValueError:
        raise ProblemError(422, "The form has more than its two fields.") from None
    then = _local(form.get("then", ["/"])[0])
    key = await gatekeeper.key(form.get("key", [""])[0].strip())
    if key is None:
        return page("login.html", request, status=401, then=then, wrong=True)
    answer = RedirectResponse(then, 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(
        SESSION, gatekeeper.session(key), max_age=SESSION_S, httponly=True, samesite="strict", secure=secure
    )
    return answer


@router.post("/logout")
def sign_out() -> Response:
    """End a session."""
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(SESSION)
    return answer


@router.get("/")
def experiments_page(request: Request, edge: TheEdge) -> Response:
    """The experiments: running ones first."""
    return guarded(request, Scope.EXPERIMENTS_READ, lambda: _experiments(request, edge))


def _experiments(request: Request, edge: Edge) -> Response:
    running = edge.experiments.find(state=Lifecycle.RUNNING, limit=60)
    others = [each for each in edge.experiments.find(limit=60) if each.state is not Lifecycle.RUNNING]
    return page(
        "experiments.html",
        request,
        running=[experiment_out(edge, each) for each in running],
        others=[experiment_out(edge, each) for each in others],
        waiting=len(edge.reviews.queue(limit=100)),
    )


@router.get("/experiments/{experiment}")
def experiment_page(
    request: Request, edge: TheEdge, experiment: Annotated[str, PathParameter(pattern="^[0-9a-f]{12}$")]
) -> Response:
    """An experiment: its arms as pictures or trailers, what each got, and what is believed of it."""

    def show() -> Response:
        told = experiment_detail(edge, experiment)
        title = edge.catalogue.title(told.title)
        stay = curves(edge, edge.experiments.get(experiment))
        return page("experiment.html", request, told=told, name=title.name, beliefs=_believed(told), curves=stay)

    return guarded(request, Scope.EXPERIMENTS_READ, show)


@router.get("/experiments/{experiment}/live")
def experiment_live(
    request: Request, edge: TheEdge, experiment: Annotated[str, PathParameter(pattern="^[0-9a-f]{12}$")]
) -> Response:
    """The numbers of the experiment page, for its script."""

    def count() -> dict[str, Any]:
        told = experiment_detail(edge, experiment)
        arms = {arm.id: arm.model_dump(mode="json") for arm in told.arms}
        return {"state": told.state, "arms": arms, "beliefs": _believed(told)}

    # Counting reads every event of the test, and each open page asks every 5 s: they share one count.
    return guarded(request, Scope.EXPERIMENTS_READ, lambda: JSONResponse(edge.live_counts.of(experiment, count)))


def _believed(told: ExperimentDetailOut) -> dict[str, dict[str, float]]:
    counts = [[ArmCounts(**each) for each in day] for day in told.days]
    return {arm: asdict(belief) for arm, belief in beliefs(totals(counts)).items()}


@router.get("/titles/{title}")
def title_page(request: Request, edge: TheEdge, title: TitlePath) -> Response:
    """A title: its pictures in every shape, its experiments, and how each artifact stands."""

    def show() -> Response:
        found = edge.catalogue.find(title)
        if found is None:
            raise ProblemError(404, f"{title}: is not in the catalogue.")
        return page(
            "title.html",
            request,
            title=found,
            pictures=[each for aspect in Aspect for each in _shown(edge, title, aspect, size=aspect.size)],
            trailers=[each for cut in CUTS for each in _shown(edge, title, cut)],
            experiments=[experiment_out(edge, each) for each in edge.experiments.find(title=title, limit=50)],
            rows=edge.ledger.rows(title),
            name_of=_asset_name,
        )

    return guarded(request, Scope.EXPERIMENTS_READ, show)


def _shown(edge: Edge, title: str, aspect: str, **more: object) -> Iterator[dict[str, Any]]:
    """What stands in one shape or of one cut, and what some segments of viewers see instead."""
    key = exhibit_key(title, aspect)

    def told(version: str, file: str, sha: str, note: str) -> dict[str, Any]:
        return {"aspect": aspect, "url": edge.links.to(key, version, file, sha), "note": note, **more}

    promoted = edge.experiments.current(title, aspect)
    if promoted is not None:
        yield told(promoted.version, promoted.file, promoted.sha256, f"promoted by {promoted.who}")
        for segment, own in sorted(promoted.audience.items()):
            yield told(own.version, own.file, own.sha256, f"for the segment {segment}")
        return
    manifest = edge.store.manifest(key)
    picture = None if manifest is None else first_choice(manifest)
    if manifest is not None and picture is not None:
        yield told(manifest.version, picture.name, picture.sha256, "first choice")


def _asset_name(row: LedgerRow) -> str:
    return row.key.asset


def guarded(request: Request, scope: Scope, show: Callable[[], Response]) -> Response:
    """A page for those who may see it; others are asked to sign in first."""
    try:
        signed_in(request, scope)
    except NotSignedIn:
        return to_sign_in(request)
    return show()


def to_sign_in(request: Request) -> Response:
    """To the form, and from there back to what was asked for."""
    url = request.url
    return RedirectResponse(f"/login?then={quote(f'{url.path}?{url.query}' if url.query else url.path)}", 303)


def _local(then: str) -> str:
    """Where to go after signing in: a path of ours, never another site."""
    return then if then.startswith("/") and not then.startswith(("//", "/\\")) and then.isprintable() else "/"


@functools.cache
def templates() -> jinja2.Environment:
    """The pages' templates."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(template: str, request: Request, *, status: int = 200, **values: Any) -> Response:
    """One of the house's pages, for this person alone."""
    edge: Edge = request.app.state.edge
    html = templates().get_template(template).render(signed_in=SESSION in request.cookies, **values)
    media = edge.settings.cdn_url or ""
    policy = (
        f"default-src 'none'; img-src 'self' data: {media}; media-src 'self' {media}; style-src 'self';"
        " script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {"Content-Security-Policy": policy, "Cache-Control": "private, no-store"}
    return HTMLResponse(html, status, headers=headers)
