"""/v1/renditions: titles in other looks: what there is, and orders of what there is not."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from ops.errors import UsageError
from ops.style.catalogue import house_styles
from ops.style.model import Look, Part, Recipe, look_of
from resources.api_keys import Scope
from resources.custom_styles import style_library
from resources.ledger import LedgerRow
from resources.rendition_orders import RENDITION, OrderState, RenditionOrder, RenditionOrders, rendition_key
from resources.store.model import ArtifactKey, Manifest
from serving.api.experiments import STRICT
from serving.api.parameters import TheEdge, TitlePath, title_pattern
from serving.auth import Caller, may
from serving.edge import Edge
from serving.problems import ProblemError, problems

__all__ = ["router"]

router = APIRouter(tags=["renditions"])

_LADDER, _STRIP = "rendition_ladder", "before_after.jpg"
_Title = Annotated[str, Field(pattern=title_pattern, max_length=63, description="The title's id.", examples=["sintel"])]
_Style = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{1,39}$", description="A style's id.", examples=["noir"])]
_Order = Annotated[
    str,
    Path(
        pattern="^[a-z0-9](-?[a-z0-9])*-[0-9a-f]{16}$",
        max_length=80,
        description="The order's id.",
        examples=["sintel-0123456789abcdef"],
    ),
]


class PartIn(BaseModel):
    """One style of a look."""

    model_config = STRICT

    style: _Style
    values: dict[str, float] = Field(
        default={}, max_length=20, description="Its parameters.", examples=[{"grain": 0.4}]
    )
    strength: float = Field(default=1.0, ge=0, le=1, description="0 leaves the film as it is.", examples=[0.8])
    seed: int = Field(default=0, ge=0, lt=2**31, description="Of grain and all else that is chance.", examples=[7])
    weight: float = Field(default=1.0, gt=0, le=1000, description="Its share beside the others'.", examples=[2.0])


class LookIn(BaseModel):
    """A style as somebody wants it, or a mix of up to four."""

    model_config = STRICT

    parts: list[PartIn] = Field(min_length=1, max_length=4)


class StyleOrderIn(BaseModel):
    """A title in a style, as that is."""

    model_config = STRICT

    title: _Title
    style: _Style


class LookOrderIn(BaseModel):
    """A title in a look."""

    model_config = STRICT

    title: _Title
    look: LookIn


class RenditionOut(BaseModel):
    """A title in a look, ready to be shown."""

    name: str = Field(description="The style's name, or those of a mix's styles.", examples=["Noir"])
    styles: list[str] = Field(examples=[["noir"]])
    look: dict[str, object]
    film: str = Field(description="The film's address, to be kept for ever.")
    media_type: str = Field(examples=["video/mp4"])
    hls: str | None = Field(description="The playlist of its quality ladder; null where none was made.")
    before_after: str = Field(description="Moments of the film above, and the same in this look below.")
    width: int
    height: int
    duration_s: float


class OrderOut(BaseModel):
    """An order, and what came of it."""

    id: str = Field(description="The title's and the look's: the same again is the same order.")
    title: str
    look: dict[str, object]
    why: str
    state: OrderState
    error: str = Field(description="Why it failed last, or an empty string.")
    rendition: RenditionOut | None = Field(description="What was made; while it is made anew, the one before.")


class RenditionsOut(BaseModel):
    """A title's renditions, and the orders that are not made yet."""

    title: str
    renditions: list[RenditionOut]
    orders: list[OrderOut]


@router.post(
    "/v1/renditions",
    summary="Order a rendition",
    responses=problems(401, 403, 404, 413, 422, 429, 503),
)
def order(
    edge: TheEdge, caller: Annotated[Caller, Depends(may(Scope.RENDITIONS))], wish: StyleOrderIn | LookOrderIn
) -> OrderOut:
    """Orders a title in a style or a look. It is made within minutes to hours; ask for the order to see how far it is.

    Ordering what is ordered, being made or made changes nothing and gives the same order. Styles that people made up
    are ordered as the house's own are.
    """
    _known(edge, wish.title)
    look = _look(edge, wish)
    ordered = RenditionOrders(edge.database).order(wish.title, look, f"ordered by {caller.name}")
    return _order_out(edge, ordered)


@router.get(
    "/v1/renditions/{order}",
    summary="How far an order is",
    dependencies=[Depends(may(Scope.STREAMS))],
    responses=problems(401, 403, 404, 422, 429, 503),
)
def ordered(edge: TheEdge, order: _Order) -> OrderOut:
    """Tells how far an order is, and where the rendition is once it is made."""
    found = RenditionOrders(edge.database).find(order)
    if found is None:
        raise ProblemError(404, f"{order}: there is no such order.")
    return _order_out(edge, found)


@router.get(
    "/v1/titles/{title}/renditions",
    summary="A title's renditions",
    dependencies=[Depends(may(Scope.STREAMS))],
    responses=problems(401, 403, 404, 422, 429, 503),
)
def of_title(edge: TheEdge, title: TitlePath) -> RenditionsOut:
    """Lists the looks in which a title may be shown, and the orders that are open, at work or failed."""
    _known(edge, title)
    rows = [row for row in edge.ledger.rows(title) if row.key.artifact == RENDITION and row.version is not None]
    made = [out for row in rows if (out := _rendition_out(edge, row)) is not None]
    waiting = [each for each in RenditionOrders(edge.database).of_title(title) if each.state is not OrderState.DONE]
    return RenditionsOut(
        title=title,
        renditions=sorted(made, key=lambda one: one.name),
        orders=[_order_out(edge, each) for each in waiting],
    )


def _known(edge: Edge, title: str) -> None:
    if edge.catalogue.find(title) is None:
        raise ProblemError(404, f"{title}: is not in the catalogue.")


def _look(edge: Edge, wish: StyleOrderIn | LookOrderIn) -> Look:
    parts = [PartIn(style=wish.style)] if isinstance(wish, StyleOrderIn) else wish.look.parts
    library = style_library(edge.database, edge.store)
    for part in parts:
        if part.style not in library:
            raise ProblemError(404, f"{part.style}: there is no such style. There are {', '.join(library)}.")
    try:
        return look_of([(Recipe(p.style, p.values, p.strength, p.seed), p.weight) for p in parts], library)
    except UsageError as error:
        raise ProblemError(422, str(error)) from error


def _order_out(edge: Edge, order: RenditionOrder) -> OrderOut:
    row = edge.ledger.row(_key(order))
    return OrderOut(
        id=order.id,
        title=order.title,
        look=order.look,
        why=order.why,
        state=order.state,
        error=order.last_error,
        rendition=None if row is None or row.version is None else _rendition_out(edge, row),
    )


def _key(order: RenditionOrder) -> ArtifactKey:
    """Where its rendition lies, whether or not today's styles still allow its look."""
    parts = [
        Part(Recipe(each["style"], each["values"], each["strength"], each["seed"]), each["weight"])
        for each in order.look["parts"]
    ]
    return rendition_key(order.title, Look(tuple(parts)))


def _rendition_out(edge: Edge, row: LedgerRow) -> RenditionOut | None:
    """A row's rendition, by its manifest; None where it is gone from the store."""
    manifest = edge.store.manifest(row.key)
    if manifest is None:
        return None
    look = manifest.made_by.parameters["look"]
    styles = [part["style"] for part in sorted(look["parts"], key=lambda part: -part["weight"])]
    film = next(file for file in manifest.files if file.media_type.startswith("video/"))
    house = house_styles()
    return RenditionOut(
        name=" + ".join(house[style].name if style in house else style for style in styles),
        styles=styles,
        look=look,
        film=_address(edge, manifest, film.name),
        media_type=film.media_type,
        hls=_ladder(edge, manifest),
        before_after=_address(edge, manifest, _STRIP),
        width=manifest.quality["width"],
        height=manifest.quality["height"],
        duration_s=manifest.quality["duration_s"],
    )


def _ladder(edge: Edge, rendition: Manifest) -> str | None:
    """The playlist of the ladder that was made of this very version."""
    found = edge.store.manifest(ArtifactKey(rendition.key.title, _LADDER, rendition.key.variant))
    if found is None or found.made_by.parameters.get("rendition") != rendition.version:
        return None
    return _address(edge, found, "master.m3u8")


def _address(edge: Edge, manifest: Manifest, file: str) -> str:
    return edge.links.to(manifest.key, manifest.version, file, manifest.file(file).sha256)
