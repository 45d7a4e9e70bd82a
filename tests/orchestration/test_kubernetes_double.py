"""The cluster double behaves as the published Kubernetes does, seen through the real client."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import kubernetes
import kubernetes_validate
import pytest
from kubernetes.client.rest import ApiException

from tests.support.kubernetes_double.cluster import KubernetesDouble
from tests.support.kubernetes_double.containers import Image
from tests.support.kubernetes_double.scheduling import Node, Taint

NAMESPACE = "showrunner"
IMAGE = "tools:1"
CPU_NODE = Node("cpu-1", {"cpu": "2", "memory": "4Gi"})
GPU_NODE = Node(
    "gpu-1",
    {"cpu": "4", "memory": "16Gi", "nvidia.com/gpu": "1"},
    labels={"accelerator": "nvidia-l4"},
    taints=(Taint("nvidia.com/gpu", "present"),),
)
TOLERATE = [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[KubernetesDouble]:
    image = Image({"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}", "FROM_IMAGE": "yes"}, tmp_path)
    with KubernetesDouble(
        tmp_path,
        nodes=[CPU_NODE, GPU_NODE],
        images={IMAGE: image},
        secrets={"store": {"PASSWORD": "s3cret"}},
        config_maps={"settings": {"REGION": "eu"}},
    ) as double:
        yield double


@pytest.fixture
def batch(cluster: KubernetesDouble) -> kubernetes.client.BatchV1Api:
    return kubernetes.client.BatchV1Api(kubernetes.config.new_client_from_config(str(cluster.kubeconfig)))


@pytest.fixture
def core(cluster: KubernetesDouble) -> kubernetes.client.CoreV1Api:
    return kubernetes.client.CoreV1Api(kubernetes.config.new_client_from_config(str(cluster.kubeconfig)))


def job(
    name: str,
    *command: str,
    container: Mapping[str, Any] | None = None,
    pod: Mapping[str, Any] | None = None,
    spec: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "labels": {"made-by": "test"}},
        "spec": {
            "backoffLimit": 0,
            **(spec or {}),
            "template": {
                "metadata": {"labels": {"family": "thumbnails"}},
                "spec": {
                    "restartPolicy": "Never",
                    **(pod or {}),
                    "containers": [{"name": "main", "image": IMAGE, "args": list(command), **(container or {})}],
                },
            },
        },
    }


def pod_of(cluster: KubernetesDouble, name: str, phase: str | None = None) -> dict[str, Any]:
    def found() -> dict[str, Any] | None:
        for pod in cluster.pods():
            if pod["metadata"]["labels"]["job-name"] == name and phase in (None, pod["status"]["phase"]):
                return pod
        return None

    return cluster.wait_for(found, 10)


def ended(cluster: KubernetesDouble, batch: kubernetes.client.BatchV1Api, name: str) -> Any:
    def status() -> Any | None:
        answer: Any = batch.read_namespaced_job_status(name, NAMESPACE)
        return answer.status if answer.status.conditions else None

    return cluster.wait_for(status, 10)


def log_of(core: kubernetes.client.CoreV1Api, pod: str) -> str:
    # As dagster-k8s reads it: the client's own decoding returns the repr of the bytes.
    raw: Any = core.read_namespaced_pod_log(pod, NAMESPACE, _preload_content=False)
    return raw.data.decode()


def test_a_job_runs_its_command_and_completes(cluster, batch, core) -> None:
    batch.create_namespaced_job(NAMESPACE, job("hello", "echo", "good evening"))

    status = ended(cluster, batch, "hello")

    assert (status.succeeded, status.failed, status.conditions[0].type) == (1, None, "Complete")
    pod = pod_of(cluster, "hello")
    assert log_of(core, pod["metadata"]["name"]) == "good evening\n"


def test_the_container_sees_its_own_environment_and_nothing_of_the_callers(cluster, batch, core, monkeypatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_CALLER", "leaked")
    container = {
        "env": [
            {"name": "PLAIN", "value": "1"},
            {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "store", "key": "PASSWORD"}}},
            {"name": "ME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        ],
        "envFrom": [{"configMapRef": {"name": "settings"}}],
    }

    batch.create_namespaced_job(NAMESPACE, job("env", "env", container=container))
    ended(cluster, batch, "env")

    name = pod_of(cluster, "env")["metadata"]["name"]
    lines = set(log_of(core, name).split())
    assert {
        "PLAIN=1",
        "PASSWORD=s3cret",
        f"ME={name}",
        "REGION=eu",
        "FROM_IMAGE=yes",
        f"HOSTNAME={name}",
    } <= lines
    assert not any("SECRET_OF_THE_CALLER" in line for line in lines)


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        (job("typo", "true", pod={"nodeselector": {}}), "spec.template.spec"),
        (job("types", "true", spec={"backoffLimit": "none"}), "spec.backoffLimit"),
        (job("Upper", "true"), "metadata.name"),
        (job("restart", "true", pod={"restartPolicy": "Always"}), "spec.template.spec.restartPolicy"),
        (
            job("over", "true", container={"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "500m"}}}),
            "spec.template.spec.containers[0].resources.requests[cpu]",
        ),
        (
            job("gpu", "true", container={"resources": {"requests": {"nvidia.com/gpu": "1"}}}),
            "spec.template.spec.containers[0].resources.limits[nvidia.com/gpu]",
        ),
        (
            job("half", "true", container={"resources": {"limits": {"nvidia.com/gpu": "500m"}}}),
            "spec.template.spec.containers[0].resources.limits[nvidia.com/gpu]",
        ),
        (
            job("amount", "true", container={"resources": {"limits": {"memory": "8 GB"}}}),
            "spec.template.spec.containers[0].resources.limits[memory]",
        ),
        (
            job("mount", "true", container={"volumeMounts": [{"name": "x", "mountPath": "/x"}]}),
            "spec.template.spec.containers[0].volumeMounts",
        ),
        (job("label", "true", pod={"nodeSelector": {"gpu": "NVIDIA L4"}}), "spec.template.spec.nodeSelector"),
    ],
    ids=lambda value: value["metadata"]["name"] if isinstance(value, dict) else "",
)
def test_an_invalid_job_is_refused_with_its_field(cluster, batch, broken, field) -> None:
    with pytest.raises(ApiException) as refusal:
        batch.create_namespaced_job(NAMESPACE, broken)

    assert refusal.value.status == 422
    assert f'"field": "{field}"' in (refusal.value.body or "")
    assert cluster.submitted == []


def test_what_the_double_does_not_model_is_refused_by_name(batch) -> None:
    with pytest.raises(ApiException, match="priorityClassName"):
        batch.create_namespaced_job(NAMESPACE, job("a", "true", pod={"priorityClassName": "high"}))


def test_the_same_name_twice_is_a_conflict_and_an_unknown_one_is_not_found(batch) -> None:
    batch.create_namespaced_job(NAMESPACE, job("once", "true"))

    with pytest.raises(ApiException) as conflict:
        batch.create_namespaced_job(NAMESPACE, job("once", "true"))
    with pytest.raises(ApiException) as unknown:
        batch.read_namespaced_job_status("never", NAMESPACE)
    with pytest.raises(ApiException) as elsewhere:
        batch.list_namespaced_job("other-namespace")

    assert [error.value.status for error in (conflict, unknown, elsewhere)] == [409, 404, 404]


def test_a_client_without_the_token_is_turned_away(cluster) -> None:
    configuration = kubernetes.client.Configuration(host=cluster._server.address)
    stranger = kubernetes.client.CoreV1Api(kubernetes.client.ApiClient(configuration))

    with pytest.raises(ApiException) as refusal:
        stranger.list_namespaced_pod(NAMESPACE)

    assert refusal.value.status == 401


def test_a_gpu_pod_lands_on_the_node_with_the_label_the_taint_and_the_card(cluster, batch) -> None:
    pod = {"nodeSelector": {"accelerator": "nvidia-l4"}, "tolerations": TOLERATE}
    card = {"resources": {"limits": {"nvidia.com/gpu": "1", "cpu": "1", "memory": "1Gi"}}}

    batch.create_namespaced_job(NAMESPACE, job("first", "sleep", "60", pod=pod, container=card))
    batch.create_namespaced_job(NAMESPACE, job("second", "true", pod=pod, container=card))

    first = pod_of(cluster, "first", "Running")
    assert (first["spec"]["nodeName"], first["status"]["qosClass"]) == ("gpu-1", "Guaranteed")
    waiting = pod_of(cluster, "second")["status"]["conditions"][0]
    assert waiting["reason"] == "Unschedulable"
    assert "1 Insufficient nvidia.com/gpu" in waiting["message"]
    cluster.evict(first["metadata"]["name"])
    assert ended(cluster, batch, "second").succeeded == 1


@pytest.mark.parametrize(
    ("pod", "limits", "why"),
    [
        ({}, {"nvidia.com/gpu": "1"}, "1 Insufficient nvidia.com/gpu, 1 node(s) had untolerated taint"),
        (
            {"nodeSelector": {"accelerator": "nvidia-a40"}, "tolerations": TOLERATE},
            {},
            "2 node(s) didn't match",
        ),
        ({"tolerations": TOLERATE}, {"memory": "64Gi"}, "2 Insufficient memory"),
    ],
    ids=["taint", "label", "memory"],
)
def test_a_pod_that_fits_nowhere_stays_pending_and_says_why(cluster, core, pod, limits, why) -> None:
    cluster.create_job(job("lost", "true", pod=pod, container={"resources": {"limits": limits}}))

    name = pod_of(cluster, "lost")["metadata"]["name"]
    condition = cluster.wait_for(
        lambda: core.read_namespaced_pod(name, NAMESPACE).status.conditions[0].message or None, 5
    )
    events = core.list_namespaced_event(NAMESPACE, field_selector=f"involvedObject.name={name}").items
    assert why in condition
    assert [(event.type, event.reason, event.message) for event in events] == [
        ("Warning", "FailedScheduling", condition)
    ]


def test_an_evicted_pod_fails_its_job_with_137_and_leaves_no_process(cluster, batch, tmp_path) -> None:
    script = "sleep 300 & echo $! > child; wait"
    batch.create_namespaced_job(NAMESPACE, job("victim", "sh", "-c", script))
    pod = pod_of(cluster, "victim", "Running")
    child = int(cluster.wait_for(lambda: (tmp_path / "child").read_text() if (tmp_path / "child").exists() else None))

    cluster.evict(pod["metadata"]["name"])

    status = ended(cluster, batch, "victim")
    after = pod_of(cluster, "victim")["status"]
    assert (status.failed, status.conditions[0].reason) == (1, "BackoffLimitExceeded")
    assert (after["phase"], after["reason"]) == ("Failed", "Evicted")
    assert after["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 137
    cluster.wait_for(lambda: True if _gone(child) else None, 5)


def test_a_container_over_its_memory_limit_is_oomkilled(cluster, batch) -> None:
    batch.create_namespaced_job(NAMESPACE, job("greedy", "sleep", "60"))

    cluster.kill_for_memory(pod_of(cluster, "greedy", "Running")["metadata"]["name"])

    assert ended(cluster, batch, "greedy").failed == 1
    state = pod_of(cluster, "greedy")["status"]["containerStatuses"][0]["state"]["terminated"]
    assert (state["exitCode"], state["reason"]) == (137, "OOMKilled")


def test_a_job_past_its_deadline_fails_and_its_pod_is_removed(cluster, batch) -> None:
    spec = {"activeDeadlineSeconds": 1}
    batch.create_namespaced_job(NAMESPACE, job("slow", "sleep", "60", spec=spec))

    status = ended(cluster, batch, "slow")

    assert (status.failed, status.conditions[0].reason) == (1, "DeadlineExceeded")
    cluster.wait_for(lambda: True if not cluster.pods() else None, 5)


def test_a_finished_job_is_gone_after_its_time_to_live(cluster, batch) -> None:
    batch.create_namespaced_job(NAMESPACE, job("brief", "true", spec={"ttlSecondsAfterFinished": 0}))

    cluster.wait_for(lambda: True if not cluster.jobs() and not cluster.pods() else None, 10)

    assert [job["metadata"]["name"] for job in cluster.submitted] == ["brief"]


def test_a_failed_pod_is_replaced_up_to_the_backoff_limit(cluster, batch) -> None:
    batch.create_namespaced_job(NAMESPACE, job("again", "false", spec={"backoffLimit": 2}))

    assert ended(cluster, batch, "again").failed == 3


def test_deleting_a_job_orphans_its_pod_unless_told_otherwise(cluster, batch, core) -> None:
    for name in ("orphaned", "taken-along"):
        batch.create_namespaced_job(NAMESPACE, job(name, "sleep", "60"))
    orphan = pod_of(cluster, "orphaned", "Running")["metadata"]["name"]
    pod_of(cluster, "taken-along", "Running")

    batch.delete_namespaced_job("orphaned", NAMESPACE)
    batch.delete_namespaced_job("taken-along", NAMESPACE, propagation_policy="Background")

    left = cluster.wait_for(lambda: pods if len(pods := cluster.pods()) == 1 else None, 5)
    assert (left[0]["metadata"]["name"], left[0]["status"]["phase"]) == (orphan, "Running")
    core.delete_namespaced_pod(orphan, NAMESPACE)
    cluster.wait_for(lambda: True if not cluster.pods() else None, 5)


@pytest.mark.parametrize(
    ("container", "reason"),
    [
        ({"image": "nobody/built-this:1"}, "ImagePullBackOff"),
        ({"envFrom": [{"secretRef": {"name": "not-there"}}]}, "CreateContainerConfigError"),
    ],
)
def test_a_pod_that_cannot_start_its_container_waits_with_the_reason(cluster, batch, container, reason) -> None:
    batch.create_namespaced_job(NAMESPACE, job("stuck", "true", container=container))

    def waiting() -> str | None:
        for status in pod_of(cluster, "stuck")["status"].get("containerStatuses", ()):
            return status["state"].get("waiting", {}).get("reason")
        return None

    assert cluster.wait_for(waiting, 5) == reason


def test_a_job_whose_service_account_is_missing_gets_no_pod_but_an_event(cluster, batch, core) -> None:
    batch.create_namespaced_job(NAMESPACE, job("nobody", "true", pod={"serviceAccountName": "ghost"}))

    def events() -> Any | None:
        return core.list_namespaced_event(NAMESPACE, field_selector="involvedObject.name=nobody").items or None

    assert 'serviceaccount "ghost" not found' in cluster.wait_for(events, 5)[0].message
    assert cluster.pods() == []


def test_everything_it_shows_is_valid_by_the_published_schema(cluster, batch) -> None:
    batch.create_namespaced_job(NAMESPACE, job("shown", "true"))
    batch.create_namespaced_job(NAMESPACE, job("hidden", "true", pod={"nodeSelector": {"no": "where"}}))
    ended(cluster, batch, "shown")

    shown = [*cluster.jobs(), *cluster.pods(), *cluster.events.documents()]
    shown += [node.document() for node in cluster.nodes]

    assert len(shown) >= 6
    for document in shown:
        kubernetes_validate.validate(document, "1.32", strict=True)


def _gone(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"
