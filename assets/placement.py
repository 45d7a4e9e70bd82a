"""WHERE each family's steps run: one table from family to GPU, node, memory, pool, priority, retries, time.

A leaf: decorators read it, so it imports Dagster alone and nothing of this project. What belongs here is
whatever Kubernetes or Dagster's queue must know about a step before it starts; what the step does is told
elsewhere.

Every GPU asset, and every op that works for a GPU family, carries all three of

    where = placement("thumbnails")
    @dg.asset(op_tags=where.op_tags(), pool=where.pool, retry_policy=where.retry_policy)

because `op_tags` are the one thing that reaches the step pods of UI, backfill, sensor and schedule runs
alike: a run that the UI starts has no job tags. The timeout travels inside the op tags, as the Job's
deadline.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import dagster as dg

__all__ = [
    "ACCELERATOR_LABEL",
    "FAMILY_LABEL",
    "GPU_RESOURCE",
    "IMAGE_LABEL",
    "NODE_WAIT_S",
    "PLACEMENTS",
    "Accelerator",
    "Placement",
    "placement",
]

ACCELERATOR_LABEL = "showrunner.io/accelerator"
"""Node label that says which GPU a node holds. Our own, because the vendors' disagree: GKE's label knows
no A40, and the value of NVIDIA's `nvidia.com/gpu.product` changes when a card is shared or partitioned.
How to set it from either: docs/kubernetes.md."""

FAMILY_LABEL = "showrunner.io/family"
"""Pod label for dashboards and quotas: Dagster's own labels call every run of the UI `__ASSET_JOB`."""

IMAGE_LABEL = "showrunner.io/image"
"""Pod label that names a step's container image; the executor, which knows registry and tag, puts it in."""

GPU_RESOURCE = "nvidia.com/gpu"
"""Extended resource of NVIDIA's device plugin; clouds taint their GPU nodes with the same key."""

NODE_WAIT_S = 900
"""How long a pod may wait for a node, in seconds. A GPU node that the autoscaler must first rent, boot and
fill with drivers and image takes minutes. A Job's deadline counts the wait, so every deadline has this on
top."""

FINISHED_TTL_S = 3600
"""How long a finished Job stays for `kubectl logs`, in seconds. Dagster's default of a day left 7,000 to
12,000 dead pods in a published production account, enough to exhaust the memory of the cluster's own
watchers."""


class Accelerator(StrEnum):
    """The GPUs that the families ask for, by the value of `ACCELERATOR_LABEL` on their nodes."""

    L4 = "nvidia-l4"
    A10 = "nvidia-a10"
    T4 = "nvidia-t4"
    A40 = "nvidia-a40"


RETRIES = dg.RetryPolicy(max_retries=3, delay=5, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
"""An evicted pod's successor queues in the Kubernetes scheduler, so the delay need only outlive a short
outage of store or database: 5 + 10 + 20 s. The jitter keeps a node's worth of evicted steps from returning
in one breath. Bad input must not use these up: a step that knows its file is broken raises
`dg.Failure(allow_retries=False)`."""


@dataclass(frozen=True)
class Placement:
    """What one step of a family needs of the cluster and of Dagster's queue.

    Requests equal limits throughout: such pods are of QoS class Guaranteed, the last that a node under memory
    pressure evicts, and a limit inherited from the launcher can then never fall below the request, which
    the API server would reject.

    Attributes:
        family: The artifact family, for example "thumbnails".
        accelerator: The GPU model, or None for a family that runs on CPU nodes.
        gpus: How many of them; 0 exactly when there is no accelerator.
        cpu: Whole CPU cores.
        memory_gib: Memory in GiB.
        pool: Dagster concurrency pool; its limit is the number of such GPUs the cluster may rent.
        priority: Higher first, among ready steps of a run and among claims of one pool.
        timeout_s: Longest honest run of one step, in seconds, after its pod has a node.
        retry_policy: What Dagster does after a crash or an eviction.
        image: Name of the container image that it runs in, without registry and tag; the house's own where empty.
            `SHOWRUNNER_IMAGES` says which that is in full.
    """

    family: str
    accelerator: Accelerator | None
    gpus: int
    cpu: int
    memory_gib: int
    pool: str
    priority: int
    timeout_s: int
    retry_policy: dg.RetryPolicy = field(default=RETRIES)
    image: str = ""

    def __post_init__(self) -> None:
        if (self.accelerator is None) != (self.gpus == 0):
            raise ValueError(f"placement of {self.family}: an accelerator and a number of GPUs go together")

    @property
    def deadline_s(self) -> int:
        """Seconds from the Job's creation to its end by force: the wait for a node and the work."""
        return NODE_WAIT_S + self.timeout_s

    def resources(self) -> dict[str, dict[str, str]]:
        """The container's `resources` as Kubernetes writes them."""
        amounts = {"cpu": str(self.cpu), "memory": f"{self.memory_gib}Gi"}
        if self.gpus:
            amounts[GPU_RESOURCE] = str(self.gpus)
        return {"requests": dict(amounts), "limits": dict(amounts)}

    def pod_spec(self) -> dict[str, Any]:
        """The part of the pod's spec that picks its node: label and toleration; empty for a CPU family."""
        if self.accelerator is None:
            return {}
        return {
            "node_selector": {ACCELERATOR_LABEL: self.accelerator.value},
            "tolerations": [{"key": GPU_RESOURCE, "operator": "Exists", "effect": "NoSchedule"}],
        }

    def op_tags(self) -> dict[str, Any]:
        """The tags of an asset's or op's step, as `k8s_job_executor` and Dagster's queue read them.

        There is no `backoff_limit`, on purpose: with Kubernetes' own retry the second pod finds the step
        finished or failed, exits 0 without an event, and the run hangs. Dagster's retry policy is the only
        one.
        """
        labels = {FAMILY_LABEL: self.family}
        if self.accelerator is not None:
            labels[ACCELERATOR_LABEL] = self.accelerator.value
        if self.image:
            labels[IMAGE_LABEL] = self.image
        config: dict[str, Any] = {
            "container_config": {"resources": self.resources()},
            "pod_template_spec_metadata": {
                "labels": labels,
                # A half-done encode is lost work: the autoscaler should empty another node first.
                "annotations": {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"},
            },
            "job_spec_config": {
                "active_deadline_seconds": self.deadline_s,
                "ttl_seconds_after_finished": FINISHED_TTL_S,
            },
        }
        if pod_spec := self.pod_spec():
            config["pod_spec_config"] = pod_spec
        return {"dagster-k8s/config": config, "dagster/priority": str(self.priority)}


# CPU and memory fill the smallest node that is commonly rented with one such card, less what its system pods
# take: L4 and T4 come with 4 cores and 16 GiB, A10 with 8 and 32, A40 with 8 and 64. More would not start
# there. Time: the longest title planned for is a three-hour film, or a batch of titles of that length
# together. Priority: thumbnails and what they are cut from are what a viewer meets first; enhancement can
# wait a night.
_TABLE = (
    Placement(
        family="analysis",
        accelerator=None,
        gpus=0,
        cpu=3,
        memory_gib=8,
        pool="cpu-analysis",
        priority=10,
        timeout_s=2 * 3600,
    ),
    Placement(
        family="experiments",
        accelerator=None,
        gpus=0,
        cpu=1,
        memory_gib=2,
        pool="cpu-experiments",
        priority=10,
        timeout_s=3600,
    ),
    Placement(
        family="thumbnails",
        accelerator=Accelerator.L4,
        gpus=1,
        cpu=3,
        memory_gib=12,
        pool="gpu-l4",
        priority=10,
        timeout_s=3600,
    ),
    Placement(
        family="trailers",
        accelerator=Accelerator.A10,
        gpus=1,
        cpu=7,
        memory_gib=26,
        pool="gpu-a10",
        priority=5,
        timeout_s=2 * 3600,
    ),
    Placement(
        family="subtitles",
        accelerator=Accelerator.T4,
        gpus=1,
        cpu=3,
        memory_gib=12,
        pool="gpu-t4",
        priority=5,
        timeout_s=4 * 3600,
    ),
    Placement(
        family="styles",
        accelerator=None,
        gpus=0,
        cpu=3,
        memory_gib=8,
        pool="cpu-styles",
        priority=0,
        timeout_s=12 * 3600,
        image="showrunner-styles-cpu",
    ),
    Placement(
        family="neural_styles",
        accelerator=Accelerator.L4,
        gpus=1,
        cpu=3,
        memory_gib=12,
        pool="gpu-l4",
        priority=0,
        timeout_s=12 * 3600,
        image="showrunner-styles-gpu",
    ),
    Placement(
        family="blends",
        accelerator=Accelerator.L4,
        gpus=1,
        cpu=3,
        memory_gib=12,
        pool="gpu-l4",
        priority=5,
        timeout_s=3600,
    ),
    Placement(
        family="enhancement",
        accelerator=Accelerator.A40,
        gpus=1,
        cpu=7,
        memory_gib=56,
        pool="gpu-a40",
        priority=0,
        timeout_s=24 * 3600,
    ),
)

PLACEMENTS: Mapping[str, Placement] = {row.family: row for row in _TABLE}
"""Family → placement, all of them."""


def placement(family: str) -> Placement:
    """The placement of a family.

    Raises:
        KeyError: For a family that the table does not hold; the message lists those it does.
    """
    try:
        return PLACEMENTS[family]
    except KeyError:
        raise KeyError(f"no placement for family {family!r}; the table has {', '.join(PLACEMENTS)}") from None
