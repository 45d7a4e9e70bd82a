"""/v1/experiments: draft, start, watch, decide; promotions and their undoing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from ops.errors import UsageError
from ops.experiments.exhibit import Shows, artifact_of
from ops.experiments.model import ArmCounts, Plan, totals
from resources.api_keys import Scope
from resources.experiments import Arm, Experiment, Lifecycle, Role
from resources.published_variants import arm_of, exhibit_key, variants_of
from resources.store.model import Manifest
from serving.api.parameters import EXHIBIT_PATTERN, TheEdge, title_pattern
from serving.auth import Caller, may
from serving.edge import Edge
from serving.problems import ProblemError, problems
from serving.withheld import may_be_shown

__all__ = ["STRICT", "Why", "Writer", "experiment_detail", "experiment_out", "known", "router"]

router = APIRouter(tags=["experiments"])
_T = TypeVar("_T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_Reader = Annotated[Caller, Depends(may(Scope.EXPERIMENTS_READ))]
Writer = Annotated[Caller, Depends(may(Scope.EXPERIMENTS_WRITE))]
_Id = Annotated[str, Path(pattern="^[0-9a-f]{12}$", description="The experiment's id.", examples=["1f2e3d4c5b6a"])]
Why = Annotated[
    str,
    Field(
        min_length=1, max_length=500, pattern=r"^[^\x00]+$", description="For people.", examples=["Evidence is enough."]
    ),
]
STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)


class ArmIn(BaseModel):
    """A picture or trailer to test: a file of the title's published `thumbnails/<aspect>` or `trailer/<cut>`."""

    model_config = STRICT

    id: str = Field(pattern="^[A-Za-z0-9_-]{1,64}$", description="The recipe's id.", examples=["0a1b2c3d"])
    file: str = Field(pattern="^[A-Za-z0-9_.-]{1,100}$", description="Its name.", examples=["variant-0a1b2c3d.jpg"])
    role: Role = Field(Role.CHALLENGER, examples=["challenger"])


class ExperimentIn(BaseModel):
    """A draft."""

    model_config = STRICT

    title: str = Field(pattern=title_pattern, max_length=63, examples=["big-buck-bunny"])
    aspect: str = Field(
        pattern=EXHIBIT_PATTERN,
        description="What is tested: a thumbnail's shape, or a trailer's cut.",
        examples=["16x9", "trailer_30"],
    )
    arms: list[ArmIn] = Field(min_length=2, max_length=16)
    plan: dict[str, float] = Field(
        default_factory=dict,
        description="Terms unlike the defaults: holdout, floor, min_impressions, min_days, max_loss, alpha, …",
        examples=[{"holdout": 0.05, "min_days": 7}],
    )


class ArmOut(BaseModel):
    """An arm, with its share now and what it got so far."""

    id: str = Field(examples=["0a1b2c3d"])
    role: Role
    url: str = Field(description="Its picture or trailer.")
    weight: float = Field(description="Its share of the traffic now.", examples=[0.25])
    impressions: int | None = Field(None, examples=[1200])
    clicks: int | None = Field(
        None, description="Clicks; of a trailer, viewings to its end card or left for the title.", examples=[31]
    )
    qualified: int | None = Field(None, description="Of these, led to 30 s or a tenth watched.", examples=[20])
    expected: float | None = Field(None, description="Impressions the logged shares promised it.", examples=[1187.5])


class ExperimentOut(BaseModel):
    """An experiment."""

    id: str = Field(examples=["1f2e3d4c5b6a"])
    title: str = Field(examples=["big-buck-bunny"])
    aspect: str = Field(description="A thumbnail's shape, or a trailer's cut.", examples=["16x9"])
    artifact: Shows = Field(description="What it is a test of.", examples=["thumbnails"])
    state: Lifecycle
    policy: str = Field(description="What set the shares.", examples=["thompson"])
    epoch: int = Field(description="How often the shares were set anew.", examples=[3])
    plan: dict[str, Any]
    arms: list[ArmOut]
    created_at: datetime
    started_at: datetime | None
    decided_at: datetime | None


class TransitionOut(BaseModel):
    """A step: who took it, and why."""

    was: str = Field(examples=["running"])
    became: str = Field(examples=["decided"])
    who: str = Field(examples=["front page team"])
    why: str = Field(examples=["Evidence is enough."])
    at: datetime


class ExperimentDetailOut(ExperimentOut):
    """An experiment with its counts by day and its history."""

    days: list[list[dict[str, Any]]] = Field(description="Counts of each arm, by day from the start.")
    history: list[TransitionOut]


class ExperimentsOut(BaseModel):
    """A page of experiments, newest first."""

    experiments: list[ExperimentOut]
    next: str | None = Field(description="`after` of the next page.")


class TransitionIn(BaseModel):
    """A step to take."""

    model_config = STRICT

    to: Lifecycle = Field(examples=["running"])
    why: Why


@router.get(
    "/v1/experiments",
    summary="Experiments, newest first",
    dependencies=[Depends(may(Scope.EXPERIMENTS_READ))],
    responses=problems(401, 403, 422, 429, 503),
)
async def find(
    edge: TheEdge,
    state: Annotated[Lifecycle | None, Query(description="Only these.")] = None,
    title: Annotated[str | None, Query(pattern=title_pattern, max_length=63, description="Only this title's.")] = None,
    after: Annotated[
        str | None, Query(pattern="^[0-9]{1,16}-[0-9a-f]{12}$", description="`next` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ExperimentsOut:
    """Lists experiments page by page."""
    before = None if after is None else _cursor(after)
    found = await asyncio.to_thread(lambda: edge.experiments.find(state=state, title=title, before=before, limit=limit))
    more = found and len(found) == limit
    return ExperimentsOut(
        experiments=[experiment_out(edge, each) for each in found],
        next=_cursor_text(found[-1]) if more else None,
    )


@router.post(
    "/v1/experiments",
    summary="Draft an experiment",
    status_code=201,
    responses=problems(401, 403, 404, 409, 413, 422, 429, 503),
)
async def create(edge: TheEdge, caller: Writer, draft: ExperimentIn) -> ExperimentOut:
    """Drafts an experiment on variants of what is published as `thumbnails/<aspect>` or `trailer/<cut>`; equal shares.

    An arm is one of the variants that the version's `variants.json` tells of, by its recipe's id and its own file.
    """
    key = exhibit_key(draft.title, draft.aspect)
    manifest = await asyncio.to_thread(edge.store.manifest, key)
    if manifest is None:
        raise ProblemError(404, f"{key}: nothing is published.")
    kind, media_type = ("trailer", "video/") if key.artifact == Shows.TRAILER else ("picture", "image/")
    files = {file.name for file in manifest.files if file.media_type.startswith(media_type)}
    missing = [arm.file for arm in draft.arms if arm.file not in files]
    if missing:
        have = ", ".join(sorted(files)) or "none"
        raise ProblemError(404, f"{key}: has no {kind} {missing[0]}; it has {have}.")
    for arm in draft.arms:
        if not await asyncio.to_thread(may_be_shown, manifest, arm.file, edge.reviews, edge.store, recipe=arm.id):
            raise ProblemError(
                409, f"{key}: {arm.file} was rejected by a person, or waits for a person's approval; see /v1/reviews."
            )

    def write() -> Experiment:
        arms = _arms(manifest, draft.arms, edge)
        plan = Plan.from_json(
            {name: int(each) if name == "min_impressions" else each for name, each in draft.plan.items()}
        )
        return edge.experiments.get(edge.experiments.create(draft.title, draft.aspect, arms, plan, caller.name))

    return experiment_out(edge, await asyncio.to_thread(write))


@router.get(
    "/v1/experiments/{experiment}",
    summary="An experiment with its counts",
    dependencies=[Depends(may(Scope.EXPERIMENTS_READ))],
    responses=problems(401, 403, 404, 422, 429, 503),
)
async def get(edge: TheEdge, experiment: _Id) -> ExperimentDetailOut:
    """Tells an experiment, what each arm got day by day, and every step with who took it and why."""
    return await asyncio.to_thread(experiment_detail, edge, experiment)


@router.post(
    "/v1/experiments/{experiment}/transitions",
    summary="Take an experiment a step on",
    responses=problems(401, 403, 404, 409, 413, 422, 429, 503),
)
async def transition(edge: TheEdge, caller: Writer, experiment: _Id, step: TransitionIn) -> ExperimentDetailOut:
    """draft → running → decided → retired. A step taken already is taken once."""

    def write() -> ExperimentDetailOut:
        known(edge.experiments.get, experiment)
        edge.experiments.transition(experiment, step.to, caller.name, step.why)
        return experiment_detail(edge, experiment)

    told = await asyncio.to_thread(write)
    await edge.snapshot.refresh()
    return told


def _arms(manifest: Manifest, wanted: Sequence[ArmIn], edge: Edge) -> list[Arm]:
    """The variants that are to be tested, with the recipes that the artifact tells of them.

    Raises:
        ProblemError: An arm is no variant of the version, or another one's file is named for it.
        UsageError: The version tells of no variants.
    """
    told = {each["id"]: each for each in variants_of(manifest, edge.store)}
    for arm in wanted:
        if arm.id not in told:
            have = ", ".join(told) or "none"
            raise ProblemError(409, f"{manifest.key}: has no variant {arm.id}; its variants are: {have}.")
        if told[arm.id]["file"] != arm.file:
            raise ProblemError(409, f"{manifest.key}: the file of {arm.id} is {told[arm.id]['file']}, not {arm.file}.")
    return [arm_of(manifest, told[arm.id], arm.role) for arm in wanted]


def known(find: Callable[[str], _T], name: str) -> _T:
    """What is found under a name.

    Raises:
        ProblemError: 404.
    """
    try:
        return find(name)
    except UsageError as error:
        raise ProblemError(404, str(error)) from None


def experiment_detail(edge: Edge, experiment: str) -> ExperimentDetailOut:
    """An experiment with its counts, as clients see it.

    Raises:
        ProblemError: 404.
    """
    found = known(edge.experiments.get, experiment)
    days = edge.experiments.counts(experiment)
    history = [TransitionOut(**vars(step)) for step in edge.experiments.history(experiment)]
    told = _told(edge, found, _sums(days))
    return ExperimentDetailOut(**told, days=[[vars(each) for each in day] for day in days], history=history)


def experiment_out(edge: Edge, found: Experiment) -> ExperimentOut:
    """An experiment as clients see it."""
    return ExperimentOut(**_told(edge, found))


def _sums(days: list[list[ArmCounts]]) -> dict[str, ArmCounts]:
    return {each.arm: each for each in totals(days)}


def _told(edge: Edge, found: Experiment, sums: dict[str, ArmCounts] | None = None) -> dict[str, Any]:
    key = exhibit_key(found.title, found.aspect)
    arms = []
    for arm in found.arms:
        counted = (sums or {}).get(arm.id)
        arms.append(
            ArmOut(
                id=arm.id,
                role=arm.role,
                url=edge.links.to(key, arm.version, arm.file, arm.sha256),
                weight=found.weights[arm.id],
                impressions=counted.impressions if counted else None,
                clicks=counted.clicks if counted else None,
                qualified=counted.qualified if counted else None,
                expected=counted.expected if counted else None,
            )
        )
    names = ("id", "title", "aspect", "state", "policy", "epoch", "created_at", "started_at", "decided_at")
    told = {name: getattr(found, name) for name in names}
    return {**told, "artifact": artifact_of(found.aspect), "plan": found.plan.to_json(), "arms": arms}


def _cursor_text(last: Experiment) -> str:
    return f"{(last.created_at - _EPOCH) // timedelta(microseconds=1)}-{last.id}"


def _cursor(text: str) -> tuple[datetime, str]:
    microseconds, _, identifier = text.partition("-")
    return _EPOCH + timedelta(microseconds=int(microseconds)), identifier
