"""What a viewer likes to see films in: they see it, choose, take it with them, and have it forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from ops.style.model import Look, Recipe, Style, look_of
from ops.tastes.belief import TasteOfStyle, interval
from ops.tastes.evidence import PLAIN
from ops.tastes.explain import Source, deeds_told, why_told
from ops.tastes.weights import Mix, explored_share, mix_of
from resources.api_keys import Scope
from resources.tastes import Choice, Tastes, mix_of_look
from serving.api.parameters import VIEWER_PATTERN, TheEdge, title_pattern
from serving.api.style_events import MixWeights
from serving.auth import may
from serving.edge import Edge
from serving.problems import problems
from serving.viewers_ticket import TICKET_HEADER, TICKET_S

__all__ = ["holds_ticket", "router"]

router = APIRouter(tags=["styles"])

ViewerPath = Annotated[
    str,
    Path(min_length=1, max_length=200, pattern=VIEWER_PATTERN, description="What you call them.", examples=["u-1042"]),
]


class MixIn(BaseModel):
    """What a viewer chooses."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    mix: MixWeights = Field(
        description="Weights of one to four styles by id, of any sum; empty is the film as it is.",
        examples=[{"noir": 0.7, "pastel": 0.3}],
    )
    strength: float = Field(1.0, ge=0, le=1, description="How much of it: 0 leaves the film as it is.", examples=[0.8])


class StyleOut(BaseModel):
    """What is believed of one style."""

    id: str = Field(examples=["noir"])
    name: str = Field(examples=["Noir"])
    about: str = Field(description="What it does to a picture.", examples=["Black and white, hard light."])
    weight: float = Field(description="Its share of the look that is shown.", examples=[0.7])
    rate: float = Field(description="How likely the viewer likes it.", examples=[0.81])
    low: float = Field(description="Four of five times the truth is above this.", examples=[0.7])
    high: float = Field(description="And below this.", examples=[0.9])
    own: float = Field(description="Of their own deeds, what counts towards it.", examples=[6.2])
    others: float = Field(description="Of all others'.", examples=[310.0])


class ProfileOut(BaseModel):
    """A viewer's look, and why."""

    chosen: bool = Field(description="Whether they chose it; else it follows what they do.", examples=[True])
    mix: dict[str, float] = Field(
        description="The look's weights; `plain` is the film as it is.", examples=[{"noir": 0.7, "plain": 0.3}]
    )
    why: str = Field(examples=["You chose 70 % Noir and 30 % Pastel."])
    deeds: str = Field(
        description="What of their deeds counts; empty without any.",
        examples=["You chose Noir twice and skipped Pastel; 70 % of that is from the last week."],
    )
    explored: float = Field(
        description="Share of films that are shown in another look, to learn; 0 where the look is chosen.",
        examples=[0.03],
    )
    half_life_days: float = Field(description="After so many days a deed counts half.", examples=[30.0])
    styles: list[StyleOut] = Field(description="Every style that may be chosen, the likeliest first.")


class ErasedOut(BaseModel):
    """What was forgotten."""

    erased: int = Field(description="Rows that are gone.", examples=[17])


class LinkOut(BaseModel):
    """A viewer's own page."""

    path: str = Field(examples=["/my-style?viewer=u-1042&ticket=1795430000.0f34…"])
    good_for_s: int = Field(description="How long it opens.", examples=[86400])


@dataclass(frozen=True)
class _Asked:
    """A viewer's business: their pseudonym, and what there is to choose from."""

    viewer: str
    tastes: Tastes
    library: Mapping[str, Style]


def holds_ticket(request: Request) -> bool:
    """Whether a caller without a key holds the ticket of the viewer whom the address names."""
    edge: Edge = request.app.state.edge
    ticket = request.headers.get(TICKET_HEADER, "")
    return bool(ticket) and edge.tickets.opens(ticket, request.path_params.get("viewer", ""))


_OWN = [Depends(may(Scope.TASTES, unless=holds_ticket))]


def _asked(request: Request, edge: TheEdge, viewer: ViewerPath) -> _Asked:
    return _Asked(edge.pseudonyms.of(viewer), Tastes(edge.database), request.app.state.live.looks.library)


_TheAsked = Annotated[_Asked, Depends(_asked)]


@router.get(
    "/v1/viewers/{viewer}/style",
    summary="A viewer's look, and why",
    dependencies=_OWN,
    responses=problems(401, 403, 422, 429, 503),
)
async def see(
    asked: _TheAsked,
    title: Annotated[
        str | None,
        Query(pattern=title_pattern, max_length=63, description="For this title's kind of film.", examples=["sintel"]),
    ] = None,
) -> ProfileOut:
    """What a viewer is shown films in, in words and numbers. Nothing is dealt or written down by looking."""
    return await asyncio.to_thread(_profile, asked, title)


@router.put(
    "/v1/viewers/{viewer}/style",
    summary="Choose a look",
    dependencies=_OWN,
    responses=problems(401, 403, 409, 413, 422, 429, 503),
)
async def choose(asked: _TheAsked, chosen: MixIn) -> ProfileOut:
    """A viewer chooses: it holds at once, and until they choose again or reset. Safe to repeat."""
    look = _look(chosen, asked.library)
    await asyncio.to_thread(asked.tastes.choose, asked.viewer, look)
    return await asyncio.to_thread(_profile, asked, None)


@router.delete(
    "/v1/viewers/{viewer}/style",
    summary="Reset a choice, or forget a viewer's taste",
    dependencies=_OWN,
    responses=problems(401, 403, 422, 429, 503),
)
async def erase(
    asked: _TheAsked,
    only_choice: Annotated[
        bool, Query(description="Give up the choice alone; what was done stays and decides.", examples=[False])
    ] = False,
) -> ErasedOut:
    """Forgets what a viewer chose, was shown and did about looks, and what it added to everybody's. Safe to repeat."""
    if only_choice:
        await asyncio.to_thread(asked.tastes.reset, asked.viewer)
        return ErasedOut(erased=0)
    return ErasedOut(erased=await asyncio.to_thread(asked.tastes.erase, asked.viewer))


@router.get(
    "/v1/viewers/{viewer}/style/export",
    summary="All that is kept of a viewer's taste",
    dependencies=_OWN,
    responses=problems(401, 403, 422, 429, 503),
)
async def export(asked: _TheAsked) -> dict[str, list[dict[str, Any]]]:
    """What was chosen, shown, done and counted, as it is kept."""
    return await asyncio.to_thread(asked.tastes.export, asked.viewer)


@router.post(
    "/v1/viewers/{viewer}/style/link",
    summary="A link for the viewer",
    dependencies=[Depends(may(Scope.TASTES))],
    responses=problems(401, 403, 422, 429),
)
async def link(edge: TheEdge, viewer: ViewerPath) -> LinkOut:
    """A link to the viewer's own page, which opens for a day without a key; hand it to nobody else."""
    from urllib.parse import urlencode

    query = urlencode({"viewer": viewer, "ticket": edge.tickets.of(viewer)})
    return LinkOut(path=f"/my-style?{query}", good_for_s=TICKET_S)


def _profile(asked: _Asked, title: str | None) -> ProfileOut:
    tastes, library = asked.tastes, asked.library
    names = {style.id: style.name for style in library.values()}
    now, fading = datetime.now(UTC), tastes.fading()
    content = tastes.content_of(title or "")[0]
    beliefs = tastes.beliefs(asked.viewer, content, library, now=now)
    choice = tastes.choice(asked.viewer, library)
    mix = mix_of(beliefs) if choice is None or choice.gone else mix_of_look(choice.look)
    known = any(each.own.amount > 0 for each in beliefs)
    others = any(each.others.amount > 0 for each in beliefs)
    source = Source.CHOICE if choice and not choice.gone else Source.PROFILE if known else Source.POPULATION
    why = why_told(source, mix, names, content=str(content), viewers=int(others))
    return ProfileOut(
        chosen=source is Source.CHOICE,
        mix=dict(mix),
        why=_gone(choice) + why,
        deeds=deeds_told(tastes.deeds(asked.viewer), names, now, fading),
        explored=0.0 if source is Source.CHOICE or not (known or others) else explored_share(beliefs),
        half_life_days=fading.half_life_days,
        styles=_styles(beliefs, mix, library),
    )


def _gone(choice: Choice | None) -> str:
    return f"What you chose ({', '.join(choice.gone)}) cannot be shown. " if choice and choice.gone else ""


def _styles(beliefs: list[TasteOfStyle], mix: Mix, library: Mapping[str, Style]) -> list[StyleOut]:
    told = []
    for each in sorted(beliefs, key=lambda each: (-each.mean, each.style)):
        if each.style == PLAIN:
            continue
        low, high = interval(each)
        style = library[each.style]
        told.append(
            StyleOut(
                id=style.id,
                name=style.name,
                about=style.about,
                weight=round(mix.get(style.id, 0.0), 4),
                rate=round(each.mean, 4),
                low=round(low, 4),
                high=round(high, 4),
                own=round(each.own.amount, 3),
                others=round(each.others.amount, 3),
            )
        )
    return told


def _look(chosen: MixIn, library: Mapping[str, Style]) -> Look | None:
    weighing = {style: weight for style, weight in chosen.mix.items() if weight > 0}
    if not weighing or chosen.strength == 0:
        return None
    recipes = [(Recipe(style, strength=chosen.strength), weight) for style, weight in sorted(weighing.items())]
    return look_of(recipes, library)
