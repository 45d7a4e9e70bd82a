"""A pod's record and how the API shows it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

from kubernetes.utils.quantity import parse_quantity

from tests.support.kubernetes_double.containers import Container
from tests.support.kubernetes_double.errors import Json


class Phase(StrEnum):
    """Where a pod is in its life."""

    PENDING = "Pending"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


@dataclass(frozen=True)
class Waiting:
    """Why a placed container does not run."""

    reason: str
    message: str


@dataclass(frozen=True)
class Exit:
    """How a container ended."""

    code: int
    reason: str
    message: str = ""


@dataclass
class Pod:
    """One pod: what was asked for, and what has become of it."""

    namespace: str
    name: str
    uid: str
    owner: Json
    labels: dict[str, str]
    annotations: dict[str, str]
    spec: Json
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    phase: Phase = Phase.PENDING
    node: str | None = None
    reason: str = ""
    message: str = ""
    unschedulable: str = ""
    waiting: Waiting | None = None
    exit: Exit | None = None
    started: datetime | None = None
    finished: datetime | None = None
    deleted: datetime | None = None
    container: Container | None = None

    @property
    def ended(self) -> bool:
        """Whether its phase is final."""
        return self.phase in (Phase.SUCCEEDED, Phase.FAILED)

    @property
    def holds_resources(self) -> bool:
        """Whether its node still counts what it asked for."""
        return self.node is not None and not self.ended

    def document(self) -> Json:
        """The pod as the API shows it."""
        spec = copy.deepcopy(self.spec)
        if self.node:
            spec["nodeName"] = self.node
        metadata: Json = {
            "name": self.name,
            "namespace": self.namespace,
            "uid": self.uid,
            "labels": dict(self.labels),
            "annotations": dict(self.annotations),
            "creationTimestamp": timestamp(self.created),
            "ownerReferences": [dict(self.owner)],
        }
        if self.deleted:
            metadata["deletionTimestamp"] = timestamp(self.deleted)
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": metadata,
            "spec": spec,
            "status": self._status(),
        }

    def _status(self) -> Json:
        status: Json = {
            "phase": self.phase.value,
            "qosClass": quality_of_service(self.spec),
            "conditions": [self._scheduled_condition()],
        }
        if self.reason:
            status |= {"reason": self.reason, "message": self.message}
        if self.node:
            container = self.spec["containers"][0]
            running = self.phase is Phase.RUNNING
            status["startTime"] = timestamp(self.started or self.created)
            status["containerStatuses"] = [
                {
                    "name": container["name"],
                    "image": container["image"],
                    "imageID": "",
                    "ready": running,
                    "started": running,
                    "restartCount": 0,
                    "state": self._container_state(),
                }
            ]
        return status

    def _scheduled_condition(self) -> Json:
        condition: Json = {"type": "PodScheduled", "status": "True" if self.node else "False"}
        if not self.node:
            condition |= {"reason": "Unschedulable", "message": self.unschedulable}
        return condition

    def _container_state(self) -> Json:
        if self.exit is not None:
            ended: Json = {
                "exitCode": self.exit.code,
                "reason": self.exit.reason,
                "finishedAt": timestamp(self.finished or self.created),
            }
            if self.started:
                ended["startedAt"] = timestamp(self.started)
            if self.exit.message:
                ended["message"] = self.exit.message
            return {"terminated": ended}
        if self.phase is Phase.RUNNING:
            return {"running": {"startedAt": timestamp(self.started or self.created)}}
        waiting = self.waiting or Waiting("ContainerCreating", "")
        return {"waiting": {"reason": waiting.reason, "message": waiting.message}}


def timestamp(moment: datetime) -> str:
    """A moment as the API writes it: RFC 3339, whole seconds, UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def quality_of_service(spec: Json) -> str:
    """The pod's QoS class by the published rule: Guaranteed, Burstable or BestEffort."""
    asked = [container.get("resources") or {} for container in spec["containers"]]
    if not any(resources.get("requests") or resources.get("limits") for resources in asked):
        return "BestEffort"
    guaranteed = all(
        _amount(resources, "requests", resource) == _amount(resources, "limits", resource) != 0
        for resources in asked
        for resource in ("cpu", "memory")
    )
    return "Guaranteed" if guaranteed else "Burstable"


def _amount(resources: Json, side: str, resource: str) -> Decimal:
    return parse_quantity((resources.get(side) or {}).get(resource, "0"))
