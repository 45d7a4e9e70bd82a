"""From viewers' clicks to decisions: running experiments are judged every hour, many in a run."""

import hashlib
from collections.abc import Sequence

import dagster as dg

from orchestration.judging import JUDGE_JOB, judge_experiments
from resources.experiment_agenda import Due, ExperimentAgenda, Untested
from resources.studio import Studio

__all__ = ["experiments_due", "judge_requests"]


def judge_requests(due: Sequence[Due | Untested], batch_titles: int) -> list[dg.RunRequest]:
    """A few runs that judge all that is due, and test what is new.

    The run key is made of the experiments with their epochs or new versions, and judging begins a new epoch, ends the
    experiment or starts the next: so a tick that is repeated before that asks for the same runs.
    """
    by_title: dict[str, list[str]] = {}
    for each in due:
        look = each.epoch if isinstance(each, Due) else each.version
        by_title.setdefault(each.title, []).append(f"{each.experiment} {look}")
    requests = []
    titles = sorted(by_title)
    for start in range(0, len(titles), batch_titles):
        part = titles[start : start + batch_titles]
        looks = "\n".join(look for title in part for look in by_title[title])
        requests.append(
            dg.RunRequest(
                run_key=hashlib.sha256(looks.encode()).hexdigest()[:32],
                job_name=JUDGE_JOB,
                run_config={"titles": part},
                tags={"showrunner/titles": str(len(part))},
            )
        )
    return requests


@dg.sensor(
    job=judge_experiments,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Judges running experiments every hour: promotes winners, ends the others, deals the traffic anew.",
)
def experiments_due(studio: dg.ResourceParam[Studio]) -> dg.SensorResult | dg.SkipReason:
    """Ask for the judging of all that was not judged for a while."""
    agenda = ExperimentAgenda(studio.database)
    due = [*agenda.due(every_s=studio.settings.experiment_interval_s), *agenda.to_test()]
    if not due:
        return dg.SkipReason("No experiment is due.")
    return dg.SensorResult(run_requests=judge_requests(due, studio.settings.batch_titles))
