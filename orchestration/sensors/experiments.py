"""From viewers' clicks to decisions: running experiments are judged every hour, many in a run."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence

import dagster as dg

from assets.experiment_course import REVIEW_FROM
from orchestration.judging import JUDGE_JOB, judge_experiments
from resources.experiment_agenda import Due, ExperimentAgenda, Flagged
from resources.studio import Studio
from resources.untested import ToTest, to_test

__all__ = ["TRY_AGAIN_S", "experiments_due", "judge_requests", "look", "not_asked_yet"]

TRY_AGAIN_S = 1800
"""What is still due so long after it was asked for is asked for again: its run failed, or never ran."""


def look(due: Due | Flagged | ToTest) -> str:
    """What one judging of one picture is known by: judging begins a new epoch, ends a test, starts one or asks."""
    match due:
        case Due():
            seen = due.epoch
        case Flagged():
            seen = (due.version, due.arm)
        case ToTest():
            seen = (due.version, *due.approved)
    return hashlib.sha256(f"{due.experiment} {due.title} {due.aspect} {seen}".encode()).hexdigest()[:16]


def not_asked_yet(
    due: Sequence[Due | Flagged | ToTest], asked: Mapping[str, float], *, now_s: float
) -> tuple[list[Due | Flagged | ToTest], dict[str, float]]:
    """What was not asked for in the last `TRY_AGAIN_S`, and all that is asked for since then, with it.

    Run keys alone would not do: they are a whole run's, and one title whose judging fails would be judged again with
    every other that falls due.

    Args:
        due: What is due.
        asked: When each look was asked for, by `look`.
        now_s: Seconds since 1970.
    """
    lately = {name: at for name, at in asked.items() if at > now_s - TRY_AGAIN_S}
    new = [each for each in due if look(each) not in lately]
    return new, lately | {look(each): now_s for each in new}


def judge_requests(due: Sequence[Due | Flagged | ToTest], batch_titles: int, *, now_s: float) -> list[dg.RunRequest]:
    """A few runs that judge all that is due, and test what is new.

    The run key is made of the looks and of the time in steps of `TRY_AGAIN_S`: a tick that is repeated asks for the
    same runs, and what failed is asked for again.
    """
    by_title: dict[str, list[str]] = {}
    for each in due:
        by_title.setdefault(each.title, []).append(look(each))
    requests = []
    titles = sorted(by_title)
    for start in range(0, len(titles), batch_titles):
        part = titles[start : start + batch_titles]
        looks = "\n".join([str(int(now_s // TRY_AGAIN_S)), *(name for title in part for name in by_title[title])])
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
    description="Starts tests and judges running ones every hour: promotes winners, ends others, deals traffic anew.",
)
def experiments_due(
    context: dg.SensorEvaluationContext, studio: dg.ResourceParam[Studio]
) -> dg.SensorResult | dg.SkipReason:
    """Ask for runs that judge what was not judged for a while, start what is to be tested, and ask about flags."""
    settings, now_s = studio.settings, time.time()
    agenda = ExperimentAgenda(studio.database)
    found = [
        *agenda.due(every_s=settings.experiment_interval_s),
        *agenda.flagged(viewers=REVIEW_FROM),
        *to_test(studio.database, aspects=settings.first_tests, at_once=settings.tests_at_once),
    ]
    due, asked = not_asked_yet(found, json.loads(context.cursor or "{}"), now_s=now_s)
    if not due:
        return dg.SkipReason("No experiment is due.")
    requests = judge_requests(due, studio.settings.batch_titles, now_s=now_s)
    return dg.SensorResult(run_requests=requests, cursor=json.dumps(asked))
