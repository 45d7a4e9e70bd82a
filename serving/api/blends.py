"""/v1/blends and /v1/blend-sources: pictures are uploaded, recipes published, and what people think of them kept."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from ops.blend.model import MOST_SOURCES, Colour, ContentMode, Optimiser, Start, recipe_from_json
from ops.blend.reading import decode_picture
from ops.errors import MediaError, UsageError
from resources.api_keys import Scope
from resources.blends import Blends, Feedback
from serving.api.blend_answers import BlendOut, BlendPath, blend_out, known_blend
from serving.api.experiments import STRICT
from serving.api.parameters import TheEdge
from serving.auth import Caller, may
from serving.edge import Edge
from serving.problems import ProblemError, problems

__all__ = ["router"]

router = APIRouter(tags=["blends"])

_HASH = "^[0-9a-f]{64}$"
_Editor = Annotated[Caller, Depends(may(Scope.BLENDS))]
_Sha = Annotated[str, Field(pattern=_HASH, description="A picture's hash, from its upload.", examples=["0a" * 32])]
_Mask = Annotated[_Sha | None, Field(description="Where in the blend it goes; none is everywhere.", examples=[None])]
_Weight = Annotated[float, Field(ge=0, le=1, description="0 gives nothing, 1 all.", examples=[0.7])]
_Layers = Annotated[
    dict[Annotated[str, Field(pattern="^[A-Za-z0-9_.]{1,40}$")], Annotated[float, Field(ge=0, le=100)]],
    Field(
        max_length=32,
        description="Weights by layer; none leaves them to the network.",
        examples=[{"relu2_1": 1.0}],
        json_schema_extra={"additionalProperties": False},  # what fits no pattern is refused
    ),
]
_Name = Annotated[
    str,
    Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$", description="For people.", examples=["The cat by night"]),
]


class BlendSourceIn(BaseModel):
    """One picture and what it gives."""

    model_config = STRICT

    picture: _Sha
    style: _Weight = 1.0
    content: _Weight = 0.0
    style_mask: _Mask = None
    content_mask: _Mask = None
    name: _Name = ""


class BlendRecipeIn(BaseModel):
    """What is blended, and how."""

    model_config = STRICT

    target: _Sha
    sources: list[BlendSourceIn] = Field(min_length=1, max_length=MOST_SOURCES)
    style_layers: _Layers = {}
    content_layers: _Layers = {}
    size: int = Field(1024, ge=64, le=4096, description="Longer side, pixels.", examples=[1024])
    iterations: int = Field(300, ge=1, le=5000, description="Most steps over all scales.", examples=[300])
    learning_rate: float = Field(0.03, ge=0.001, le=0.5, description="Adam's step.", examples=[0.03])
    optimiser: Optimiser = Field(Optimiser.LBFGS, description="What walks down the loss.", examples=["lbfgs"])
    total_variation: float = Field(0.2, ge=0, le=10, description="Smoothness.", examples=[0.2])
    colour: Colour = Field(Colour.MKL, description="Where colours come from.", examples=["mkl"])
    content_mode: ContentMode = Field(
        ContentMode.REGION, description="What several contents make of one picture.", examples=["region"]
    )
    start: Start = Field(Start.TARGET, description="What the first picture is.", examples=["target"])
    seed: int = Field(0, ge=0, lt=2**31, description="Of all that is chance.", examples=[0])


class BlendIn(BaseModel):
    """A recipe to publish."""

    model_config = STRICT

    recipe: BlendRecipeIn
    name: _Name = ""
    edited_from: Annotated[str, Field(pattern="^blend-[0-9a-f]{16}$")] | None = Field(
        None, description="The blend whose recipe this one was made of; it is told.", examples=[None]
    )


class BlendFeedbackIn(BaseModel):
    """What somebody thinks of a blend; a re-edit is told by publishing it."""

    model_config = STRICT

    kind: Annotated[Literal[Feedback.LIKE, Feedback.DISLIKE], Field(description="like or dislike.", examples=["like"])]


class BlendSourceOut(BaseModel):
    """A picture that was uploaded."""

    sha256: str = Field(description="Of its bytes: what recipes call it.", examples=["0a" * 32])
    width: int = Field(description="Pixels, upright.", examples=[1280])
    height: int = Field(examples=[720])


@router.post(
    "/v1/blend-sources",
    status_code=201,
    summary="Upload a picture",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
    responses=problems(401, 403, 404, 413, 422, 429, 503),
)
async def upload(
    request: Request,
    edge: TheEdge,
    caller: _Editor,
    name: Annotated[str, Query(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$", description="Its file's name.")] = "",
    replaces: Annotated[
        str | None, Query(pattern=_HASH, description="The picture that it is a better delivery of.")
    ] = None,
) -> BlendSourceOut:
    """Takes a picture or a mask, at most 20 MB and 40 megapixels: the body is its file.

    Recipes call it by the hash of its bytes; uploading it twice changes nothing. Where it replaces another, blends that
    were made from that one are made again with this.
    """
    content = await request.body()
    return await asyncio.to_thread(_kept, edge, content, name, caller.name, replaces)


@router.post(
    "/v1/blends", status_code=201, summary="Publish a blend", responses=problems(401, 403, 404, 413, 422, 429, 503)
)
def publish(edge: TheEdge, caller: _Editor, wish: BlendIn) -> BlendOut:
    """Publishes a recipe, which is rendered at its full size within minutes; ask for the blend to see how far it is.

    Its pictures are uploaded before. Publishing what is published gives the same blend; one that failed is tried again.
    """
    kept = Blends(edge.database)
    try:
        recipe = recipe_from_json(wish.recipe.model_dump(mode="json"))
        blend = kept.publish(recipe, name=wish.name, owner=caller.name, edited_from=wish.edited_from)
    except UsageError as error:
        raise ProblemError(404 if "there is no such" in error.what else 422, str(error)) from error
    return blend_out(edge, kept, blend)


@router.get(
    "/v1/blends/{blend}",
    summary="A blend",
    dependencies=[Depends(may(Scope.BLENDS))],
    responses=problems(401, 403, 404, 422, 429, 503),
)
def find(edge: TheEdge, blend: BlendPath) -> BlendOut:
    """Tells how far a blend is, its recipe, where its picture is once it is made, and what people said of it."""
    kept = Blends(edge.database)
    return blend_out(edge, kept, known_blend(kept, blend))


@router.post(
    "/v1/blends/{blend}/feedback",
    summary="Like a blend",
    responses=problems(401, 403, 404, 413, 422, 429, 503),
)
def tell(edge: TheEdge, caller: _Editor, blend: BlendPath, word: BlendFeedbackIn) -> BlendOut:
    """Keeps what somebody thinks of a blend; a like takes their dislike back. Safe to repeat."""
    kept = Blends(edge.database)
    found = known_blend(kept, blend)
    kept.tell(blend, word.kind, who=caller.name)
    return blend_out(edge, kept, found)


def _kept(edge: Edge, content: bytes, name: str, owner: str, replaces: str | None) -> BlendSourceOut:
    try:
        height, width = decode_picture(content, name=name or "the picture").shape[:2]
    except (MediaError, UsageError) as error:
        raise ProblemError(422, str(error)) from error
    try:
        kept = Blends(edge.database).add_source(
            content, name=name, size=(width, height), owner=owner, replaces=replaces
        )
    except UsageError as error:
        raise ProblemError(404 if "there is no such" in error.what else 422, str(error)) from error
    return BlendSourceOut(sha256=kept.sha256, width=width, height=height)
