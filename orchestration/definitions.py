"""What Dagster loads: the house, with the executor that the settings ask for."""

from __future__ import annotations

import dagster as dg

from orchestration.build import build_defs
from resources.settings import Settings, load_settings

__all__ = ["defs", "executor_of"]


def executor_of(settings: Settings) -> dg.ExecutorDefinition:
    """The executor that `SHOWRUNNER_EXECUTOR` names.

    It stands on the Definitions and not on jobs, because a run that the UI, a backfill or a sensor starts has no
    other: only so do the placements of assets reach the pods of every run.
    """
    if settings.executor == "k8s":
        from orchestration.kubernetes import kubernetes_executor  # it brings the Kubernetes client

        return kubernetes_executor
    if settings.executor == "in_process":
        return dg.in_process_executor
    return dg.multiprocess_executor


defs = build_defs(executor=executor_of(load_settings()))
