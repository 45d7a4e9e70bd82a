"""/v1/styles: the looks that films can be shown in, and new ones from words, an example picture or a document."""

from __future__ import annotations

import base64
import json
import threading
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import FileResponse, Response

from ops.errors import UsageError
from ops.safety.text_gate import TextGate
from ops.safety.wordlist import house_words, read_words
from ops.style.grading.custom import (
    MadeUp,
    as_document,
    from_document,
    from_picture,
    from_words,
    opened_picture,
    previewed,
)
from ops.style.grading.preview import house_still, jpeg
from resources.api_keys import Scope
from resources.custom_styles import style_library
from resources.published_variants import exhibit_key, first_choice
from resources.style_wish_model import Kind, State
from resources.style_wishes import StyleWishes
from serving.api.parameters import TheEdge, title_pattern
from serving.api.style_answers import ParameterOut, PreviewOut, StylesOut, WishOut, style_out, wish_out
from serving.auth import Caller, may
from serving.edge import Edge
from serving.problems import ProblemError, problems

__all__ = ["router"]

router = APIRouter(tags=["styles"])

_StyleId = Annotated[str, Path(pattern="^[a-z][a-z0-9_]{1,39}$", description="The style's id.", examples=["noir"])]
_Maker = Annotated[Caller, Depends(may(Scope.STYLES))]
_Values = Annotated[dict[str, float], Field(max_length=20)]
_LARGEST_STILL = 640
_DOCUMENT = {"stages": [{"op": "grade", "warmth": 20, "contrast": 0.2}]}
_DOT = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR42mNg+M8cxQEABMcBZe9wBi8AAAAASUVORK5CYII="

_at_work = threading.Semaphore(2)
"""Previews at a time: each takes a core for half a second, and viewers come first."""


class StyleIn(BaseModel):
    """What a style is to be made from: exactly one of the three."""

    model_config = ConfigDict(extra="forbid")

    prompt: str | None = Field(None, min_length=1, max_length=300, examples=["a warm faded 1970s look"])
    image: str | None = Field(None, description="An example picture's file in base64, under 380 kB.", examples=[_DOT])
    document: dict[str, Any] | None = Field(None, description="A style as docs/styles.md tells.", examples=[_DOCUMENT])

    def source(self) -> tuple[Kind, bytes]:
        """What it is, as `StyleWishes.ask` takes it.

        Raises:
            UsageError: Not exactly one of the three is given, or the picture is no base64.
        """
        if sum(each is not None for each in (self.prompt, self.image, self.document)) != 1:
            raise UsageError("is made from one thing", where="style", fix="Give a prompt, an image or a document.")
        if self.prompt is not None:
            return Kind.PROMPT, self.prompt.encode()
        if self.image is None:
            return Kind.DOCUMENT, json.dumps(self.document, sort_keys=True).encode()
        try:
            return Kind.IMAGE, base64.b64decode(self.image, validate=True)
        except ValueError as error:
            raise UsageError("is no base64", where="image", fix="Encode the picture's file in base64.") from error


class WishIn(StyleIn):
    """A style that somebody asks for."""

    name: str = Field(min_length=1, max_length=60, pattern=r"\S", examples=["Seventies"])
    values: _Values = Field(
        default_factory=dict,
        description="Parameters that were turned: where they will stand.",
        examples=[{"warmth": 11.0}],
    )
    network: bool = Field(False, description="Train a network on the picture too; minutes of work.", examples=[False])


class PreviewIn(StyleIn):
    """A style that somebody wants to see first."""

    title: str | None = Field(
        None, pattern=title_pattern, max_length=63, description="Whose still; else the house's.", examples=["sintel"]
    )
    values: _Values = Field(
        default_factory=dict, description="Parameters that were turned.", examples=[{"warmth": 11.0}]
    )


def _is_public(request: Request) -> bool:
    return request.app.state.edge.settings.public_thumbnails


@router.get(
    "/v1/styles",
    summary="Every style",
    dependencies=[Depends(may(Scope.THUMBNAILS, unless=_is_public))],
    responses=problems(401, 403, 429, 503),
)
def styles(edge: TheEdge) -> StylesOut:
    """Lists the styles that films can be shown in, with what may be turned in each."""
    return StylesOut(styles=[style_out(style) for style in style_library(edge.database, edge.store).values()])


@router.get(
    "/v1/styles/{style}",
    summary="A style, or how far its making is",
    dependencies=[Depends(may(Scope.THUMBNAILS, unless=_is_public))],
    responses=problems(401, 403, 404, 422, 429, 503),
)
def style(edge: TheEdge, style: _StyleId) -> WishOut:
    """Tells of a style; of one that was asked for, whether it is there yet."""
    known = style_library(edge.database, edge.store).get(style)
    wish = StyleWishes(edge.database).find(style)
    if wish is not None:
        return wish_out(wish, known)
    if known is None:
        raise ProblemError(404, f"{style}: there is no such style.")
    return WishOut(id=style, name=known.name, state=State.READY, why="", understood=[], style=style_out(known))


@router.get(
    "/v1/styles/{style}/picture",
    summary="A still in a style",
    dependencies=[Depends(may(Scope.THUMBNAILS, unless=_is_public))],
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}, **problems(401, 403, 404, 422, 429, 503)},
)
def picture(edge: TheEdge, style: _StyleId) -> Response:
    """Gives the picture that shows a style."""
    known = style_library(edge.database, edge.store).get(style)
    if known is None or not known.picture or not (known.folder / known.picture).is_file():
        raise ProblemError(404, f"{style}: has no picture.")
    return FileResponse(
        known.folder / known.picture, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"}
    )


@router.post(
    "/v1/styles",
    status_code=202,
    summary="Ask for a style",
    responses=problems(401, 403, 409, 413, 422, 429, 503),
)
def ask(edge: TheEdge, caller: _Maker, wish: WishIn) -> WishOut:
    """Writes a wish down; it is made within a minute, a network of its own within some more.

    Asking for the same again gives the same style. Ask for it by its id until its state is `ready`.
    """
    kind, source = wish.source()
    _pass_gate(edge, wish.name, wish.prompt or "")
    if wish.values and kind is not Kind.DOCUMENT and not wish.network:
        with _at_work:
            kind, source = Kind.DOCUMENT, as_document(_made(kind, source, wish.name), wish.values)
    asked = StyleWishes(edge.database).ask(kind, source, name=wish.name, owner=caller.name, network=wish.network)
    return wish_out(asked, style_library(edge.database, edge.store).get(asked.id))


@router.post(
    "/v1/styles/preview",
    summary="See a style before asking for it",
    dependencies=[Depends(may(Scope.STYLES))],
    responses=problems(401, 403, 404, 409, 413, 422, 429, 503),
)
def preview(edge: TheEdge, wanted: PreviewIn) -> PreviewOut:
    """Shows a still in the style that would be made, and what was understood; nothing is kept.

    Words are read by the embedded lexicon here, also where a model paints examples of them when the style is made.
    """
    _pass_gate(edge, wanted.prompt or "")
    kind, source = wanted.source()
    with _at_work:
        made = _made(kind, source, "Preview")
        still = _still(edge, wanted.title)
        shown, after = previewed(made, still, wanted.values)
        return PreviewOut(
            understood=list(made.told),
            parameters=[ParameterOut(**vars(each)) for each in shown.parameters],
            before=_data_url(jpeg(still)),
            after=_data_url(after),
        )


def _made(kind: Kind, source: bytes, name: str) -> MadeUp:
    match kind:
        case Kind.PROMPT:
            return from_words(source.decode(), name)
        case Kind.IMAGE:
            return from_picture(source, name)
        case Kind.DOCUMENT:
            return from_document(source, name)


def _pass_gate(edge: Edge, *texts: str) -> None:
    """Words on a list are refused at once; the run that makes the style asks again."""
    gate = _gate(edge.settings.blocked_words)
    for text in texts:
        verdict = gate.judge(text)
        if not verdict.clean:
            raise ProblemError(409, f"It {verdict.why}; say it in other words.")


@lru_cache(maxsize=2)
def _gate(own: FilePath | None) -> TextGate:
    """Compiled once: the house's lists take a moment."""
    return TextGate(house_words() + read_words(own.expanduser()) if own else house_words())


def _still(edge: Edge, title: str | None) -> Any:
    """A title's own first choice of a picture, or the house's still: (H, W, 3) uint8 RGB."""
    if title is None:
        return house_still()
    manifest = edge.store.manifest(exhibit_key(title, "16x9"))
    chosen = None if manifest is None else first_choice(manifest)
    if manifest is None or chosen is None or chosen.name in manifest.withheld:
        raise ProblemError(404, f"{title}: has no picture yet.")
    return opened_picture(edge.store.fetch(manifest, chosen.name).read_bytes(), side=_LARGEST_STILL)


def _data_url(content: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"
