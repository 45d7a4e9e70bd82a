"""The pod of every step, rendered as Kubernetes gets it, whoever started the run.

Guards the commonest outage of GPU work on Dagster: a GPU that is asked for on a job is lost on every run that
the UI, a backfill or an automation starts, because those go through the hidden asset job.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import dagster as dg
import pytest

from assets.families import FAMILIES
from assets.placement import ACCELERATOR_LABEL, FAMILY_LABEL, GPU_RESOURCE, PLACEMENTS, Placement
from orchestration.refresh import REFRESH_JOB
from tests.support.kubernetes_definitions import TITLE, TITLE_ASSETS, defs
from tests.support.kubernetes_deployment import IMAGE, Deployment, deployed, image
from tests.support.kubernetes_double.cluster import KubernetesDouble

Start = Callable[[Deployment, list[dg.AssetKey]], str]

ENTRIES: dict[str, Start] = {
    "the UI": lambda house, assets: house.from_the_ui(assets, TITLE),
    "a backfill": lambda house, assets: house.from_a_backfill(assets, TITLE),
    "a sensor": lambda house, assets: house.from_a_sensor("on_feedback"),
    "a schedule": lambda house, assets: house.from_a_schedule("every_night"),
}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KubernetesDouble]:
    folder = tmp_path_factory.mktemp("cluster")
    with KubernetesDouble(folder, nodes=[], images={IMAGE: image()}, service_accounts=["dagster"]) as double:
        yield double


@pytest.fixture(scope="module")
def house(cluster: KubernetesDouble, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    home = tmp_path_factory.mktemp("dagster")
    with deployed(cluster, home, "tests.support.kubernetes_definitions", {}) as deployment:
        deployment.instance.add_dynamic_partitions("titles", [TITLE])
        yield deployment


def family_of(tags: Mapping[str, str]) -> Placement | None:
    """The placement that an op's tags were made from, by the label that says so."""
    config = json.loads(tags.get("dagster-k8s/config", "{}"))
    labels = config.get("pod_template_spec_metadata", {}).get("labels", {})
    return PLACEMENTS.get(labels.get(FAMILY_LABEL, ""))


def asks_for_a_gpu(tags: Mapping[str, str]) -> bool:
    return GPU_RESOURCE in tags.get("dagster-k8s/config", "")


def every_op() -> dict[str, dg.OpDefinition]:
    """Every op that a run of the house can have a step of: the assets' and the jobs'."""
    ops = {op.name: op for asset in defs.resolve_asset_graph().assets_defs if (op := _op(asset))}
    for job in defs.resolve_all_job_defs():
        ops |= {
            node.definition.name: node.definition
            for node in job.graph.nodes
            if isinstance(node.definition, dg.OpDefinition)
        }
    return ops


def _op(asset: dg.AssetsDefinition) -> dg.OpDefinition | None:
    return asset.op if asset.is_executable and isinstance(asset.node_def, dg.OpDefinition) else None


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_step_reaches_its_node_with_its_gpu(entry: str, house: Deployment, cluster: KubernetesDouble) -> None:
    assets = [key for keys in TITLE_ASSETS.values() for key in keys]

    run = ENTRIES[entry](house, assets)
    jobs = house.render_steps(run, cluster)

    rendered = {op: _pod_of(op, jobs) for op in TITLE_ASSETS}
    assert set(rendered) == set(TITLE_ASSETS)
    for op, pod in rendered.items():
        row = family_of(every_op()[op].tags)
        assert row is not None, f"{op} has no placement"
        _assert_placed(pod, row)


def test_every_step_of_a_batch_run_reaches_its_node_with_its_gpu(house: Deployment, cluster: KubernetesDouble) -> None:
    """The house's sensors and its nightly schedule start batch runs, whose steps are no assets."""
    run = house.from_the_launchpad(REFRESH_JOB, {"titles": [TITLE]})

    jobs = house.render_steps(run, cluster)

    placed = {step: row for step in jobs if (row := family_of(every_op()[step].tags))}
    assert set(placed) == {f"refresh_{family.name}" for family in FAMILIES}
    for step, row in placed.items():
        _assert_placed(_pod_of(step, jobs), row)


def test_nothing_that_asks_for_a_gpu_lacks_pool_retry_policy_or_timeout() -> None:
    gpu_ops = {name: op for name, op in every_op().items() if asks_for_a_gpu(op.tags)}

    assert gpu_ops, "no op of the house asks for a GPU"
    for name, op in gpu_ops.items():
        row = family_of(op.tags)
        assert row is not None, f"{name} asks for a GPU past the placement table"
        assert op.pool == row.pool, f"{name} is in no pool of its GPU"
        assert op.retry_policy == row.retry_policy, f"{name} has no retry policy"
        deadline = json.loads(op.tags["dagster-k8s/config"])["job_spec_config"]["active_deadline_seconds"]
        assert deadline == row.deadline_s, f"{name} has no timeout"


@pytest.mark.parametrize("told_by", ["setting", "launchpad"])
def test_only_steps_that_ask_for_a_gpu_get_the_gpu_image(
    house: Deployment, cluster: KubernetesDouble, told_by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = {"execution": {"config": {"gpu_image": "showrunner:cuda"}}} if told_by == "launchpad" else {}
    monkeypatch.setenv("SHOWRUNNER_GPU_IMAGE", "showrunner:cuda" if told_by == "setting" else "")
    assets = [key for keys in TITLE_ASSETS.values() for key in keys]

    jobs = house.render_steps(house.from_the_ui(assets, TITLE, config=config), cluster)

    images = {op: _pod_of(op, jobs)["spec"]["containers"][0]["image"] for op in TITLE_ASSETS}
    wants_gpu = {op: asks_for_a_gpu(every_op()[op].tags) for op in TITLE_ASSETS}
    assert images == {op: "showrunner:cuda" if wanted else IMAGE for op, wanted in wants_gpu.items()}


def test_a_step_whose_placement_names_an_image_gets_that_one_and_no_other_does(
    house: Deployment, cluster: KubernetesDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {row.image: f"registry.example.com/{row.image}:9" for row in PLACEMENTS.values() if row.image}
    monkeypatch.setenv("SHOWRUNNER_IMAGES", json.dumps(told))
    rows = {op: family_of(every_op()[op].tags) for op in ("shots", "renditions", "rendition_ladders")}
    assets = [key for op in rows for key in TITLE_ASSETS[op]]

    jobs = house.render_steps(house.from_the_ui(assets, TITLE), cluster)

    images = {op: _pod_of(op, jobs)["spec"]["containers"][0]["image"] for op in rows}
    assert {op for op, row in rows.items() if row is not None and row.image}, "no family names an image"
    assert images == {op: told.get(row.image, IMAGE) if row is not None else IMAGE for op, row in rows.items()}


def test_the_runs_own_pod_asks_for_no_gpu(house: Deployment, cluster: KubernetesDouble) -> None:
    """A GPU held by the pod that only waits for steps would be idle for the whole run."""
    house.from_the_ui([keys[0] for keys in TITLE_ASSETS.values()], TITLE)

    [run_job] = [job for job in cluster.submitted if job["metadata"]["name"].startswith("dagster-run-")][-1:]
    assert GPU_RESOURCE not in json.dumps(run_job)
    assert "nodeSelector" not in run_job["spec"]["template"]["spec"]


def _pod_of(op: str, jobs: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    [job] = [job for step, job in jobs.items() if step == op]
    return job["spec"]["template"] | {"deadline": job["spec"].get("activeDeadlineSeconds")}


def _assert_placed(pod: Mapping[str, Any], row: Placement) -> None:
    spec = pod["spec"]
    resources = spec["containers"][0]["resources"]
    assert resources["limits"] == resources["requests"] == row.resources()["limits"]
    assert pod["deadline"] == row.deadline_s
    assert pod["metadata"]["labels"][FAMILY_LABEL] == row.family
    if row.accelerator is None:
        assert GPU_RESOURCE not in resources["limits"]
        assert "nodeSelector" not in spec
        assert not spec.get("tolerations")
    else:
        assert resources["limits"][GPU_RESOURCE] == str(row.gpus)
        assert spec["nodeSelector"] == {ACCELERATOR_LABEL: row.accelerator.value}
        assert {"key": GPU_RESOURCE, "operator": "Exists", "effect": "NoSchedule"} in spec["tolerations"]
