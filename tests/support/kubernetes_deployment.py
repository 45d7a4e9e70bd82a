"""The house as deployed on the cluster double: instance, launcher and code location, run from every entry.

The instance's launcher is the real `K8sRunLauncher`; the code location is loaded in process but carries
the image that the double knows, as a code server in a pod would.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.execution.api import create_execution_plan
from dagster._core.execution.context_creation_job import (
    PlanOrchestrationContextManager,
    orchestration_context_event_generator,
)
from dagster._core.execution.plan.active import ActiveExecution
from dagster._core.executor.step_delegating import StepDelegatingExecutor
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from dagster._daemon.backfill import execute_backfill_iteration
from dagster._daemon.monitoring.run_monitoring import execute_run_monitoring_iteration
from dagster._daemon.sensor import execute_sensor_iteration
from dagster._scheduler.scheduler import launch_scheduled_runs
from dagster._utils.hosted_user_process import recon_job_from_origin
from dagster_graphql.test.utils import execute_dagster_graphql

from tests.support.kubernetes_double.cluster import KubernetesDouble
from tests.support.kubernetes_double.containers import Image

ROOT = Path(__file__).resolve().parents[2]
IMAGE = "showrunner:test"
FINISHED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)

_LAUNCH = """
mutation Launch($params: ExecutionParams!) {
  launchPipelineExecution(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}
"""
_BACKFILL = """
mutation Backfill($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
  }
}
"""


def image(working_dir: Path = ROOT) -> Image:
    """The product's image: its interpreter on the PATH, its code as the working directory, nothing else."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
    return Image({"PATH": path, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}, working_dir)


@dataclass(frozen=True)
class Deployment:
    """The house on a cluster double."""

    instance: dg.DagsterInstance
    workspace: WorkspaceProcessContext

    def from_the_ui(self, assets: Sequence[dg.AssetKey], title: str, *, config: Mapping[str, Any] | None = None) -> str:
        """What the UI's Materialize button sends; returns the run's id."""
        tags = [{"key": "dagster/partition", "value": title}]
        return self._launch("__ASSET_JOB", assets, config or {}, tags)

    def from_the_launchpad(self, job: str, config: Mapping[str, Any]) -> str:
        """What the UI's launchpad sends for a job of the house; returns the run's id."""
        return self._launch(job, [], config, [])

    def _launch(
        self, job: str, assets: Sequence[dg.AssetKey], config: Mapping[str, Any], tags: list[dict[str, str]]
    ) -> str:
        location, repository = self._names()
        selector: dict[str, Any] = {
            "repositoryLocationName": location,
            "repositoryName": repository,
            "pipelineName": job,
        }
        if assets:
            selector["assetSelection"] = [{"path": list(key.path)} for key in assets]
        params = {
            "selector": selector,
            "mode": "default",
            "runConfigData": dict(config),
            "executionMetadata": {"tags": tags},
        }
        answer = self._ask(_LAUNCH, params)["launchPipelineExecution"]
        assert answer["__typename"] == "LaunchRunSuccess", answer
        return answer["run"]["runId"]

    def from_a_backfill(self, assets: Sequence[dg.AssetKey], title: str) -> str:
        """What the UI's backfill sends, and the backfill daemon's next iteration."""
        params = {
            "assetSelection": [{"path": list(key.path)} for key in assets],
            "partitionNames": [title],
        }
        answer = self._ask(_BACKFILL, params)["launchPartitionBackfill"]
        assert answer["__typename"] == "LaunchBackfillSuccess", answer
        list(execute_backfill_iteration(self.workspace, logging.getLogger("backfill")))
        return self._newest_run()

    def from_a_sensor(self, name: str) -> str:
        """The sensor daemon's tick of a sensor that is switched on."""
        self.instance.start_sensor(self._repository().get_sensor(name))
        list(execute_sensor_iteration(self.workspace, logging.getLogger("sensor"), None, None))
        return self._newest_run()

    def from_a_schedule(self, name: str) -> str:
        """The scheduler's tick, a day after a schedule was switched on."""
        self.instance.start_schedule(self._repository().get_schedule(name))
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        list(launch_scheduled_runs(self.workspace, logging.getLogger("schedule"), tomorrow, {}))
        return self._newest_run()

    def monitor(self) -> None:
        """The run monitoring daemon's next look at the runs."""
        list(execute_run_monitoring_iteration(self.workspace, logging.getLogger("monitoring")))

    def status(self, run_id: str) -> dg.DagsterRunStatus:
        """Where a run stands."""
        run = self.instance.get_run_by_id(run_id)
        assert run is not None
        return run.status

    def finished(self, run_id: str) -> dg.DagsterRunStatus | None:
        """How a run ended, or None; made for `KubernetesDouble.wait_for`."""
        status = self.status(run_id)
        return status if status in FINISHED else None

    def events(self, run_id: str, kind: dg.DagsterEventType) -> list[dg.DagsterEvent]:
        """A run's events of one kind, in order."""
        entries = self.instance.all_logs(run_id, of_type=kind)
        return [entry.dagster_event for entry in entries if entry.dagster_event]

    def render_steps(self, run_id: str, cluster: KubernetesDouble) -> dict[str, Mapping[str, Any]]:
        """The Job of every step of a run, by step key, as its own executor submits them to the cluster.

        This is what the run's pod does, less the waiting of one step for another.
        """
        run = self.instance.get_run_by_id(run_id)
        assert run is not None and run.job_code_origin is not None
        job = recon_job_from_origin(run.job_code_origin)
        if run.asset_selection:
            job = job.get_subset(asset_selection=run.asset_selection)
        plan = create_execution_plan(
            job,
            run_config=run.run_config,
            tags=run.tags,
            step_keys_to_execute=run.step_keys_to_execute,
            instance_ref=self.instance.get_ref(),
        )
        manager = PlanOrchestrationContextManager(
            context_event_generator=orchestration_context_event_generator,
            job=job,
            execution_plan=plan,
            dagster_run=run,
            instance=self.instance,
            run_config=run.run_config,
        )
        list(manager.prepare_context())
        context = manager.get_context()
        executor = context.executor
        assert isinstance(executor, StepDelegatingExecutor)
        before = len(cluster.submitted)
        active = ActiveExecution(plan, retry_mode=executor.retries)
        for key in plan.step_keys_to_execute:
            step_context = executor._get_step_handler_context(context, [plan.get_step_by_key(key)], active)
            list(executor._step_handler.launch_step(step_context))
        jobs = cluster.submitted[before:]
        return dict(zip(plan.step_keys_to_execute, jobs, strict=True))

    def _names(self) -> tuple[str, str]:
        repository = self._repository()
        return repository.handle.location_name, repository.name

    def _repository(self) -> Any:
        [location] = self.workspace.create_request_context().code_locations
        [repository] = location.get_repositories().values()
        return repository

    def _newest_run(self) -> str:
        return self.instance.get_runs(limit=1)[0].run_id

    def _ask(self, query: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        context = self.workspace.create_request_context()
        return execute_dagster_graphql(context, query, {"params": params}).data


@contextmanager
def deployed(
    cluster: KubernetesDouble,
    home: Path,
    module: str,
    environment: Mapping[str, str],
    *,
    run_k8s_config: Mapping[str, Any] | None = None,
    container_context: Mapping[str, Any] | None = None,
    start_timeout_s: int = 900,
) -> Iterator[Deployment]:
    """Deploy a module's `defs`; every pod gets the environment, and nothing of the test's own.

    Args:
        cluster: Where to.
        home: DAGSTER_HOME.
        module: Holds `defs`.
        environment: Of every pod.
        run_k8s_config: What the launcher gives every pod; a small CPU-only share where none is given.
        container_context: What the code location gives every pod, as the Helm chart passes it on.
        start_timeout_s: How long a run's own pod may take to start before run monitoring fails the run.
    """
    stock = {
        "container_config": {
            "env": [{"name": name, "value": value} for name, value in environment.items()],
            "resources": {
                "requests": {"cpu": "500m", "memory": "1Gi"},
                "limits": {"cpu": "1", "memory": "1Gi"},
            },
        }
    }
    launcher = {
        "service_account_name": "dagster",
        "instance_config_map": "dagster-instance",
        "dagster_home": str(home),
        "load_incluster_config": False,
        "kubeconfig_file": str(cluster.kubeconfig),
        "job_namespace": cluster.namespace,
        "image_pull_policy": "IfNotPresent",
        "run_k8s_config": dict(run_k8s_config or stock),
    }
    overrides = {
        "run_launcher": {"module": "dagster_k8s", "class": "K8sRunLauncher", "config": launcher},
        # Straight to the launcher: the queue's daemon is not what is tested here.
        "run_coordinator": {"module": "dagster.core.run_coordinator", "class": "DefaultRunCoordinator"},
        "run_monitoring": {
            "enabled": True,
            "start_timeout_seconds": start_timeout_s,
            "max_resume_run_attempts": 3,
        },
    }
    origin = InProcessCodeLocationOrigin(
        LoadableTargetOrigin(
            executable_path=sys.executable, module_name=module, working_directory=str(ROOT), attribute="defs"
        ),
        container_image=IMAGE,
        container_context=dict(container_context or {}),
        location_name="showrunner",
    )
    with (
        dg.instance_for_test(overrides, temp_dir=str(home)) as instance,
        WorkspaceProcessContext(instance, InProcessWorkspaceLoadTarget(origin)) as workspace,
    ):
        yield Deployment(instance, workspace)
