"""What happens every night: what is missing or stale is ordered, and cold titles leave the working set."""

import dagster as dg

from assets.experiment_course import outdate_worn
from assets.partitions import TITLES
from assets.planning import unsettled
from orchestration.ingest import drop_partitions
from resources.studio import Studio
from resources.subtitles.memory import TranslationMemory

__all__ = ["nightly", "order_unsettled", "refresh_catalogue", "retire_cold_titles", "retire_titles"]

NIGHTLY_PRIORITY = -10
"""Behind everything that a person or a viewer asked for."""


UNUSED_DAYS = 400.0
"""After which a translated sentence that no title used is forgotten: a series comes back within a year."""

LOST_AFTER_HOURS = 24.0
"""A batch run that began so long ago and never reported is gone: the longest family's deadline is a day."""


def order_unsettled(studio: Studio) -> int:
    """Order whatever the ledger knows to be missing or stale; returns the number of titles."""
    wishes = dict(unsettled(studio))
    studio.orders.request_many(wishes, reason="nightly: missing or stale", priority=NIGHTLY_PRIORITY)
    return len(wishes)


def retire_cold_titles(studio: Studio, instance: dg.DagsterInstance) -> list[str]:
    """Retire the titles that nobody touched for long, and make the partition set hold the hot titles and no others.

    The cap itself is kept by every delivery, which retires the title that was left alone for longest. Artifacts and
    catalogue rows stay, and a delivery brings a title back.

    Returns:
        The ids of the titles that left the partition set.
    """
    studio.catalogue.retire(studio.catalogue.idle(studio.settings.idle_days))
    hot = set(studio.catalogue.hot_ids())
    gone = sorted(set(instance.get_dynamic_partitions(TITLES)) - hot)
    drop_partitions(instance, gone)
    instance.add_dynamic_partitions(TITLES, sorted(hot))
    return gone


@dg.op
def order_missing_and_stale(context: dg.OpExecutionContext, studio: dg.ResourceParam[Studio]) -> None:
    """Write work orders for every hot title that needs work."""
    lost = studio.orders.give_back_lost(after_hours=LOST_AFTER_HOURS)
    if lost:
        context.log.warning(f"batch runs that never reported, given back: {', '.join(lost)}")
    worn = outdate_worn(studio)
    if worn:
        context.log.info(f"viewers have grown tired of {', '.join(worn)}")
    TranslationMemory(studio.database).forget_unused(days=UNUSED_DAYS)
    titles = order_unsettled(studio)
    context.add_output_metadata({"titles": titles, "worn": len(worn)})


@dg.op
def retire(context: dg.OpExecutionContext, studio: dg.ResourceParam[Studio]) -> None:
    """Take cold titles out of the partition set, by the catalogue."""
    retired = retire_cold_titles(studio, context.instance)
    context.log.info(f"retired {len(retired)} titles")
    context.add_output_metadata({"titles": len(retired)})


@dg.job
def refresh_catalogue() -> None:
    """Order what is missing or stale by the ledger; the work-order sensor starts the runs."""
    order_missing_and_stale()


@dg.job
def retire_titles() -> None:
    """Keep the partition set within its cap: cold titles leave it, with everything they own left in place."""
    retire()


nightly = [
    dg.ScheduleDefinition(
        name="nightly_refresh",
        job=refresh_catalogue,
        cron_schedule="0 2 * * *",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Orders what is missing or stale by the ledger.",
    ),
    dg.ScheduleDefinition(
        name="nightly_retirement",
        job=retire_titles,
        cron_schedule="0 4 * * *",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Takes the titles beyond the cap, longest untouched first, out of the partition set.",
    ),
]
