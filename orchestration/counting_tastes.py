"""When viewers' deeds become profiles: every hour; what somebody chooses holds at once, without it."""

import dagster as dg

__all__ = ["count_tastes", "tastes_counted"]

count_tastes = dg.define_asset_job(
    "count_tastes",
    selection=["preference_profiles"],
    description="Counts what viewers did about looks into their profiles.",
)

tastes_counted = dg.ScheduleDefinition(
    name="tastes_counted",
    job=count_tastes,
    cron_schedule="5 * * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Counts what viewers did about looks: what they let be known is an hour old at most.",
)
