"""Judging experiments in batches: one run looks at many titles, decides what can be decided, and deals traffic anew."""

from collections.abc import Iterator

import dagster as dg
from pydantic import Field

from assets.events import final
from assets.experiment_course import judge_title
from assets.experiments import experiment_events
from assets.placement import placement
from resources.experiment_agenda import ExperimentAgenda
from resources.studio import Studio

__all__ = ["JUDGE_JOB", "JudgeConfig", "judge_experiments"]

JUDGE_JOB = "judge_experiments"
WHO = "sensor experiments"


class JudgeConfig(dg.Config):
    """Whose experiments to judge."""

    titles: list[str] = Field(min_length=1, description="Ids of the titles whose running experiments are judged.")


_WHERE = placement("experiments")


@dg.op(tags=_WHERE.op_tags(), pool=_WHERE.pool, retry_policy=_WHERE.retry_policy)
def judge(
    context: dg.OpExecutionContext, config: JudgeConfig, studio: dg.ResourceParam[Studio]
) -> Iterator[dg.AssetMaterialization | dg.Output[None]]:
    """Judge title by title; one that cannot be judged keeps no other from it.

    Where store or database were away, the step's retry judges what is left; what fails the same way every time is not
    tried again by this run, and asked for again by the sensor.

    Raises:
        dg.Failure: Naming the titles that could not be judged, after all others were.
    """
    failed = {}
    judged_before = _judged_before(context, config.titles, studio)
    for title in config.titles:
        if title in judged_before:
            continue
        try:
            judged = judge_title(title, studio, who=WHO)
            yield from experiment_events(title, judged, studio)
        except Exception as error:
            if not final(error):
                raise
            failed[title] = f"{type(error).__name__}: {error}"
            continue
        for each in judged:
            context.log.info(f"{title} {each.experiment.aspect}: {each.decision.verdict}, {each.done}")
    if failed:
        raise dg.Failure(
            f"{len(failed)} of {len(config.titles)} titles could not be judged",
            metadata={title: dg.MetadataValue.text(why) for title, why in sorted(failed.items())},
            allow_retries=False,
        )
    yield dg.Output(None)


def _judged_before(context: dg.OpExecutionContext, titles: list[str], studio: Studio) -> set[str]:
    """What an earlier try of this step has judged already."""
    record = context.instance.get_run_record_by_id(context.run_id) if context.retry_number else None
    if record is None:
        return set()
    return ExperimentAgenda(studio.database).judged(titles, since=record.create_timestamp)


@dg.config_mapping
def _for_the_op(config: JudgeConfig) -> dict[str, object]:
    return {"ops": {judge.name: {"config": config.model_dump()}}}


@dg.job(name=JUDGE_JOB, config=_for_the_op)
def judge_experiments() -> None:
    """Judge the running experiments of a list of titles, in one run."""
    judge()
