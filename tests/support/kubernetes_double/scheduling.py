"""Which node takes a pod: labels, taints, and what is free of each resource.

The wording of refusals follows kube-scheduler's, since people and our own messages read it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from kubernetes.utils.quantity import parse_quantity

from tests.support.kubernetes_double.errors import Json

Amounts = Mapping[str, Decimal]


@dataclass(frozen=True)
class Taint:
    """Keeps pods off a node that do not tolerate it."""

    key: str
    value: str = ""
    effect: str = "NoSchedule"


@dataclass(frozen=True)
class Node:
    """A node: its labels, its taints, and what it has to give, as Kubernetes quantities."""

    name: str
    allocatable: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Taint, ...] = ()

    def document(self) -> Json:
        """The node as the API shows it."""
        return {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": self.name, "labels": dict(self.labels)},
            "spec": {"taints": [vars(taint) for taint in self.taints]},
            "status": {"allocatable": dict(self.allocatable), "capacity": dict(self.allocatable)},
        }


def requests_of(pod_spec: Json) -> dict[str, Decimal]:
    """What a pod takes of its node, by resource."""
    total: Counter[str] = Counter()
    for container in pod_spec["containers"]:
        for resource, quantity in ((container.get("resources") or {}).get("requests") or {}).items():
            total[resource] += parse_quantity(quantity)  # pyright: ignore[reportArgumentType]
    return {resource: Decimal(amount) for resource, amount in total.items()}


def find_node(pod_spec: Json, nodes: Sequence[Node], running: Iterable[tuple[str, Json]]) -> Node | str:
    """The first node that takes the pod, or the scheduler's message why none does.

    Args:
        pod_spec: The pod's spec.
        nodes: The cluster, in the order in which nodes are tried.
        running: Node name and spec of every pod that holds resources now.
    """
    in_use: dict[str, Counter[str]] = {node.name: Counter() for node in nodes}
    for name, spec in running:
        in_use[name].update(requests_of(spec))  # pyright: ignore[reportArgumentType, reportCallIssue]
    reasons: Counter[str] = Counter()
    for node in nodes:
        if obstacles := _obstacles(pod_spec, node, in_use[node.name]):
            reasons.update(obstacles)
        else:
            return node
    told = ", ".join(sorted(f"{count} {reason}" for reason, count in reasons.items()))
    return f"0/{len(nodes)} nodes are available: {told or 'there are no nodes'}."


def _obstacles(pod_spec: Json, node: Node, in_use: Mapping[str, Decimal | int]) -> list[str]:
    """Why this node will not do; like the scheduler's filters, the first that objects speaks for all."""
    tolerations = pod_spec.get("tolerations") or ()
    for taint in node.taints:
        if taint.effect != "PreferNoSchedule" and not any(_tolerates(t, taint) for t in tolerations):
            return [f"node(s) had untolerated taint {{{taint.key}: {taint.value}}}"]
    if any(node.labels.get(key) != value for key, value in (pod_spec.get("nodeSelector") or {}).items()):
        return ["node(s) didn't match Pod's node affinity/selector"]
    return [
        f"Insufficient {resource}"
        for resource, amount in requests_of(pod_spec).items()
        if amount > parse_quantity(node.allocatable.get(resource, "0")) - in_use.get(resource, 0)
    ]


def _tolerates(toleration: Json, taint: Taint) -> bool:
    if toleration.get("effect") and toleration["effect"] != taint.effect:
        return False
    if toleration.get("operator", "Equal") == "Exists":
        return not toleration.get("key") or toleration["key"] == taint.key
    return toleration.get("key") == taint.key and (toleration.get("value") or "") == taint.value
