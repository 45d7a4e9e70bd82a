"""The cluster as a whole: its objects, its control loop, and what a test may do to it."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import yaml

from tests.support.kubernetes_double.admission import admit_job
from tests.support.kubernetes_double.api import ApiServer
from tests.support.kubernetes_double.containers import Image
from tests.support.kubernetes_double.errors import ApiError, Json, not_found
from tests.support.kubernetes_double.events import EventLog
from tests.support.kubernetes_double.jobs import Job
from tests.support.kubernetes_double.kubelet import Kubelet
from tests.support.kubernetes_double.pods import Exit, Phase, Pod
from tests.support.kubernetes_double.scheduling import Node, find_node

TICK_S = 0.05
"""How often the control loop looks at everything: well below the second at which clients poll."""

Found = TypeVar("Found")


class KubernetesDouble:
    """A cluster of one test; a context manager that leaves no process behind.

    Args:
        folder: Where the kubeconfig and the pods' logs go.
        nodes: The nodes, tried in this order.
        images: Image name → what it brings. A pod of another image waits with ImagePullBackOff.
        namespace: The one namespace there is.
        service_accounts: Those that pods may run as, besides "default".
        config_maps, secrets: Name → keys and values, for the environment of containers.
        forbidden: Resources, such as "pods", that the token's role may not touch.
    """

    def __init__(
        self,
        folder: Path,
        *,
        nodes: Sequence[Node],
        images: Mapping[str, Image],
        namespace: str = "showrunner",
        service_accounts: Sequence[str] = (),
        config_maps: Mapping[str, Mapping[str, str]] | None = None,
        secrets: Mapping[str, Mapping[str, str]] | None = None,
        forbidden: Sequence[str] = (),
    ) -> None:
        self.namespace = namespace
        self.nodes = tuple(nodes)
        self.forbidden = frozenset(forbidden)
        self.kubeconfig = folder / "kubeconfig.yaml"
        self.submitted: list[Json] = []
        """Every Job that was admitted, as admitted, in order; also those deleted since."""
        self.events = EventLog(namespace)
        self._service_accounts = {"default", *service_accounts}
        self._kubelet = Kubelet(folder, images, config_maps or {}, secrets or {})
        self._jobs: dict[str, Job] = {}
        self._pods: dict[str, Pod] = {}
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._server = ApiServer(self)
        self._loop = threading.Thread(target=self._run, name="kubernetes-double", daemon=True)

    def __enter__(self) -> KubernetesDouble:
        self._server.start()
        self.kubeconfig.write_text(yaml.safe_dump(self._kubeconfig()))
        self._loop.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._loop.join()
        self._server.stop()
        for pod in self._pods.values():
            if pod.container is not None:
                pod.container.kill()

    # What a test sees and does

    def jobs(self) -> list[Json]:
        """Every Job that is there, as the API shows it."""
        with self._lock:
            return [job.seen() for job in self._jobs.values()]

    def pods(self) -> list[Json]:
        """Every pod that is there, as the API shows it."""
        with self._lock:
            return [pod.document() for pod in self._pods.values()]

    def wait_for(self, found: Callable[[], Found | None], timeout_s: float = 60) -> Found:
        """Ask again and again until the answer is not None; TimeoutError tells what the pods look like."""
        end = time.monotonic() + timeout_s
        while (answer := found()) is None:
            if time.monotonic() > end:
                seen = {pod["metadata"]["name"]: pod["status"] for pod in self.pods()}
                raise TimeoutError(f"not within {timeout_s} s; pods: {seen}")
            time.sleep(TICK_S)
        return answer

    def evict(self, pod_name: str) -> None:
        """Node pressure: the pod is killed at once and its phase is Failed, reason Evicted."""
        with self._lock:
            message = "The node was low on resource: memory."
            self._kubelet.kill(self._pod(pod_name), Exit(137, "Error"), reason="Evicted", message=message)
            self.events.warn("Pod", pod_name, "Evicted", message)

    def kill_for_memory(self, pod_name: str) -> None:
        """The kernel kills the container for exceeding its memory limit."""
        with self._lock:
            self._kubelet.kill(self._pod(pod_name), Exit(137, "OOMKilled"))

    # What the API server asks of it

    def create_job(self, document: Json) -> Json:
        """Admit a Job; 409 where its name is taken."""
        job = Job(admit_job(document, self.namespace))
        with self._lock:
            if job.name in self._jobs:
                raise ApiError(409, "AlreadyExists", f'jobs.batch "{job.name}" already exists')
            self._jobs[job.name] = job
            self.submitted.append(copy.deepcopy(job.document))
            return job.seen()

    def job(self, name: str) -> Json:
        """One Job; 404 where there is none."""
        with self._lock:
            if name not in self._jobs:
                raise not_found("jobs.batch", name)
            return self._jobs[name].seen()

    def delete_job(self, name: str, propagation: str) -> Json:
        """Remove a Job, and its pods unless they shall be orphaned (the default of batch/v1)."""
        with self._lock:
            seen = self.job(name)
            job = self._jobs.pop(name)
            if propagation != "Orphan":
                for pod in self._pods_of(job):
                    self._kubelet.delete(pod)
            return seen

    def pod(self, name: str) -> Json:
        """One pod; 404 where there is none."""
        with self._lock:
            return self._pod(name).document()

    def delete_pod(self, name: str) -> Json:
        """Begin a pod's deletion."""
        with self._lock:
            self._kubelet.delete(self._pod(name))
            return self.pod(name)

    def log(self, name: str) -> str:
        """What a pod has written so far; 400 before its container has started."""
        with self._lock:
            path = self._kubelet.log_of(self._pod(name))
        if not path.exists():
            raise ApiError(400, "BadRequest", f'container in pod "{name}" is waiting to start')
        return path.read_text(errors="replace")

    # The control loop

    def _run(self) -> None:
        while not self._closing.wait(TICK_S):
            with self._lock:
                for job in list(self._jobs.values()):
                    self._sync_job(job)
                for pod in list(self._pods.values()):
                    self._sync_pod(pod)

    def _sync_job(self, job: Job) -> None:
        pods = self._pods_of(job)
        job.count(pods)
        if job.condition is None:
            job.judge()
            if job.condition is not None:
                for pod in pods:
                    if not pod.ended:
                        self._kubelet.delete(pod)
                job.count(pods)
            elif not job.active:
                self._make_pod(job)
        elif job.outlived():
            self.delete_job(job.name, "Background")

    def _make_pod(self, job: Job) -> None:
        account = job.spec["template"]["spec"]["serviceAccountName"]
        if account not in self._service_accounts:
            message = f'Error creating: pods "{job.name}-" is forbidden: serviceaccount "{account}" not found'
            self.events.warn("Job", job.name, "FailedCreate", message)
            return
        pod = job.new_pod()
        self._pods[pod.name] = pod
        job.active = 1

    def _sync_pod(self, pod: Pod) -> None:
        if pod.node is None and not pod.deleted:
            self._schedule(pod)
        self._kubelet.sync(pod)
        if pod.deleted and pod.phase is not Phase.RUNNING:
            del self._pods[pod.name]

    def _schedule(self, pod: Pod) -> None:
        running = [(p.node, p.spec) for p in self._pods.values() if p.node is not None and p.holds_resources]
        answer = find_node(pod.spec, self.nodes, running)
        if isinstance(answer, Node):
            pod.node, pod.unschedulable = answer.name, ""
        elif answer != pod.unschedulable:
            pod.unschedulable = answer
            self.events.warn("Pod", pod.name, "FailedScheduling", answer)

    def _pods_of(self, job: Job) -> list[Pod]:
        return [pod for pod in self._pods.values() if pod.owner["uid"] == job.uid]

    def _pod(self, name: str) -> Pod:
        if name not in self._pods:
            raise not_found("pods", name)
        return self._pods[name]

    def _kubeconfig(self) -> Json:
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "double", "cluster": {"server": self._server.address}}],
            "users": [{"name": "test", "user": {"token": self._server.token}}],
            "contexts": [
                {
                    "name": "double",
                    "context": {"cluster": "double", "user": "test", "namespace": self.namespace},
                }
            ],
            "current-context": "double",
        }
