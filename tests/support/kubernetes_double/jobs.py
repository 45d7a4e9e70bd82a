"""The Job controller: a pod for each Job, and the Job's status from what its pods came to."""

from __future__ import annotations

import copy
import secrets
import string
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.support.kubernetes_double.errors import Json
from tests.support.kubernetes_double.pods import Phase, Pod, timestamp


@dataclass(frozen=True)
class Condition:
    """How a Job ended."""

    type: str
    reason: str
    message: str


@dataclass
class Job:
    """One Job: the document as admitted, and the controller's own counts."""

    document: Json
    uid: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    succeeded: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    active: int = 0
    condition: Condition | None = None
    ended: datetime | None = None

    @property
    def namespace(self) -> str:
        """Its namespace."""
        return self.document["metadata"]["namespace"]

    @property
    def name(self) -> str:
        """Its name."""
        return self.document["metadata"]["name"]

    @property
    def spec(self) -> Json:
        """Its spec, as admitted."""
        return self.document["spec"]

    def seen(self) -> Json:
        """The Job as the API shows it."""
        job = copy.deepcopy(self.document)
        job["metadata"] |= {"uid": self.uid, "creationTimestamp": timestamp(self.created)}
        status: Json = {"startTime": timestamp(self.created)}
        counts = {"active": self.active, "succeeded": len(self.succeeded), "failed": len(self.failed)}
        status |= {name: count for name, count in counts.items() if count}
        if self.condition is not None and self.ended is not None:
            status["conditions"] = [{**vars(self.condition), "status": "True"}]
            if self.condition.type == "Complete":
                status["completionTime"] = timestamp(self.ended)
        job["status"] = status
        return job

    def new_pod(self) -> Pod:
        """The next pod of this Job; its name and labels as the controller gives them."""
        template = copy.deepcopy(self.spec["template"])
        metadata = template.get("metadata") or {}
        alphabet = string.ascii_lowercase + string.digits
        tail = "".join(secrets.choice(alphabet) for _ in range(5))
        labels = {
            **(metadata.get("labels") or {}),
            "job-name": self.name,
            "batch.kubernetes.io/job-name": self.name,
            "controller-uid": self.uid,
            "batch.kubernetes.io/controller-uid": self.uid,
        }
        return Pod(
            namespace=self.namespace,
            name=f"{self.name[:57]}-{tail}",
            uid=str(uuid.uuid4()),
            owner={
                "apiVersion": "batch/v1",
                "kind": "Job",
                "name": self.name,
                "uid": self.uid,
                "controller": True,
                "blockOwnerDeletion": True,
            },
            labels=labels,
            annotations=dict(metadata.get("annotations") or {}),
            spec=template["spec"],
        )

    def count(self, pods: list[Pod]) -> None:
        """Take in what the pods came to; one that was deleted before it succeeded counts as failed."""
        self.succeeded |= {pod.uid for pod in pods if pod.phase is Phase.SUCCEEDED}
        self.failed |= {
            pod.uid for pod in pods if pod.phase is Phase.FAILED or (pod.deleted and pod.phase is not Phase.SUCCEEDED)
        }
        self.active = sum(not pod.ended and not pod.deleted for pod in pods)

    def judge(self) -> None:
        """Set the condition that the counts and the clock call for."""
        deadline_s = self.spec.get("activeDeadlineSeconds")
        if self.succeeded:
            self._end("Complete", "CompletionsReached", "Reached expected number of succeeded pods")
        elif deadline_s is not None and datetime.now(UTC) > self.created + timedelta(seconds=deadline_s):
            self._end("Failed", "DeadlineExceeded", "Job was active longer than specified deadline")
        elif len(self.failed) > self.spec["backoffLimit"]:
            self._end("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit")

    def outlived(self) -> bool:
        """Whether its time to live after its end is over."""
        ttl_s = self.spec.get("ttlSecondsAfterFinished")
        if self.ended is None or ttl_s is None:
            return False
        return datetime.now(UTC) >= self.ended + timedelta(seconds=ttl_s)

    def _end(self, kind: str, reason: str, message: str) -> None:
        self.condition, self.ended = Condition(kind, reason, message), datetime.now(UTC)
