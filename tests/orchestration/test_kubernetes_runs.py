"""Runs on the cluster double, end to end: the real launcher and executor, real pods, a real film, real evictions.

The runs share one house, its database and its store, as runs do. The one that waits for a node in vain is started
first and looked at last: it does nothing but wait.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import imageio_ffmpeg
import pytest

from assets.families import ARTIFACTS, DEFAULT
from orchestration.ingest import deliver
from resources.ledger import LedgerState
from resources.settings import load_settings
from resources.store.model import ArtifactKey
from resources.studio import Studio, open_studio
from tests.support.kubernetes_deployment import IMAGE, Deployment, deployed, image
from tests.support.kubernetes_double.cluster import KubernetesDouble
from tests.support.kubernetes_double.scheduling import Node, Taint

HOUSE = "tests.support.kubernetes_definitions"
GPU = "nvidia.com/gpu"
CPU_NODE = Node("cpu-1", {"cpu": "16", "memory": "64Gi"})
L4_NODE = Node(
    "l4-1",
    {"cpu": "4", "memory": "16Gi", GPU: "1"},
    labels={"showrunner.io/accelerator": "nvidia-l4"},
    taints=(Taint(GPU, "present"),),
)
A10_NODE = Node(
    "a10-1",
    {"cpu": "8", "memory": "32Gi", GPU: "1"},
    labels={"showrunner.io/accelerator": "nvidia-a10"},
    taints=(Taint(GPU, "present"),),
)
T4_NODE = Node(
    "t4-1",
    {"cpu": "4", "memory": "16Gi", GPU: "1"},
    labels={"showrunner.io/accelerator": "nvidia-t4"},
    taints=(Taint(GPU, "present"),),
)
TRAILER, TRANSCRIPT = "trailer/trailer_30", "transcript"
THUMBNAILS = [artifact.key for artifact in ARTIFACTS.values() if artifact.family == "thumbnails"]
NOWHERE = {"pod_spec_config": {"node_selector": {"showrunner.io/accelerator": "nvidia-a40"}}}


@dataclass(frozen=True)
class House:
    """A deployment on its cluster, and what it works for: one title, in a database and a store."""

    deployment: Deployment
    cluster: KubernetesDouble
    studio: Studio
    title: str

    def start(self, assets: list[dg.AssetKey], config: Mapping[str, Any] | None = None) -> str:
        """Start a run of assets of the title, as the UI does."""
        execution = {"execution": {"config": dict(config)}} if config else {}
        return self.deployment.from_the_ui(assets, self.title, config=execution)

    def pod(self, job: str, phase: str = "Running", timeout_s: float = 300) -> dict[str, Any]:
        """The pod of a Job once it is in a phase."""

        def found() -> dict[str, Any] | None:
            for pod in self.cluster.pods():
                if pod["metadata"]["labels"]["job-name"] == job and pod["status"]["phase"] == phase:
                    return pod
            return None

        return self.cluster.wait_for(found, timeout_s)

    def jobs(self, run: str, step: str) -> list[str]:
        """The names of the Jobs that a run has had for a step."""
        return [
            job["metadata"]["name"]
            for job in self.cluster.submitted
            if job["metadata"]["labels"].get("dagster/run-id") == run
            and job["metadata"]["labels"].get("dagster/op") == step
        ]

    def step(self, run: str, step: str, timeout_s: float = 300) -> str:
        """The name of a step's first Job, once its process is at work on the step."""

        def at_work() -> str | None:
            started = self.deployment.events(run, dg.DagsterEventType.STEP_START)
            return self.jobs(run, step)[0] if any(event.step_key == step for event in started) else None

        return self.cluster.wait_for(at_work, timeout_s)

    def result(self, run: str, timeout_s: float = 600) -> dg.DagsterRunStatus:
        """How a run ended."""
        return self.cluster.wait_for(lambda: self.deployment.finished(run), timeout_s)

    def said(self, run: str, kind: dg.DagsterEventType) -> str:
        """What the first of a run's failures or retries says."""
        [event, *_] = self.deployment.events(run, kind)
        data: Any = event.event_specific_data
        return data.error.message

    def whole(self) -> dict[str, str]:
        """Version by asset of all that is published; StoreError where a byte is not what its manifest says."""
        versions = {}
        for asset in ARTIFACTS:
            manifest = self.studio.store.manifest(ArtifactKey.of_asset(self.title, asset))
            if manifest is not None:
                for file in manifest.files:
                    self.studio.store.fetch(manifest, file.name)
                versions[asset] = manifest.version
        return versions


def cut(film: Path, into: Path) -> Path:
    """Three seconds of a film, with its sound: each step is a process, and that is what takes the time here."""
    span = ["-ss", "3", "-t", "3", "-i", str(film), "-c", "copy", str(into)]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *span], check=True, timeout=60)
    return into


@pytest.fixture(scope="module")
def house(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "dagster").mkdir()
    settings = load_settings(folder / "home", database_url=None)
    environment = {"SHOWRUNNER_HOME": str(settings.home), "DAGSTER_STEP_DELEGATING_EXECUTOR_SLEEP_SECONDS": "0.2"}
    with (
        open_studio(settings) as studio,
        KubernetesDouble(
            folder, nodes=[CPU_NODE, L4_NODE, A10_NODE, T4_NODE], images={IMAGE: image()}, service_accounts=["dagster"]
        ) as cluster,
        deployed(cluster, folder / "dagster", HOUSE, environment) as deployment,
    ):
        film = cut(data / "video/chaplin_640x360.mp4", folder / "chaplin.mp4")
        title = deliver(str(film), studio, deployment.instance).title
        yield House(deployment, cluster, studio, title)


@pytest.fixture(scope="module")
def homeless(house: House) -> str:
    """A run whose step asks for a GPU that no node has."""
    steps = {"shots": NOWHERE}
    return house.start([dg.AssetKey("shots")], {"node_wait_seconds": 10, "per_step_k8s_config": steps})


@pytest.fixture(scope="module")
def made(house: House, homeless: str) -> str:
    """A run of every asset of the title that is made without asking for it, ended well."""
    run = house.start([ARTIFACTS[asset].key for asset in DEFAULT])
    assert house.result(run) is dg.DagsterRunStatus.SUCCESS
    return run


@pytest.mark.slow
def test_a_titles_assets_are_made_end_to_end_each_on_its_own_node(house: House, made: str) -> None:
    ready = {row.key.asset for row in house.studio.ledger.rows(house.title) if row.state is LedgerState.READY}

    assert set(house.whole()) == ready
    # three seconds give no trailer, and nobody speaks in them: those steps ran, and skipped
    assert ready == set(DEFAULT) - {TRAILER, TRANSCRIPT}
    nodes = {
        pod["metadata"]["labels"]["dagster/op"]: pod["spec"]["nodeName"]
        for pod in house.cluster.pods()
        if pod["metadata"]["labels"].get("dagster/run-id") == made and "dagster/op" in pod["metadata"]["labels"]
    }
    assert nodes.pop("thumbnails") == "l4-1"
    assert nodes.pop("trailers") == "a10-1"
    assert nodes.pop(TRANSCRIPT) == "t4-1"
    assert set(nodes.values()) == {"cpu-1"}


@pytest.mark.slow
def test_a_pod_evicted_in_the_middle_is_retried_and_its_artifact_is_whole(house: House, made: str) -> None:
    before = house.whole()
    run = house.start(THUMBNAILS)
    job = house.step(run, "thumbnails")

    house.cluster.evict(house.pod(job)["metadata"]["name"])

    assert set(house.whole()) == set(before), "a reader may never meet a half artifact, nor none"
    assert house.result(run) is dg.DagsterRunStatus.SUCCESS
    assert set(house.whole()) == set(before)
    said = house.said(run, dg.DagsterEventType.STEP_UP_FOR_RETRY)
    assert "Evicted: The node was low on resource: memory" in said
    assert "exited 137" in said
    assert house.jobs(run, "thumbnails") == [job, f"{job}-1"]


@pytest.mark.slow
def test_a_run_whose_own_pod_is_evicted_goes_on_and_makes_nothing_twice(house: House, made: str) -> None:
    run = house.start(THUMBNAILS)
    house.step(run, "thumbnails")

    house.cluster.evict(house.pod(f"dagster-run-{run}")["metadata"]["name"])
    house.cluster.wait_for(lambda: house.cluster.job(f"dagster-run-{run}")["status"].get("failed"), 10)
    house.deployment.monitor()

    assert house.result(run) is dg.DagsterRunStatus.SUCCESS
    assert len(house.jobs(run, "thumbnails")) == 1
    assert house.cluster.job(f"dagster-run-{run}-1")


@pytest.mark.slow
def test_a_step_that_no_node_takes_fails_with_the_label_and_the_room_it_lacks(house: House, homeless: str) -> None:
    assert house.result(homeless) is dg.DagsterRunStatus.FAILURE

    said = house.said(homeless, dg.DagsterEventType.STEP_FAILURE)
    assert "No node takes it: 0/4 nodes are available" in said
    assert "the node label showrunner.io/accelerator=nvidia-a40" in said
    assert "cpu 3" in said
    [job] = house.jobs(homeless, "shots")
    left = [job["metadata"]["name"] for job in house.cluster.jobs()]
    assert job not in left, "a Job that is waited for no longer must not start later"


@pytest.mark.slow
def test_cancelling_a_run_ends_its_steps_and_leaves_what_was_there(house: House, made: str) -> None:
    before = house.whole()
    run = house.start([dg.AssetKey("shots")])
    job = house.step(run, "shots")

    house.deployment.instance.run_launcher.terminate(run)

    assert house.result(run) is dg.DagsterRunStatus.CANCELED
    house.cluster.wait_for(lambda: True if not _pods(house, job) else None, 40)
    assert set(house.whole()) == set(before)


def test_a_run_whose_own_pod_finds_no_node_fails_with_the_schedulers_words(tmp_path: Path) -> None:
    (tmp_path / "dagster").mkdir()
    with (
        KubernetesDouble(tmp_path, nodes=[L4_NODE], images={IMAGE: image()}, service_accounts=["dagster"]) as cluster,
        deployed(cluster, tmp_path / "dagster", HOUSE, {}, start_timeout_s=1) as deployment,
    ):
        deployment.instance.add_dynamic_partitions("titles", ["film"])
        run = deployment.from_the_ui([dg.AssetKey("shots")], "film")
        cluster.wait_for(lambda: cluster.events.documents() or None, 10)
        time.sleep(1)

        deployment.monitor()

        assert deployment.status(run) is dg.DagsterRunStatus.FAILURE
        [event] = deployment.events(run, dg.DagsterEventType.RUN_FAILURE)
        assert "longer than 1 seconds to start" in (event.message or "")
        assert "untolerated taint {nvidia.com/gpu: present}" in (event.message or "")


def _pods(house: House, job: str) -> list[str]:
    pods = [pod["metadata"] for pod in house.cluster.pods()]
    return [pod["name"] for pod in pods if pod["labels"]["job-name"] == job]
