"""The review queue: what waits for a person, whatever it is, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from fastapi import APIRouter, Request
from starlette.responses import Response

from resources.api_keys import Scope
from resources.blends import Blend, Blends
from resources.reviews import Question, Review
from serving.api.blend_answers import held_address, held_picture
from serving.api.parameters import TheEdge
from serving.api.reviews import review_out
from serving.edge import Edge
from serving.pages.routes import guarded, page

__all__ = ["router"]

router = APIRouter()

_MOST = 50
_PICTURES = (".jpg", ".jpeg", ".png", ".webp")
_QUESTIONS = {
    Question.HELD: "May it be published as it is?",
    Question.GENERATED: "A model painted it. May viewers see it?",
    Question.FLAGGED: "Viewers flagged it. May it go on being shown?",
    Question.WORDS: "May these words stand on its pictures?",
    Question.SHOT: "May this shot be seen in a trailer?",
    Question.LINE: "May this line of the subtitles be shown?",
    Question.SUBTITLES: "May these subtitles be shown as they stand?",
}
_AFTER_A_LINE = (
    "Approved, it is shown. Rejected, its language stays a draft until it is corrected or comes out otherwise."
)
_AFTER_A_BLEND = (
    "Approved, it is published within a minute. Rejected, it rests until its pictures or the engine change."
)


@dataclass(frozen=True)
class Waiting:
    """One question to a person, as the page puts it.

    Attributes:
        id: Of the review, or of the blend.
        of: Which of the two: the script sends the word to the one or the other.
        name: What is in doubt, for people.
        link: Its page.
        asset: Which artifact of it.
        asks: The question.
        why: What put it in doubt.
        note: What follows from an answer; empty where the question says it.
        pictures: Addresses of what was held back.
        read: Whether it is words to be read, and no picture is missed.
        since: When it was asked.
        owner: Who had it made; empty where the house did.
    """

    id: str
    of: str
    name: str
    link: str
    asset: str
    asks: str
    why: str
    note: str
    pictures: tuple[str, ...]
    read: bool
    since: datetime
    owner: str = ""

    @classmethod
    def of_review(cls, edge: Edge, review: Review) -> Self:
        """What a gate or viewers put in doubt."""
        told = review_out(edge, review)
        return cls(
            id=str(told.id),
            of="review",
            name=told.title,
            link=f"/titles/{told.title}",
            asset=told.asset,
            asks=_QUESTIONS[told.asks],
            why=told.why,
            note=_AFTER_A_LINE if told.asks is Question.LINE else "",
            pictures=tuple(file for file in told.files if file.endswith(_PICTURES)),
            read=told.asks in (Question.LINE, Question.SUBTITLES),
            since=told.created_at,
        )

    @classmethod
    def of_blend(cls, edge: Edge, blend: Blend) -> Self:
        """A blend whose picture a check refused."""
        picture = held_address(blend)
        return cls(
            id=blend.id,
            of="blend",
            name=blend.name or blend.id,
            link=f"/studio/blend/of/{blend.id}",
            asset="blended_image",
            asks=_QUESTIONS[Question.HELD],
            why=blend.held_for,
            note=_AFTER_A_BLEND,
            pictures=(picture,) if picture and held_picture(edge, blend) else (),
            read=False,
            since=blend.updated_at,
            owner=blend.owner,
        )


@router.get("/reviews")
def reviews_page(request: Request, edge: TheEdge) -> Response:
    """The review queue."""
    return guarded(request, Scope.REVIEWS_READ, lambda: page("reviews.html", request, waiting=_waiting(edge)))


def _waiting(edge: Edge) -> list[Waiting]:
    """The oldest questions of both kinds: more come when these are answered."""
    found = [
        *(Waiting.of_review(edge, each) for each in edge.reviews.queue(limit=_MOST)),
        *(Waiting.of_blend(edge, each) for each in Blends(edge.database).waiting(_MOST)),
    ]
    return sorted(found, key=lambda each: each.since)[:_MOST]
