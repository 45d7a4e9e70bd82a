"""What a failed or waiting pod is said to suffer from, read from a cluster as the executor reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import kubernetes
import pytest
from dagster_k8s.container_context import K8sContainerContext
from dagster_k8s.executor import K8sStepHandler

from orchestration.kubernetes import _Handler
from orchestration.pod_diagnosis import why_it_failed, why_it_waits
from tests.support.kubernetes_deployment import IMAGE, image
from tests.support.kubernetes_double.cluster import KubernetesDouble
from tests.support.kubernetes_double.scheduling import Node

NODE = Node("cpu-1", {"cpu": "4", "memory": "16Gi"})


class Patient:
    """One Job on a cluster, and what the API tells of it."""

    def __init__(self, cluster: KubernetesDouble) -> None:
        client = kubernetes.config.new_client_from_config(str(cluster.kubeconfig))
        self.cluster = cluster
        self.core: Any = kubernetes.client.CoreV1Api(client)
        self.batch: Any = kubernetes.client.BatchV1Api(client)

    def submit(
        self,
        *args: str,
        pod: Mapping[str, Any] | None = None,
        resources: Mapping[str, Any] | None = None,
        **spec: Any,
    ) -> None:
        container = {
            "name": "dagster",
            "image": IMAGE,
            "args": list(args),
            "resources": dict(resources or {}),
        }
        template = {"restartPolicy": "Never", "containers": [container], **(pod or {})}
        body = {"backoffLimit": 0, **spec, "template": {"spec": template}}
        self.cluster.create_job({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "step"}, "spec": body})

    @property
    def job(self) -> Any:
        return self.batch.read_namespaced_job("step", self.cluster.namespace)

    @property
    def pods(self) -> Sequence[Any]:
        return self.core.list_namespaced_pod(self.cluster.namespace, label_selector="job-name=step").items

    def pod_name(self, phase: str = "Running") -> str:
        def found() -> str | None:
            return next((pod.metadata.name for pod in self.pods if pod.status.phase == phase), None)

        return self.cluster.wait_for(found, 10)

    def failure(self) -> str:
        self.cluster.wait_for(lambda: self.job.status.conditions or None, 10)
        return " ".join(why_it_failed(self.job, self.pods))

    def wait(self, settled: Callable[[str], bool]) -> str:
        def told() -> str | None:
            events = self.core.list_namespaced_event(self.cluster.namespace, field_selector="involvedObject.name=step")
            text = why_it_waits(self.job, self.pods, [event.message for event in events.items])
            return text if settled(text) else None

        return self.cluster.wait_for(told, 10)


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Patient]:
    with KubernetesDouble(tmp_path, nodes=[NODE], images={IMAGE: image()}) as cluster:
        yield Patient(cluster)


def test_a_step_that_outgrew_its_memory_is_told_from_one_that_was_evicted(patient: Patient) -> None:
    patient.submit("sleep", "60", resources={"limits": {"memory": "1Gi"}})

    patient.cluster.kill_for_memory(patient.pod_name())

    told = patient.failure()
    assert "exited 137 (OOMKilled)" in told
    assert "exceeded its memory limit (1Gi)" in told
    assert "Evicted" not in told


def test_an_eviction_is_named_with_the_kubelets_reason(patient: Patient) -> None:
    patient.submit("sleep", "60")

    patient.cluster.evict(patient.pod_name())

    told = patient.failure()
    assert "Evicted: The node was low on resource: memory." in told
    assert "memory limit" not in told


def test_a_kill_from_outside_without_a_reason_is_named_as_such(patient: Patient) -> None:
    patient.submit("sh", "-c", "kill -9 $$")

    assert "Something outside the pod killed it" in patient.failure()


def test_a_job_past_its_deadline_says_so(patient: Patient) -> None:
    patient.submit("sleep", "60", activeDeadlineSeconds=1)

    assert "DeadlineExceeded" in patient.failure()


def test_an_ordinary_failure_tells_its_exit_code(patient: Patient) -> None:
    patient.submit("sh", "-c", "exit 3")

    told = patient.failure()
    assert "exited 3 (Error)" in told
    assert "killed" not in told


def test_a_verdict_stands_where_the_pods_may_not_be_read(tmp_path: Path) -> None:
    with KubernetesDouble(tmp_path, nodes=[NODE], images={IMAGE: image()}, forbidden=["pods"]) as cluster:
        stock = K8sStepHandler(None, K8sContainerContext(), False, str(cluster.kubeconfig))
        handler = _Handler.around(stock, node_wait_s=900, gpu_image=None, images={})
        patient = Patient(cluster)
        patient.submit("false")

        told = " ".join(handler._reasons("step", cluster.namespace))

    assert "cannot be read (403" in told


def test_a_homeless_pod_names_the_label_the_gpu_and_what_it_tolerates(patient: Patient) -> None:
    pod = {
        "nodeSelector": {"showrunner.io/accelerator": "nvidia-a40"},
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
    }
    patient.submit("true", pod=pod, resources={"limits": {"nvidia.com/gpu": "2"}})

    told = patient.wait(lambda text: "0/1 nodes" in text)

    assert "the node label showrunner.io/accelerator=nvidia-a40" in told
    assert "nvidia.com/gpu 2" in told
    assert "tolerates the taints nvidia.com/gpu:NoSchedule" in told


def test_a_missing_image_is_named(patient: Patient) -> None:
    patient.submit("true", pod={"containers": [{"name": "dagster", "image": "nobody/built-this:1"}]})

    told = patient.wait(lambda text: "ImagePullBackOff" in text)

    assert "nobody/built-this:1" in told


def test_a_job_that_gets_no_pod_tells_why_from_its_events(patient: Patient) -> None:
    patient.submit("true", pod={"serviceAccountName": "ghost"})

    told = patient.wait(lambda text: "ghost" in text)

    assert told.startswith("Kubernetes has created no pod")
