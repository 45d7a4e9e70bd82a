"""Experiments on a title's thumbnails and trailers as the UI shows them: running tests, what viewers told, what won.

None is an artifact of the store: an experiment's truth is the database, and what these assets leave is its picture at
one moment. What happens to an experiment is told in `experiment_course.py`.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from assets.artifact import OWNERS
from assets.experiment_course import Judged, judge_title, start_experiment
from assets.metadata import picture, table
from assets.partitions import titles
from assets.placement import placement
from assets.trailer_learning import retention_of, seconds_on_screen
from ops.errors import UsageError
from ops.experiments.exhibit import EXHIBITS, Shows, artifact_of, reward_of
from ops.experiments.model import totals
from resources.experiment_model import Experiment, Lifecycle, Role
from resources.published_variants import exhibit_key
from resources.studio import Studio
from resources.viewer_events import CONTENT_DIGITS
from resources.viewings import SeenVersion

__all__ = ["experiment_assets", "experiment_events"]

GROUP = "experiments"


def told_of(judged: Judged, studio: Studio) -> dict[str, Any]:
    """What the UI shows of a judged experiment: posterior plot, every arm's numbers, the decision in words."""
    import pandas as pd

    from ops.experiments.posterior import empirical_prior
    from ops.pictures.posteriors import draw_posteriors

    experiment, decision, reward = judged.experiment, judged.decision, reward_of(judged.experiment.aspect)
    plot = draw_posteriors(
        judged.days,
        experiment.incumbent.id,
        empirical_prior(totals(judged.days)),
        title=f"{experiment.title} {experiment.aspect}, {decision.impressions:,} impressions",
    )
    rows = [
        {
            "arm": each.arm,
            "impressions": each.impressions,
            reward.name: each.clicks,
            "rate": each.rate,
            "P(best)": each.p_best,
            "expected loss": each.loss,
            "uplift": "" if each.uplift is None else f"{each.uplift.estimate:+.1%}",
            "95 %": "" if each.uplift is None else f"{each.uplift.low:+.1%} to {each.uplift.high:+.1%}",
            "share": experiment.weights.get(each.arm, 0.0),
        }
        for each in decision.arms
    ]
    shape = experiment.aspect
    return {
        f"{shape} posterior": picture(plot),
        f"{shape} arms": table(pd.DataFrame(rows)),
        f"{shape} decision": dg.MetadataValue.md(
            f"**{decision.verdict}**: {judged.done}.\n\n" + "\n".join(f"- {each}" for each in decision.reasons)
        ),
        f"{shape} impressions": dg.MetadataValue.int(decision.impressions),
        f"{shape} against the holdout": dg.MetadataValue.text(_against_holdout(judged, studio)),
        **_curves(experiment, studio),
    }


def _curves(experiment: Experiment, studio: Studio) -> dict[str, Any]:
    """Of a test of trailers: how long viewers stay with each cut."""
    from ops.pictures.retention import draw_retention

    if artifact_of(experiment.aspect) != Shows.TRAILER:
        return {}
    curves, seconds = {}, []
    for arm in experiment.arms:  # the incumbent first
        version = SeenVersion(experiment.title, experiment.aspect, arm.sha256[:CONTENT_DIGITS])
        curve = retention_of(version, studio)
        if curve is not None and curve.viewings:
            seconds = seconds or seconds_on_screen(version, studio)
            curves[f"{arm.id} (incumbent)" if arm.role is Role.INCUMBENT else arm.id] = curve
    told = f"{experiment.title} {experiment.aspect}"
    return {f"{experiment.aspect} retention": picture(draw_retention(curves, seconds, title=told))} if curves else {}


def _against_holdout(judged: Judged, studio: Studio) -> str:
    """What the test as a whole is worth so far: its viewers beside those who saw the incumbent throughout."""
    from ops.experiments.intervals import newcombe

    held, arms = studio.experiments.holdout(judged.experiment.id), totals(judged.days)
    shown, clicks = sum(each.impressions for each in arms), sum(each.clicks for each in arms)
    if not held.impressions or not shown:
        return "no held-out viewer was seen yet"
    low, high = newcombe(held.clicks, held.impressions, clicks, shown)
    did = reward_of(judged.experiment.aspect).gained
    return (
        f"{clicks / shown:.2%} {did} under test, {held.rate:.2%} of {held.impressions:,} impressions in the holdout: "
        f"{100 * (clicks / shown - held.rate):+.2f} points (95 % between {100 * low:+.2f} and {100 * high:+.2f})"
    )


def _standing(title: str, studio: Studio) -> tuple[dict[str, Any], str]:
    """Metadata of the pictures and trailers that were promoted and stand, and one version for all of them."""
    shown: dict[str, Any] = {}
    versions = []
    for aspect in EXHIBITS:
        standing = studio.experiments.current(title, aspect)
        if standing is None:
            continue
        manifest = studio.store.manifest(exhibit_key(title, aspect), standing.version)
        if manifest is not None and artifact_of(aspect) == Shows.THUMBNAILS:
            shown[f"{aspect}"] = picture(studio.store.fetch(manifest, standing.file), width=480)
        shown[f"{aspect} why"] = dg.MetadataValue.text(f"{standing.arm}, by {standing.who}: {standing.why}")
        versions.append(f"{aspect}:{standing.sha256}")
    return shown, hashlib.sha256("\n".join(versions).encode()).hexdigest()


def experiment_events(title: str, judged: Sequence[Judged], studio: Studio) -> Iterator[dg.AssetMaterialization]:
    """What a batch run tells of a title that it judged: its results, and what stands since."""
    if judged:
        metadata = {name: value for each in judged for name, value in told_of(each, studio).items()}
        yield dg.AssetMaterialization("experiment_results", partition=title, metadata=metadata)
    if any(each.experiment.state is Lifecycle.DECIDED for each in judged):
        metadata, version = _standing(title, studio)
        tags = {"dagster/data_version": version}
        yield dg.AssetMaterialization("winner", partition=title, metadata=metadata, tags=tags)


_WHERE = placement("experiments")
_RUNS: dict[str, Any] = {
    "partitions_def": titles,
    "op_tags": _WHERE.op_tags(),
    "pool": _WHERE.pool,
    "retry_policy": _WHERE.retry_policy,
}
_BY_ASSET = {f"experiment/{exhibit}": exhibit for exhibit in EXHIBITS}


def _about(exhibit: str) -> str:
    if artifact_of(exhibit) == Shows.TRAILER:
        return f"A test of the title's {exhibit.replace('_', ' ')} against a new cut of it, where there is one to test."
    return f"A test of the title's {exhibit.replace('x', ':')} variants, one of them the incumbent."


@dg.multi_asset(
    name="experiments",
    specs=[
        dg.AssetSpec(
            asset.split("/"),
            deps=[dg.AssetKey([artifact_of(exhibit), exhibit])],
            description=_about(exhibit),
            group_name=GROUP,
            kinds={"postgres"},
            owners=OWNERS,
            skippable=True,
        )
        for asset, exhibit in _BY_ASSET.items()
    ],
    can_subset=True,
    **_RUNS,
)
def experiments(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[dg.MaterializeResult]:
    """Start the title's experiments, on the exhibits that are asked for.

    A trailer is one cut until viewers' leaving asks for another: then nothing to compare is no failure.
    """
    for key in sorted(context.selected_asset_keys):
        exhibit = _BY_ASSET[key.to_user_string()]
        try:
            found = start_experiment(context.partition_key, exhibit, studio, who=f"run {context.run_id[:8]}")
        except UsageError as error:
            if artifact_of(exhibit) == Shows.TRAILER:
                context.log.info(f"{exhibit} is not tested: {error}")
                continue
            raise dg.Failure(str(error), allow_retries=False) from error
        yield dg.MaterializeResult(
            asset_key=key,
            data_version=dg.DataVersion(found.id),
            metadata={
                "experiment": found.id,
                "state": str(found.state),
                "arms": len(found.arms),
                "incumbent": found.incumbent.id,
                "plan": dg.MetadataValue.json(found.plan.to_json()),
            },
        )


@dg.asset(
    deps=[dg.AssetKey(asset.split("/")) for asset in _BY_ASSET],
    group_name=GROUP,
    kinds={"postgres"},
    owners=OWNERS,
    **_RUNS,
)
def experiment_results(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> dg.MaterializeResult:
    """What the title's viewers have told so far: posteriors, uplift with its interval, traffic, and the verdict."""
    judged = judge_title(context.partition_key, studio, who=f"run {context.run_id[:8]}")
    metadata: dict[str, Any] = {"running": len(judged)}
    for each in judged:
        metadata |= told_of(each, studio)
    return dg.MaterializeResult(metadata=metadata)


@dg.asset(
    deps=[experiment_results],
    group_name=GROUP,
    kinds={"postgres", "image"},
    owners=OWNERS,
    **_RUNS,
)
def winner(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> dg.MaterializeResult:
    """The pictures and trailers that won the title's experiments and stand now, with who decided so and why."""
    metadata, version = _standing(context.partition_key, studio)
    return dg.MaterializeResult(data_version=dg.DataVersion(version), metadata=metadata)


experiment_assets: list[Any] = [experiments, experiment_results, winner]
