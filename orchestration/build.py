"""Assembly: every asset, job, schedule and sensor of the house in one Definitions.

`build_defs` is pure: it reads no environment and opens nothing, so tests and tools build variants by its arguments.
"""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg

from assets.blended_image import blended_image
from assets.custom_style import custom_style
from assets.experiments import experiment_assets
from assets.families import default_assets
from assets.lessons import thumbnail_lessons
from assets.ordered_rendition import ordered_rendition_assets
from assets.preference_profiles import preference_profiles
from assets.trailer_learning import trailer_learning
from orchestration.counting_tastes import tastes_counted
from orchestration.ingest import ingest
from orchestration.judging import judge_experiments
from orchestration.nightly import nightly, refresh_catalogue, retire_titles
from orchestration.refresh import refresh_titles
from orchestration.releasing import release_held
from orchestration.sensors.aliases import aliases_changed
from orchestration.sensors.approvals import approvals
from orchestration.sensors.blends import blends_published
from orchestration.sensors.custom_styles import custom_styles_wished
from orchestration.sensors.experiments import experiments_due
from orchestration.sensors.failures import run_failures
from orchestration.sensors.inbox import inbox
from orchestration.sensors.renditions import renditions_ordered
from orchestration.sensors.subtitles import subtitles_corrected
from orchestration.sensors.tastes import tastes_shifted
from orchestration.sensors.trailers import trailers_below_target
from orchestration.sensors.work_orders import work_orders
from resources.studio import StudioResource

__all__ = ["build_defs", "default_jobs", "default_schedules", "default_sensors"]

default_jobs = [refresh_titles, judge_experiments, release_held, ingest, refresh_catalogue, retire_titles]
default_schedules = [*nightly, tastes_counted]
default_sensors = [
    inbox,
    work_orders,
    experiments_due,
    trailers_below_target,
    tastes_shifted,
    custom_styles_wished,
    subtitles_corrected,
    renditions_ordered,
    blends_published,
    approvals,
    aliases_changed,
    run_failures,
]


def build_defs(
    *, resources: Mapping[str, object] | None = None, executor: dg.ExecutorDefinition | None = None
) -> dg.Definitions:
    """A fresh Definitions.

    Args:
        resources: Resources by key, in place of the defaults.
        executor: What runs the steps of every run; Dagster's own default where none is given.
    """
    return dg.Definitions(
        assets=[
            *default_assets,
            *experiment_assets,
            *ordered_rendition_assets,
            thumbnail_lessons,
            trailer_learning,
            preference_profiles,
            custom_style,
            blended_image,
        ],
        jobs=default_jobs,
        schedules=default_schedules,
        sensors=default_sensors,
        resources={"studio": StudioResource(), **(resources or {})},
        executor=executor,
    )
