"""What the Kubernetes API knows about a failed or waiting pod, in the words of somebody who has to fix it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kubernetes.client import V1Job, V1Pod

__all__ = ["why_it_failed", "why_it_waits"]

_GUIDE = "See docs/kubernetes.md."
_KILLED = 137  # 128 + SIGKILL


def why_it_failed(job: V1Job, pods: Sequence[V1Pod]) -> list[str]:
    """Sentences about the end of a Job and its pods; none where nothing is left to read."""
    told = [
        f"Job: {condition.reason}: {condition.message}."
        for condition in (job.status and job.status.conditions) or ()
        if condition.type == "Failed" and condition.reason == "DeadlineExceeded"
    ]
    for pod in pods:
        told += _pod_end(pod)
    return told


def _pod_end(pod: V1Pod) -> Iterator[str]:
    if pod.status is None or pod.metadata is None:
        return
    if pod.status.reason:
        yield f"Pod {pod.metadata.name}: {pod.status.reason}: {(pod.status.message or '').rstrip('.')}."
    for status in pod.status.container_statuses or ():
        ended = status.state.terminated if status.state else None
        if ended is None or ended.exit_code == 0:
            continue
        yield f"Container {status.name} exited {ended.exit_code} ({ended.reason or 'no reason'})."
        if ended.reason == "OOMKilled":
            limit = _limits(pod).get("memory", "none")
            yield f"It exceeded its memory limit ({limit}): raise its family's memory in assets/placement.py."
        elif ended.exit_code == _KILLED and not pod.status.reason:
            yield "Something outside the pod killed it: a preemption, a drained node or a lost one."


def why_it_waits(job: V1Job, pods: Sequence[V1Pod], warnings: Sequence[str]) -> str:
    """What holds a Job whose pod has not started.

    Args:
        job: The Job.
        pods: Its pods, all Pending; none where Kubernetes could not even create one.
        warnings: The messages of the Job's own events.
    """
    if not pods:
        told = " ".join(dict.fromkeys(warnings)) or "Its events say nothing."
        return f"Kubernetes has created no pod for it: {told} Check quota, service account and admission rules."
    return " ".join(sentence for pod in pods for sentence in _pod_wait(pod))


def _pod_wait(pod: V1Pod) -> Iterator[str]:
    for condition in (pod.status and pod.status.conditions) or ():
        if condition.type == "PodScheduled" and condition.status == "False":
            yield f"No node takes it: {(condition.message or condition.reason or 'no reason').rstrip('.')}."
            yield f"It needs {_needs(pod)}."
            yield f"Give a node that label and room, or let its node pool grow. {_GUIDE}"
            return
    for status in (pod.status and pod.status.container_statuses) or ():
        waiting = status.state.waiting if status.state else None
        if waiting is not None:
            yield f"It has a node, but container {status.name} waits: {waiting.reason}: {waiting.message}."


def _needs(pod: V1Pod) -> str:
    spec = pod.spec
    labels = [f"the node label {key}={value}" for key, value in _pairs(spec and spec.node_selector)]
    amounts = [f"{resource} {amount}" for resource, amount in sorted(_limits(pod).items())]
    tolerated = [f"{t.key or 'any'}:{t.effect or 'any'}" for t in (spec and spec.tolerations) or ()]
    tolerates = f"and tolerates the taints {', '.join(tolerated)}" if tolerated else "and tolerates no taint"
    return " ".join([", ".join([*labels, *amounts]) or "nothing in particular", tolerates])


def _limits(pod: V1Pod) -> dict[str, Any]:
    """What the containers ask for: limits, or requests where there is no limit."""
    asked: dict[str, Any] = {}
    for container in (pod.spec and pod.spec.containers) or ():
        if container.resources is not None:
            asked |= {**(container.resources.requests or {}), **(container.resources.limits or {})}
    return asked


def _pairs(table: dict[str, str] | None) -> Iterable[tuple[str, str]]:
    return sorted((table or {}).items())
