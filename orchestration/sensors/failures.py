"""What happens when a run fails: the ledger says so for every title it was serving, and somebody is told.

A step that fails by an exception has written its ledger row itself. One that was killed could not: its rows still say
that it is being made. This sensor settles those, and gives the titles of a batch run back to the work orders.
"""

import dagster as dg

from resources.alerts import AlertError, send_alert
from resources.studio import Studio

__all__ = ["run_failures", "served_titles"]


def served_titles(run: dg.DagsterRun) -> list[str]:
    """The titles that a run was serving: its partition, or the list in a batch run's config."""
    if partition := run.tags.get("dagster/partition"):
        return [partition]
    return list(_config(run).get("titles", []))


def work_order(run: dg.DagsterRun) -> str:
    """The batch of work orders that a run was serving, or an empty string."""
    return str(_config(run).get("work_order", ""))


def _config(run: dg.DagsterRun) -> dict:
    return dict(run.run_config) if isinstance(run.run_config, dict) else {}


@dg.run_failure_sensor(
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Writes failed runs into the ledger and alerts by webhook.",
)
def run_failures(context: dg.RunFailureSensorContext, studio: dg.ResourceParam[Studio]) -> None:
    """Settle the ledger after a failed run, give its work order back, and alert."""
    run = context.dagster_run
    steps = {
        event.step_key or "": (event.message or "the step failed").splitlines()[0]
        for event in context.get_step_failure_events()
    }
    why = context.failure_event.message or "the run failed"
    settled = studio.ledger.fail_run(run.run_id, "; ".join(steps.values()) or why)
    if order := work_order(run):
        studio.orders.fail(order, why)
    try:
        send_alert(
            studio.settings,
            f"Showrunner: {run.job_name} failed. {why}",
            {
                "run_id": run.run_id,
                "titles": served_titles(run),
                "steps": steps,
                "unfinished": [str(key) for key in settled],
            },
        )
    except AlertError as error:
        context.log.warning(str(error))
