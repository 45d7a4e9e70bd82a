"""The style workers' manifests: valid to Kubernetes, started by the real command, without rights, scaled on waiting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from fastapi.testclient import TestClient

from ops.style.model import Family
from serving.live.pool import families_of_setting
from serving.live.worker.__main__ import parser
from serving.live.worker.app import create_worker
from serving.live.worker.bench import Bench
from serving.live.worker.guard import Guard

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "deploy/styles.yaml").read_text()
DOCUMENTS: list[dict[str, Any]] = list(yaml.safe_load_all(TEXT))
SERVING: list[dict[str, Any]] = list(yaml.safe_load_all((ROOT / "deploy/serving.yaml").read_text()))
BY_KIND = {
    kind: {each["metadata"]["name"]: each for each in DOCUMENTS if each["kind"] == kind}
    for kind in {each["kind"] for each in DOCUMENTS}
}
NAMES = sorted(BY_KIND["Deployment"])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: f"{each['kind']}-{each['metadata']['name']}")
def test_each_document_is_valid_by_kubernetes_own_schema(document: dict[str, Any]) -> None:
    kubernetes_validate.validate(document, "1.32", strict=True)


@pytest.mark.parametrize("name", NAMES)
def test_service_budget_and_autoscaler_belong_to_the_pods(name: str) -> None:
    labels = BY_KIND["Deployment"][name]["spec"]["template"]["metadata"]["labels"]

    assert BY_KIND["Deployment"][name]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert BY_KIND["Service"][name]["spec"]["selector"].items() <= labels.items()
    assert BY_KIND["PodDisruptionBudget"][name]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    scaler = BY_KIND["HorizontalPodAutoscaler"][name]["spec"]
    assert scaler["scaleTargetRef"]["name"] == name
    assert "replicas" not in BY_KIND["Deployment"][name]["spec"]  # an apply would fight the autoscaler


@pytest.mark.parametrize("name", NAMES)
def test_the_command_line_is_one_that_a_worker_understands(name: str) -> None:
    [container] = BY_KIND["Deployment"][name]["spec"]["template"]["spec"]["containers"]
    python, dash_m, module, *arguments = container["args"]
    told = parser().parse_args(arguments)

    assert (python, dash_m, module) == ("python", "-m", "serving.live.worker")
    assert (told.host, told.port) == ("0.0.0.0", container["ports"][0]["containerPort"])
    assert {Family(each) for each in told.families.split(",")}
    limit = container["resources"]["limits"]["memory"]
    assert told.memory_mib < 1024 * int(limit.removesuffix("Gi"))  # it refuses work before it is killed


def test_every_kind_of_style_is_made_by_a_service_that_serving_is_told_of() -> None:
    line = next(each for each in TEXT.splitlines() if "SHOWRUNNER_LIVE_WORKERS_AT=" in each)
    services = families_of_setting(line.partition("SHOWRUNNER_LIVE_WORKERS_AT=")[2])

    assert frozenset().union(*(families for _, families in services)) == frozenset(Family)
    for address, families in services:
        name = address.removeprefix("http://").partition(":")[0]
        [container] = BY_KIND["Deployment"][name]["spec"]["template"]["spec"]["containers"]
        assert f"--families={','.join(sorted(families))}" in _sorted_families(container["args"])


def _sorted_families(arguments: list[str]) -> list[str]:
    return [
        "--families=" + ",".join(sorted(each.removeprefix("--families=").split(",")))
        if each.startswith("--families=")
        else each
        for each in arguments
    ]


def test_probes_scraper_and_autoscaler_ask_what_a_worker_answers() -> None:
    bench = Bench(lambda _: {})
    app = create_worker(
        frozenset(Family), bench, Guard(most_waiting=1, memory_bytes=1 << 40), lambda told: Path(told.uri)
    )
    worker = TestClient(app)

    for name in NAMES:
        template = BY_KIND["Deployment"][name]["spec"]["template"]
        [container] = template["spec"]["containers"]
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            assert worker.get(container[probe]["httpGet"]["path"]).status_code == 200
        told = worker.get(template["metadata"]["annotations"]["prometheus.io/path"]).text
        for metric in BY_KIND["HorizontalPodAutoscaler"][name]["spec"]["metrics"]:
            assert f"\n{metric['pods']['metric']['name']} " in told


@pytest.mark.parametrize("name", NAMES)
def test_workers_run_without_rights(name: str) -> None:
    pod = BY_KIND["Deployment"][name]["spec"]["template"]["spec"]
    [container] = pod["containers"]

    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] == 10001
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["securityContext"]["allowPrivilegeEscalation"] is False


def test_only_serving_workers_and_the_scraper_reach_a_worker() -> None:
    [policy] = BY_KIND["NetworkPolicy"].values()
    chosen = policy["spec"]["podSelector"]["matchLabels"]
    for name in NAMES:
        assert chosen.items() <= BY_KIND["Deployment"][name]["spec"]["template"]["metadata"]["labels"].items()
    [rule] = policy["spec"]["ingress"]
    callers = [each["podSelector"]["matchLabels"] for each in rule["from"] if "podSelector" in each]
    serving = next(each for each in SERVING if each["kind"] == "Deployment")
    assert any(each.items() <= serving["spec"]["template"]["metadata"]["labels"].items() for each in callers)
    assert rule["ports"] == [{"protocol": "TCP", "port": 8090}]
