"""What happens to one title's experiments: they are started, judged, ended, and what follows is ordered.

When that is due, and for which titles at once, is the sensor's; the statistics are `ops.experiments`'. Every change is
a transaction of `resources.experiments`, so that asking twice does nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ops.errors import UsageError
from ops.experiments.exhibit import Shows, artifact_of, reward_of
from ops.experiments.model import ArmCounts, Plan, totals
from ops.safety.image_gate import needs_a_person
from resources.experiment_agenda import ExperimentAgenda, Flagged
from resources.experiment_model import Arm, Experiment, Lifecycle, Promotion, Role
from resources.experiment_verdicts import conclude
from resources.published_variants import arm_of, exhibit_key, variants_of
from resources.reviews import Question, Verdict
from resources.studio import Studio
from resources.untested import ToTest, note_nothing_to_test, to_test

if TYPE_CHECKING:
    from ops.experiments.audience import Audience
    from ops.experiments.decision import Decision

__all__ = ["REVIEW_FROM", "Judged", "incumbent_of", "judge_title", "outdate_worn", "start_experiment"]

REVIEW_FROM = 3
"""Viewers who must flag a picture before a person is asked: one may have slipped."""

WEEK = 7


@dataclass(frozen=True)
class Judged:
    """A running experiment, what was seen, what follows from it, and what was done."""

    experiment: Experiment
    days: Sequence[Sequence[ArmCounts]]
    decision: Decision
    done: str


def start_experiment(title: str, aspect: str, studio: Studio, *, who: str, plan: Plan | None = None) -> Experiment:
    """Compare the title's published variants of one exhibit; the one that stands today is the incumbent.

    An experiment that already runs for it is returned as it is. Recipes that lost a test take no part again.

    Raises:
        UsageError: The exhibit is not made, or leaves nothing to compare.
    """
    running = [each for each in studio.experiments.find(title=title, state=Lifecycle.RUNNING) if each.aspect == aspect]
    if running:
        return running[0]
    arms = _arms(title, aspect, studio)
    if len(arms) < 2:
        raise UsageError(
            "no variant is left that was not tested before",
            where=exhibit_key(title, aspect),
            fix="Make it again for new ones.",
        )
    experiment = studio.experiments.start(title, aspect, arms, plan or Plan(), who, f"{len(arms)} variants are ready")
    return studio.experiments.get(experiment)


def _arms(title: str, aspect: str, studio: Studio) -> list[Arm]:
    """What stands today, and every published variant that never lost and that viewers may see.

    A picture that a model painted takes part once a checker passed it or a person approved it; what a person rejected
    never does.
    """
    key = exhibit_key(title, aspect)
    manifest = studio.store.manifest(key)
    if manifest is None:
        raise UsageError("has not been made for this title", where=key, fix="Make it first.")
    variants = variants_of(manifest, studio.store)
    lost = set(ExperimentAgenda(studio.database).lost(title, aspect))
    barred = studio.reviews.barred(title)
    said = studio.reviews.verdicts(title, Question.GENERATED)
    variants = [
        each
        for each in variants
        if each["id"] not in barred and (not needs_a_person(each) or said.get(each["id"]) is Verdict.APPROVED)
    ]
    arms = [arm_of(manifest, each) for each in variants]
    standing = studio.experiments.current(title, aspect)
    if standing is not None:
        incumbent = _promoted(standing, studio)
    elif arms:
        incumbent = replace(arms[0], role=Role.INCUMBENT)  # whatever it lost: it is what viewers see
    else:
        return []
    return [incumbent, *(arm for arm in arms if arm.id not in lost and arm.id != incumbent.id)]


def incumbent_of(title: str, aspect: str, studio: Studio) -> Arm | None:
    """What viewers of an exhibit are shown outside tests, as an arm; None where they may be shown nothing.

    Raises:
        UsageError: The exhibit is not made, or tells of no variants.
    """
    return next(iter(_arms(title, aspect, studio)), None)


def _promoted(standing: Promotion, studio: Studio) -> Arm:
    """What is promoted as an arm, told as in the version that it comes from: lessons are drawn about it as well."""
    manifest = studio.store.manifest(exhibit_key(standing.title, standing.aspect), standing.version)
    arms = [] if manifest is None else [arm_of(manifest, each) for each in variants_of(manifest, studio.store)]
    recipe = next((arm.recipe for arm in arms if arm.id == standing.arm), {})
    return Arm(standing.arm, standing.version, standing.file, standing.sha256, Role.INCUMBENT, recipe)


def judge_title(title: str, studio: Studio, *, who: str) -> list[Judged]:
    """Judge the title's running experiments, and do what follows: promote, end, or deal the traffic anew.

    Before that, what `to_test` finds is put to the test: the title's first test, and the one that follows another.

    Asking twice does nothing twice: a decided experiment runs no longer, and shares follow from the counts alone.
    """
    agenda = ExperimentAgenda(studio.database)
    settings = studio.settings
    for new in to_test(studio.database, aspects=settings.first_tests, at_once=settings.tests_at_once, title=title):
        _test(new, studio, who=who)
    for flagged in agenda.flagged(title=title, viewers=REVIEW_FROM):
        _ask_a_person(flagged, studio)
    return [
        _judge(experiment, studio, who=who)
        for experiment in studio.experiments.find(title=title, state=Lifecycle.RUNNING)
    ]


def _ask_a_person(flagged: Flagged, studio: Studio) -> None:
    key = exhibit_key(flagged.title, flagged.aspect)
    manifest = studio.store.manifest(key, flagged.version)
    if manifest is None:
        return  # it made room for newer versions, and is shown to nobody
    asked = flagged
    if not flagged.arm:
        first = variants_of(manifest, studio.store)[0]
        asked = replace(flagged, arm=first["id"], file=first["file"])
    place = studio.store.hold(key, {asked.file: studio.store.fetch(manifest, asked.file)}, why=asked.why)
    ExperimentAgenda(studio.database).ask(asked, held=place, stood=flagged.arm)


def _test(new: ToTest, studio: Studio, *, who: str) -> None:
    """Start a test, on the last one's terms where there was one; where nothing is left to compare, that is noted."""
    plan = studio.experiments.get(new.experiment).plan if new.experiment else Plan()
    try:
        challengers = {arm.id for arm in _arms(new.title, new.aspect, studio)[1:]}
        if new.approved and not challengers & set(new.approved):
            note_nothing_to_test(studio.database, new, "what was approved is not published any more")
            return
        start_experiment(new.title, new.aspect, studio, who=who, plan=plan)
    except UsageError as error:
        note_nothing_to_test(studio.database, new, str(error))


def outdate_worn(studio: Studio) -> list[str]:
    """Order new variants where viewers have grown tired of the picture that stands; returns `title aspect` of each.

    It compares each promotion's last week with its first; a picture is told once.
    """
    from ops.experiments.wear import wear

    agenda = ExperimentAgenda(studio.database)
    worn = []
    for standing in agenda.standing(days=2 * WEEK):
        found = wear(agenda.since_promoted(standing), window=WEEK)
        if found is None or not found.worn:
            continue
        why = f"click rate {found.change:+.0%} since it was promoted"
        agenda.outdate_worn(standing, why)
        worn.append(f"{standing.title} {standing.aspect}")
    return worn


def _judge(experiment: Experiment, studio: Studio, *, who: str) -> Judged:
    from ops.experiments.decision import Verdict, decide
    from ops.experiments.posterior import empirical_prior

    days, positions = studio.experiments.counts(experiment.id), studio.experiments.positions(experiment.id)
    counts = totals(days)
    incumbent = experiment.incumbent.id
    assert experiment.started_at is not None
    elapsed = (datetime.now(UTC) - experiment.started_at).total_seconds() / 86400
    decision = decide(
        experiment.plan,
        days,
        incumbent,
        empirical_prior(counts),
        positions=positions,
        elapsed_days=elapsed,
        reward=reward_of(experiment.aspect),
    )
    why = " ".join(decision.reasons)
    audience = None if decision.arm is None else _audience(experiment, decision.arm, studio)
    if decision.verdict is Verdict.WINNER or audience is not None:
        assert decision.arm is not None
        own, told = (audience.choices, f" {audience.why}") if audience else ({}, "")
        studio.experiments.promote(
            experiment.title, experiment.aspect, decision.arm, "", experiment.id, who, why + told, audience=own
        )
        done = f"{decision.arm} was promoted" + (f", {audience.why}" if audience else "")
    elif decision.verdict is Verdict.KEEP_RUNNING:
        done = _deal(experiment, days, positions, studio)
    else:
        conclude(studio.database, experiment, str(decision.verdict), who=who, why=why)
        done = "the incumbent stays" if decision.verdict is not Verdict.INVALID else "the test was stopped"
        if decision.verdict is not Verdict.INVALID and artifact_of(experiment.aspect) == Shows.THUMBNAILS:
            done += f", {_order_anew(experiment, studio)}"
    return Judged(studio.experiments.get(experiment.id), days, decision, done)


def _audience(experiment: Experiment, champion: str, studio: Studio) -> Audience | None:
    """Segments that the log allows pictures of their own, where it can tell and they gain by it."""
    from ops.experiments.audience import Audience, find_audience

    found = find_audience(studio.experiments.log(experiment.id), champion)
    counted = reward_of(experiment.aspect).name
    return replace(found, counted=counted) if isinstance(found, Audience) else None


def _deal(
    experiment: Experiment,
    days: Sequence[Sequence[ArmCounts]],
    positions: Sequence[Sequence[ArmCounts]],
    studio: Studio,
) -> str:
    """Deal the traffic by Thompson's rule; the seed is the epoch, so that the same counts give the same shares."""
    from ops.experiments.allocation import thompson_weights
    from ops.experiments.posterior import empirical_prior
    from ops.experiments.strata import like_with_like

    weights = thompson_weights(
        like_with_like(days, positions)
        if any(day for day in days)
        else [ArmCounts(arm.id, 0, 0) for arm in experiment.arms],
        empirical_prior(totals(days)),
        floor=experiment.plan.floor,
        seed=experiment.epoch,
        incumbent=experiment.incumbent.id,
    )
    epoch = studio.experiments.set_weights(experiment.id, weights, "thompson")
    return f"the traffic was dealt anew (epoch {epoch})"


def _order_anew(experiment: Experiment, studio: Studio) -> str:
    """No variant won: order others, since what lost is not shown to viewers again.

    The exhibit is stale since the test ended; were this run killed here, the nightly job would order them.
    """
    asset = exhibit_key(experiment.title, experiment.aspect).asset
    studio.orders.request_many({experiment.title: [asset]}, reason=f"no variant of experiment {experiment.id} won")
    return "and new variants are ordered"
