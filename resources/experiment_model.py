"""What an experiment is: its arms, where it stands, what was promoted of it. Values alone; no query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ops.errors import UsageError
from ops.experiments.model import Plan

__all__ = [
    "Arm",
    "Experiment",
    "Lifecycle",
    "Own",
    "Promotion",
    "Role",
    "TakenBack",
    "Transition",
    "check_arms",
    "experiment_of",
    "promotion_of",
]


class Lifecycle(StrEnum):
    """Where an experiment stands."""

    DRAFT = "draft"
    RUNNING = "running"
    DECIDED = "decided"
    RETIRED = "retired"


class Role(StrEnum):
    """What an arm is in its experiment; exactly one is the incumbent."""

    INCUMBENT = "incumbent"
    CHALLENGER = "challenger"


@dataclass(frozen=True)
class Arm:
    """One picture or trailer under test: a file of a published version of an exhibit.

    `id` is its recipe's; `recipe` holds that and, as "traits", what lessons are drawn about.
    """

    id: str
    version: str
    file: str
    sha256: str
    role: Role = Role.CHALLENGER
    recipe: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Experiment:
    """An experiment as it stands. `weights` are the shares of epoch `epoch`; they add up to 1."""

    id: str
    title: str
    aspect: str
    state: Lifecycle
    salt: str
    plan: Plan
    arms: tuple[Arm, ...]
    weights: Mapping[str, float]
    policy: str
    epoch: int
    created_at: datetime
    started_at: datetime | None
    decided_at: datetime | None

    @property
    def incumbent(self) -> Arm:
        """The arm that the others must beat.

        Raises:
            UsageError: It was withdrawn, which ended the experiment.
        """
        found = next((arm for arm in self.arms if arm.role is Role.INCUMBENT), None)
        if found is None:
            raise UsageError("its incumbent was withdrawn", where=f"experiment {self.id}", fix="Start another one.")
        return found

    def arm(self, arm: str) -> Arm:
        """An arm by its id.

        Raises:
            UsageError: The experiment has no such arm.
        """
        for each in self.arms:
            if each.id == arm:
                return each
        known = ", ".join(each.id for each in self.arms) or "all were withdrawn"
        raise UsageError(f"has no arm {arm!r}", where=f"experiment {self.id}", fix=f"Its arms: {known}.")


@dataclass(frozen=True)
class Transition:
    """One step of an experiment's life."""

    was: str
    became: str
    who: str
    why: str
    at: datetime


@dataclass(frozen=True)
class Own:
    """The picture that one segment of viewers is shown instead."""

    arm: str
    version: str
    file: str
    sha256: str


@dataclass(frozen=True)
class Promotion:
    """The picture that stands for a title in one aspect, and what some segments of viewers see instead.

    `experiment` is None where a person chose it.
    """

    title: str
    aspect: str
    arm: str
    version: str
    file: str
    sha256: str
    experiment: str | None
    who: str
    why: str
    at: datetime
    audience: Mapping[str, Own] = field(default_factory=dict)


@dataclass(frozen=True)
class TakenBack:
    """What a roll-back left: the promotion that stands again, None for the artifact's first choice, and the ids of the
    running tests that it retired.
    """

    standing: Promotion | None
    retired: tuple[str, ...] = ()


def check_arms(title: str, arms: Sequence[Arm], plan: Plan) -> None:
    """Refuse arms that cannot be compared.

    Raises:
        UsageError: Fewer than two arms, one twice, not exactly one incumbent, or a floor that leaves no room.
    """
    ids = [arm.id for arm in arms]
    incumbents = [arm.id for arm in arms if arm.role is Role.INCUMBENT]
    if len(ids) < 2 or len(set(ids)) != len(ids) or len(incumbents) != 1:
        raise UsageError(
            f"cannot compare the arms {ids} with the incumbents {incumbents}",
            where=title,
            fix="Give two or more different arms, exactly one of them the incumbent.",
        )
    if plan.floor * len(ids) > 1:
        raise UsageError(f"a floor of {plan.floor} for {len(ids)} arms is over 1", where=title, fix="Lower the floor.")


def promotion_of(row: Sequence[Any]) -> Promotion:
    """A promotion from a row of its query (experiments.py)."""
    return Promotion(*row[:-1], audience={segment: Own(**own) for segment, own in row[-1].items()})


def experiment_of(row: Sequence[Any]) -> Experiment:
    """An experiment from a row of its query (experiments.py)."""
    arms = tuple(Arm(arm, version, file, sha, Role(role), recipe) for arm, version, file, sha, role, recipe in row[6])
    return Experiment(
        id=row[0],
        title=row[1],
        aspect=row[2],
        state=Lifecycle(row[3]),
        salt=row[4],
        plan=Plan.from_json(row[5]),
        arms=arms,
        weights=row[7],
        policy=row[8],
        epoch=row[9],
        created_at=row[10],
        started_at=row[11],
        decided_at=row[12],
    )
