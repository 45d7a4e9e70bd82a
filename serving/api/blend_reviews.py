"""/v1/blends/{blend}/held and /approval: the picture that a check held, and a person's word on it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from starlette.responses import FileResponse, Response

from ops.errors import UsageError
from resources.api_keys import Scope
from resources.blends import Blend, Blends
from serving.api.blend_answers import BlendOut, BlendPath, blend_out, held_address, held_picture, known_blend
from serving.api.experiments import STRICT
from serving.api.parameters import TheEdge
from serving.auth import Caller, may
from serving.edge import Edge
from serving.problems import ProblemError, problems

__all__ = ["router"]

router = APIRouter(tags=["blends"])

_Seen = Annotated[
    str | None,
    Field(
        max_length=300,
        description="The address of the picture that the person saw (`held`); another that waits by now is a conflict.",
        examples=[None],
    ),
]


class BlendApprovalIn(BaseModel):
    """A blend that a check held may be published as it is."""

    model_config = STRICT

    approved: Literal[True] = Field(description="It may be published.", examples=[True])
    note: str = Field("", max_length=1000, pattern=r"^[^\x00]*$", examples=["It is meant to be flat."])
    seen: _Seen = None


class BlendRejectionIn(BaseModel):
    """It may not, and why."""

    model_config = STRICT

    approved: Literal[False] = Field(description="It may not be published.", examples=[False])
    note: str = Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$", examples=["Too flat."])
    seen: _Seen = None


@router.get(
    "/v1/blends/{blend}/held",
    summary="The picture that waits for a person",
    dependencies=[Depends(may(Scope.REVIEWS_READ))],
    response_class=Response,
    responses={
        200: {
            "description": "The bytes.",
            "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
        },
        206: {"description": "A part.", "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}},
        400: {"description": "A `Range` that cannot be read.", "content": {"text/plain": {}}},
        416: {"description": "A `Range` beyond the end.", "content": {"text/plain": {}}},
        **problems(401, 403, 404, 422, 429, 503),
    },
)
def show(
    edge: TheEdge,
    blend: BlendPath,
    version: Annotated[
        str | None, Query(pattern="^[A-Za-z0-9-]{1,64}$", description="Of the picture; none is whichever waits.")
    ] = None,
) -> Response:
    """Shows what a check held of a blend, to those who may review it."""
    found = known_blend(Blends(edge.database), blend)
    address = held_address(found)
    if address is None or (version is not None and not address.endswith(f"?version={version}")):
        raise ProblemError(404, f"{blend}: nothing of it waits for a person.")
    file = held_picture(edge, found)
    if file is None:
        raise ProblemError(404, f"{blend}: its picture is not kept any more.")
    path = edge.store.fetch_held(found.held, file)
    return FileResponse(path, media_type=file.media_type, headers={"Cache-Control": "private, no-store"})


@router.post(
    "/v1/blends/{blend}/approval",
    summary="Approve or reject a held blend",
    responses=problems(401, 403, 404, 409, 413, 422, 429, 503),
)
def judge(
    edge: TheEdge,
    caller: Annotated[Caller, Depends(may(Scope.REVIEWS_WRITE))],
    blend: BlendPath,
    word: BlendApprovalIn | BlendRejectionIn,
) -> BlendOut:
    """Says whether a blend that a check held may be published as it is; approved, it is within a minute.

    A blend that does not wait for a person is a conflict, and so is approving a picture that is not kept any more:
    nobody could have seen it. A rejected one is made again once its pictures, the code or the network have changed.
    """
    kept = Blends(edge.database)
    found = known_blend(kept, blend)
    address = held_address(found)
    if address is not None:
        _refuse_unseen(edge, found, word)
    try:
        # of the picture that was looked for above: one that came to wait since was seen by nobody
        judged = kept.judge(
            blend, approved=word.approved, who=caller.name, note=word.note, held=found.held if address else None
        )
    except UsageError as error:
        raise ProblemError(409, str(error)) from error
    return blend_out(edge, kept, judged)


def _refuse_unseen(edge: Edge, blend: Blend, word: BlendApprovalIn | BlendRejectionIn) -> None:
    """Refuse a word on a picture that the person did not see.

    Raises:
        ProblemError: Another picture waits by now, or one is approved that is not kept any more.
    """
    if word.seen is not None and word.seen != held_address(blend):
        raise ProblemError(409, f"{blend.id}: another picture of it waits by now. Look at that one.")
    if word.approved and held_picture(edge, blend) is None:
        raise ProblemError(
            409, f"{blend.id}: its picture is not kept any more, and is approved by nobody unseen. Reject it."
        )
