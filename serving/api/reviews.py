"""/v1/reviews: what waits for a person, and their word on it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import FileResponse, Response

from ops.errors import UsageError
from resources.api_keys import Scope
from resources.reviews import Question, Review, Verdict
from resources.store.model import StoredFile
from serving.api.parameters import TheEdge
from serving.auth import Caller, may
from serving.edge import Edge
from serving.problems import ProblemError, problems

__all__ = ["review_out", "router"]

router = APIRouter(tags=["reviews"])

_OF_PICTURES = (Question.HELD, Question.GENERATED, Question.FLAGGED)
"""What is asked of a recipe; the other questions' subjects are no ids that a client could use."""

_Id = Annotated[int, Path(ge=1, le=(1 << 63) - 1, description="The review's id.", examples=[7])]
_Reviewer = Annotated[Caller, Depends(may(Scope.REVIEWS_WRITE))]


class ReviewOut(BaseModel):
    """A result that waits for a person, or did."""

    id: int = Field(examples=[7])
    title: str = Field(examples=["big-buck-bunny"])
    asset: str = Field(examples=["thumbnails/16x9"])
    asks: Question = Field(
        description="What is asked: publish it, show it, go on showing it, set these words, show this shot or line."
    )
    recipe: str | None = Field(
        description="The variant in doubt; null: the whole artifact, words, a shot, or a line.", examples=["5c39260a"]
    )
    why: str = Field(description="What put it in doubt.", examples=["no_face_cut: a face is cut"])
    verdict: Verdict
    reviewer: str = Field(examples=["front page team"])
    note: str = Field(examples=["Too dark."])
    files: list[str] = Field(description="Addresses of what was held back.")
    created_at: datetime
    decided_at: datetime | None


class ReviewsOut(BaseModel):
    """A page of the queue, oldest first."""

    reviews: list[ReviewOut]


class ApprovalIn(BaseModel):
    """A word beside an approval."""

    model_config = ConfigDict(extra="forbid")

    note: str = Field("", max_length=1000, pattern=r"^[^\x00]*$", examples=["It is meant to be dark."])


class RejectionIn(BaseModel):
    """Why it is rejected."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$", examples=["Too dark."])


@router.get(
    "/v1/reviews",
    summary="The review queue",
    dependencies=[Depends(may(Scope.REVIEWS_READ))],
    responses=problems(401, 403, 422, 429, 503),
)
async def queue(
    edge: TheEdge,
    verdict: Annotated[Verdict, Query(description="Only these.")] = Verdict.PENDING,
    after: Annotated[int, Query(ge=0, le=(1 << 63) - 1, description="The last id already seen.")] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ReviewsOut:
    """Lists reviews in order of arrival."""

    def read() -> list[ReviewOut]:
        return [review_out(edge, each) for each in edge.reviews.queue(verdict=verdict, after=after, limit=limit)]

    return ReviewsOut(reviews=await asyncio.to_thread(read))


@router.get(
    "/v1/reviews/{review}/files/{name}",
    summary="A file that was held back",
    dependencies=[Depends(may(Scope.REVIEWS_READ))],
    response_class=Response,
    responses={
        200: {"description": "The bytes.", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}},
        206: {"description": "A part.", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}},
        400: {"description": "A `Range` that cannot be read.", "content": {"text/plain": {}}},
        416: {"description": "A `Range` beyond the end.", "content": {"text/plain": {}}},
        **problems(401, 403, 404, 422, 429, 503),
    },
)
def held_file(
    edge: TheEdge,
    review: _Id,
    name: Annotated[str, Path(pattern="^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=200, examples=["16x9.jpg"])],
) -> Response:
    """Shows what a gate held back, to those who may review it."""
    found = _get(edge, review)
    held = {file.name: file for file in _files(edge, found)}
    if name not in held:
        raise ProblemError(404, f"Review {review} holds no file {name}.")
    headers = {"Cache-Control": "private, no-store", "Content-Security-Policy": "default-src 'none'; sandbox"}
    path = edge.store.fetch_held(found.held, held[name])
    return FileResponse(path, media_type=held[name].media_type, headers=headers)


@router.post(
    "/v1/reviews/{review}/approve",
    summary="Approve",
    responses=problems(401, 403, 404, 409, 413, 422, 429, 503),
)
async def approve(edge: TheEdge, caller: _Reviewer, review: _Id, word: ApprovalIn) -> ReviewOut:
    """Says that what is in doubt may be shown. The same again changes nothing; another verdict before it is a conflict.

    A held artifact is published within a minute; a generated picture may be an arm of the next experiment; listed words
    are set at the next making. What is not kept any more is a conflict: nobody could have seen it.
    """
    return await asyncio.to_thread(_decide, edge, review, Verdict.APPROVED, caller.name, word.note)


@router.post(
    "/v1/reviews/{review}/reject",
    summary="Reject, with the reason",
    responses=problems(401, 403, 404, 409, 413, 422, 429, 503),
)
async def reject(edge: TheEdge, caller: _Reviewer, review: _Id, word: RejectionIn) -> ReviewOut:
    """Says that what is in doubt may not be shown, and why.

    A picture that is under test leaves its experiment at once, is promoted no longer, and never comes back.
    """
    decided = await asyncio.to_thread(_decide, edge, review, Verdict.REJECTED, caller.name, word.reason)
    await edge.snapshot.refresh()
    return decided


def _get(edge: Edge, review: int) -> Review:
    try:
        return edge.reviews.get(review)
    except UsageError as error:
        raise ProblemError(404, str(error)) from None


def _decide(edge: Edge, review: int, verdict: Verdict, who: str, note: str) -> ReviewOut:
    found = _get(edge, review)
    if verdict is Verdict.APPROVED and found.verdict is Verdict.PENDING:
        _refuse_unseen(edge, found)
    return review_out(edge, edge.reviews.decide(review, verdict, who=who, note=note))


def _refuse_unseen(edge: Edge, review: Review) -> None:
    """Refuse to approve what nobody can look at.

    Raises:
        ProblemError: What the review is about is not kept any more.
        StoreError: Its picture is out of reach, or damaged.
    """
    if review.asks not in (Question.HELD, Question.GENERATED):
        return
    kept = [file for file in _files(edge, review) if review.subject in file.name]
    if not kept:
        what = f"the picture of {review.subject}" if review.subject else f"what was held of {review.key}"
        raise ProblemError(
            409, f"review {review.id}: {what} is not kept any more, and is approved by nobody unseen. Reject it."
        )
    if review.asks is Question.GENERATED:
        edge.store.fetch_held(review.held, kept[0])


def _files(edge: Edge, review: Review) -> list[StoredFile]:
    """What is kept for a review; of several pictures kept together, the one that is in doubt."""
    files = edge.store.held(review.held) if review.held else ()
    of_its_own = [file for file in files if review.subject and review.subject in file.name]
    return of_its_own or list(files)


def review_out(edge: Edge, review: Review) -> ReviewOut:
    """A review as clients see it."""
    files = _files(edge, review)
    return ReviewOut(
        id=review.id,
        title=review.key.title,
        asset=review.key.asset,
        asks=review.asks,
        recipe=review.subject if review.subject and review.asks in _OF_PICTURES else None,
        why=review.why,
        verdict=review.verdict,
        reviewer=review.reviewer,
        note=review.note,
        files=[f"/v1/reviews/{review.id}/files/{file.name}" for file in files if "/" not in file.name],
        created_at=review.created_at,
        decided_at=review.decided_at,
    )
