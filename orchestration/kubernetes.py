"""The Kubernetes executor: Dagster's own, which also says why a pod died and what one waits for in vain.

By itself `k8s_job_executor` counts a step as healthy while its Job has not failed. A pod that no node can
take is then "running" until its Job's deadline, and a dead one is only "a failed Kubernetes job". Here the
same health check

- adds to a failed Job what its pod and conditions tell: evicted, out of memory, past its deadline, which exit
  code;
- fails a step whose pod still waits after `node_wait_seconds`, in words that name the missing label, GPU,
  image or secret, and removes the Job, so that a node which comes too late does no work that nobody awaits.
  It is not retried: a second pod would wait in the same place.

Steps whose placement names a container image get that one of `images`, other steps that ask for a GPU get
`gpu_image`, so that the pods that only wait for them need not pull either; and a cancelled run takes its steps
with it.

Everything else, and the configuration, is `k8s_job_executor`'s. Executor and step handler are
extension points of Dagster that have no public name; the pinned version and the tests against a cluster
double hold them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import dagster as dg
from dagster._core.events import DagsterEvent
from dagster._core.execution.plan.objects import StepFailureData
from dagster._core.executor.step_delegating import (
    CheckStepHealthResult,
    StepDelegatingExecutor,
    StepHandlerContext,
)
from dagster_k8s import K8sRunLauncher, k8s_job_executor
from dagster_k8s.container_context import K8sContainerContext
from dagster_k8s.executor import K8sStepHandler
from dagster_k8s.job import UserDefinedDagsterK8sConfig
from dagster_shared.error import SerializableErrorInfo
from kubernetes.client.rest import ApiException

from assets.placement import GPU_RESOURCE, IMAGE_LABEL, NODE_WAIT_S
from orchestration.pod_diagnosis import why_it_failed, why_it_waits
from resources.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from dagster._core.execution.context.system import PlanOrchestrationContext
    from dagster._core.execution.plan.plan import ExecutionPlan
    from kubernetes.client import V1Job, V1Pod

__all__ = ["kubernetes_executor"]

_CANCELLED = (dg.DagsterRunStatus.CANCELING, dg.DagsterRunStatus.CANCELED)
_STOCK_FIELDS = cast("Any", k8s_job_executor.config_schema.config_type).fields


class _Handler(K8sStepHandler):
    """Dagster's step handler with a health check that looks at the pod, too."""

    _node_wait_s: int
    _gpu_image: str | None
    _images: Mapping[str, str]
    _started: set[str]

    @classmethod
    def around(
        cls, handler: K8sStepHandler, *, node_wait_s: int, gpu_image: str | None, images: Mapping[str, str]
    ) -> _Handler:
        """The same handler, with what this class adds: its parts are taken over as they are."""
        ours = cls.__new__(cls)
        vars(ours).update(vars(handler))
        ours._node_wait_s = node_wait_s
        ours._gpu_image = gpu_image
        ours._images = images
        ours._started = set()
        return ours

    def _get_container_context(self, step_handler_context: StepHandlerContext) -> K8sContainerContext:
        """Dagster's, with the image that the step's placement names, or that steps with a GPU have."""
        context = super()._get_container_context(step_handler_context)
        labels = context.run_k8s_config.pod_template_spec_metadata.get("labels") or {}
        limits = (context.run_k8s_config.container_config.get("resources") or {}).get("limits") or {}
        image = self._images.get(labels.get(IMAGE_LABEL, "")) or (self._gpu_image if GPU_RESOURCE in limits else None)
        if image is None:
            return context
        chosen = UserDefinedDagsterK8sConfig(container_config={"image": image})
        return context.merge(K8sContainerContext(run_k8s_config=chosen))

    def check_step_health(self, step_handler_context: StepHandlerContext) -> CheckStepHealthResult:
        """Dagster's verdict, explained; and the end of a wait that has lasted too long."""
        verdict = super().check_step_health(step_handler_context)
        name = self._get_k8s_step_job_name(step_handler_context)
        namespace = str(self._get_container_context(step_handler_context).namespace)
        if not verdict.is_healthy:
            reasons = [verdict.unhealthy_reason or "", *self._reasons(name, namespace)]
            return CheckStepHealthResult.unhealthy(" ".join(filter(None, reasons)))
        if name not in self._started and (why := self._stuck(name, namespace)):
            self._give_up(step_handler_context, name, namespace, why)
        return verdict

    def _reasons(self, name: str, namespace: str) -> list[str]:
        try:
            job = self._job(name, namespace)
            return why_it_failed(job, self._api_client.get_pods_in_job(name, namespace)) if job else []
        except ApiException as error:  # the verdict stands without its reasons
            return [f"Why is not known: its pods cannot be read ({error.status} {error.reason})."]

    def _stuck(self, name: str, namespace: str) -> str | None:
        """Why the Job's pod has not started within the time it has for that, or None."""
        pods: list[V1Pod] = self._api_client.get_pods_in_job(name, namespace)
        if any(pod.status and pod.status.phase != "Pending" for pod in pods):
            self._started.add(name)
            return None
        job = self._job(name, namespace)
        if job is None or (waited_s := _age_s(job)) < self._node_wait_s:
            return None
        warnings = [event.message or "" for event in self._api_client.retrieve_pod_events(name, namespace)]
        return f"{name} has waited {waited_s:.0f} s to start. {why_it_waits(job, pods, warnings)}"

    def _give_up(self, context: StepHandlerContext, name: str, namespace: str, why: str) -> None:
        """Remove the Job and fail its step for good; the executor meets the event when it next reads the
        log."""
        self._api_client.delete_job(name, namespace)
        step = context.get_step_context(self._get_step_key(context))
        error = SerializableErrorInfo(message=why, stack=[], cls_name="PodNotStarted")
        DagsterEvent.step_failure_event(step, StepFailureData(error=error, user_failure_data=None))

    def remove_steps(self, run: dg.DagsterRun, launcher: K8sRunLauncher) -> None:
        """Delete every step Job of a run that is still there, and its pods."""
        namespace = str(K8sContainerContext.create_for_run(run, launcher, include_run_tags=False).namespace)
        steps = f"dagster/run-id={run.run_id},app.kubernetes.io/component=step_worker"
        for job in self._jobs(namespace, label_selector=steps):
            if job.metadata is not None:
                self._api_client.delete_job(job.metadata.name, namespace)

    def _job(self, name: str, namespace: str) -> V1Job | None:
        found = self._jobs(namespace, field_selector=f"metadata.name={name}")
        return found[0] if found else None

    def _jobs(self, namespace: str, **selector: str) -> list[V1Job]:
        return cast("Any", self._api_client.batch_api).list_namespaced_job(namespace, **selector).items


class _Executor(StepDelegatingExecutor):
    """Dagster's executor; a run that somebody cancels takes its steps with it.

    Where lost run pods are resumed, Dagster takes the SIGTERM of a cancelled run for a lost pod's and leaves
    the steps, with their GPUs, working for nobody (dagster-io/dagster#33923).
    """

    _step_handler: _Handler

    @classmethod
    def around(cls, executor: StepDelegatingExecutor, handler: _Handler) -> _Executor:
        """The same executor with this class's end and the given handler."""
        ours = cls.__new__(cls)
        vars(ours).update(vars(executor))
        ours._step_handler = handler
        return ours

    def execute(
        self, plan_context: PlanOrchestrationContext, execution_plan: ExecutionPlan
    ) -> Generator[DagsterEvent, Any, None]:
        """Dagster's execution, and no step of a cancelled run left behind."""
        try:
            yield from super().execute(plan_context, execution_plan)
        finally:
            instance = plan_context.plan_data.instance
            run = instance.get_run_by_id(plan_context.run_id)
            if run is not None and run.status in _CANCELLED:
                self._step_handler.remove_steps(run, cast("K8sRunLauncher", instance.run_launcher))


def _age_s(job: V1Job) -> float:
    created = job.metadata.creation_timestamp if job.metadata else None
    return (datetime.now(UTC) - created).total_seconds() if created else 0.0


@dg.executor(
    name=k8s_job_executor.name,
    config_schema={
        **_STOCK_FIELDS,
        "node_wait_seconds": dg.Field(
            dg.IntSource,
            default_value=NODE_WAIT_S,
            description="How long a step's pod may wait for a node, an image or a secret.",
        ),
        "gpu_image": dg.Field(
            dg.Noneable(dg.StringSource),
            default_value=None,
            description="Image of steps that ask for a GPU; SHOWRUNNER_GPU_IMAGE where not set.",
        ),
    },
    requirements=k8s_job_executor.get_requirements,
)
def kubernetes_executor(init_context: dg.InitExecutorContext) -> dg.Executor:
    """Runs each step as a Kubernetes Job, as `k8s_job_executor` does, and explains failures and endless
    waits."""
    executor = cast("Any", k8s_job_executor.executor_creation_fn)(init_context)
    config = cast("Any", init_context.executor_config)
    handler = _Handler.around(
        executor._step_handler,
        node_wait_s=config["node_wait_seconds"],
        gpu_image=config["gpu_image"] or load_settings().gpu_image,
        images=load_settings().images,
    )
    return _Executor.around(executor, handler)
