"""The placement table: who gets which GPU, and what Kubernetes and Dagster make of it."""

from __future__ import annotations

import ast
import inspect
import json
from pathlib import Path

import dagster as dg
import pytest
from dagster_k8s.job import get_user_defined_k8s_config

from assets.placement import ACCELERATOR_LABEL, GPU_RESOURCE, NODE_WAIT_S, PLACEMENTS, Placement, placement
from tests.support.kubernetes_double.pods import quality_of_service
from tests.support.kubernetes_double.scheduling import Node, Taint, find_node

GPU_TAINT = Taint(GPU_RESOURCE, "present")

# What a node of the smallest machine with one such card has left for pods: g2-standard-4, g5.2xlarge and
# g4dn.xlarge as their vendors publish them, less a kubelet's usual reservation; the A40 server is the
# smallest share (8 cores, 64 GiB) that its vendors rent.
SMALLEST_NODES = {
    "nvidia-l4": {"cpu": "3920m", "memory": "13Gi"},
    "nvidia-a10": {"cpu": "7910m", "memory": "28Gi"},
    "nvidia-t4": {"cpu": "3920m", "memory": "14Gi"},
    "nvidia-a40": {"cpu": "7910m", "memory": "58Gi"},
}
NODES = [Node("cpu", {"cpu": "3920m", "memory": "13Gi"})] + [
    Node(label, {**amounts, GPU_RESOURCE: "1"}, labels={ACCELERATOR_LABEL: label}, taints=(GPU_TAINT,))
    for label, amounts in SMALLEST_NODES.items()
]


@pytest.mark.parametrize(
    ("family", "accelerator"),
    [
        ("thumbnails", "nvidia-l4"),
        ("trailers", "nvidia-a10"),
        ("subtitles", "nvidia-t4"),
        ("enhancement", "nvidia-a40"),
    ],
)
def test_a_gpu_family_lands_on_the_smallest_node_with_its_card_and_on_no_other(family, accelerator) -> None:
    spec = pod_spec(placement(family))

    assert getattr(find_node(spec, NODES, []), "name", None) == accelerator
    others = [node for node in NODES if node.name != accelerator]
    assert isinstance(find_node(spec, others, []), str)


def test_the_cpu_family_needs_no_gpu_node_and_is_kept_off_them() -> None:
    spec = pod_spec(placement("analysis"))

    assert getattr(find_node(spec, NODES, []), "name", None) == "cpu"
    assert isinstance(find_node(spec, NODES[1:], []), str)


@pytest.mark.parametrize("row", PLACEMENTS.values(), ids=PLACEMENTS)
def test_dagster_reads_every_key_of_the_tags_and_the_job_has_a_deadline(row: Placement) -> None:
    config = get_user_defined_k8s_config(step_tags(row))

    assert config.job_spec_config["active_deadline_seconds"] == row.timeout_s + NODE_WAIT_S
    assert config.pod_template_spec_metadata["labels"]["showrunner.io/family"] == row.family
    assert config.merge_behavior.value == "DEEP"


@pytest.mark.parametrize("row", PLACEMENTS.values(), ids=PLACEMENTS)
def test_no_row_lets_kubernetes_retry_on_its_own(row: Placement) -> None:
    """With a backoff limit above 0 the second pod exits 0 without an event and the run hangs."""
    assert "backoff" not in json.dumps(row.op_tags()).lower()


@pytest.mark.parametrize("row", PLACEMENTS.values(), ids=PLACEMENTS)
def test_every_row_is_of_the_class_that_is_evicted_last(row: Placement) -> None:
    assert quality_of_service(pod_spec(row)) == "Guaranteed"


def test_families_that_share_a_card_share_its_pool_and_no_other_does() -> None:
    pools: dict[str, set[object]] = {}
    for row in PLACEMENTS.values():
        pools.setdefault(row.pool, set()).add(row.accelerator)

    assert all(len(cards) == 1 for cards in pools.values())
    on_cards = {row.pool for row in PLACEMENTS.values() if row.accelerator}
    assert len(on_cards) == len({row.accelerator for row in PLACEMENTS.values() if row.accelerator})


def test_an_evicted_step_comes_back_later_each_time_and_not_for_ever() -> None:
    policy = placement("thumbnails").retry_policy

    assert policy.max_retries >= 2
    assert policy.backoff is dg.Backoff.EXPONENTIAL
    assert policy.jitter is not None


def test_an_unknown_family_is_told_with_the_known_ones() -> None:
    with pytest.raises(KeyError, match=r"stickers.*thumbnails"):
        placement("stickers")


def test_gpus_without_an_accelerator_are_no_placement() -> None:
    with pytest.raises(ValueError, match="go together"):
        Placement(family="x", accelerator=None, gpus=1, cpu=1, memory_gib=1, pool="p", priority=0, timeout_s=1)


def test_the_table_is_a_leaf_that_decorators_anywhere_can_import() -> None:
    tree = ast.parse(Path(inspect.getfile(Placement)).read_text())
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= {"__future__", "collections", "dataclasses", "enum", "typing", "dagster"}


def step_tags(row: Placement) -> dict[str, str]:
    """The tags as a step carries them: Dagster writes what is no text as JSON."""

    @dg.asset(name="probe", op_tags=row.op_tags())
    def probe() -> None: ...

    return dict(probe.op.tags)


def pod_spec(row: Placement) -> dict[str, object]:
    config = row.op_tags()["dagster-k8s/config"]
    chosen = config.get("pod_spec_config", {})
    return {
        "containers": [{"name": "step", "image": "any", **config["container_config"]}],
        "nodeSelector": chosen.get("node_selector", {}),
        "tolerations": chosen.get("tolerations", []),
    }
