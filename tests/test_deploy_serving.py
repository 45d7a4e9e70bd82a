"""The serving edge's manifest: valid to Kubernetes, started by the real command, probed at paths that answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from orchestration.cli import parser
from resources.settings import Settings, load_settings, variable_of
from serving.app import create_app

ROOT = Path(__file__).resolve().parents[1]
VALUES: dict[str, Any] = yaml.safe_load((ROOT / "deploy/values.yaml").read_text())
[CODE_SERVER] = VALUES["dagster-user-deployments"]["deployments"]
DOCUMENTS: list[dict[str, Any]] = list(yaml.safe_load_all((ROOT / "deploy/serving.yaml").read_text()))
BY_KIND = {document["kind"]: document for document in DOCUMENTS}
POD = BY_KIND["Deployment"]["spec"]["template"]["spec"]
[CONTAINER] = POD["containers"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document["kind"])
def test_each_document_is_valid_by_kubernetes_own_schema(document: dict[str, Any]) -> None:
    kubernetes_validate.validate(document, "1.32", strict=True)


def test_the_pods_are_those_that_service_and_budget_select() -> None:
    labels = BY_KIND["Deployment"]["spec"]["template"]["metadata"]["labels"]

    assert BY_KIND["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert BY_KIND["Service"]["spec"]["selector"] == labels
    assert BY_KIND["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    [port] = BY_KIND["Service"]["spec"]["ports"]
    assert port["targetPort"] in [each["name"] for each in CONTAINER["ports"]]


def test_the_command_line_is_one_that_the_product_understands() -> None:
    program, *arguments = CONTAINER["args"]
    told = parser().parse_args(arguments)

    assert program == "showrunner"
    assert (told.host, told.port) == ("0.0.0.0", CONTAINER["ports"][0]["containerPort"])  # in a pod, all of it


def test_the_probes_ask_what_the_app_answers_without_a_key(tmp_path: Path) -> None:
    app = create_app(load_settings(tmp_path, database_url=None))
    open_paths = {path for path, each in app.openapi()["paths"].items() if "security" not in each.get("get", {})}

    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert CONTAINER[probe]["httpGet"]["path"] in open_paths


def test_it_runs_as_the_images_user_without_rights_and_reads_the_store_that_runs_write() -> None:
    assert POD["securityContext"] == CODE_SERVER["podSecurityContext"]
    assert CONTAINER["securityContext"].items() >= CODE_SERVER["securityContext"].items()
    assert CONTAINER["securityContext"]["readOnlyRootFilesystem"]
    assert POD["automountServiceAccountToken"] is False
    assert CONTAINER["image"] == ":".join(CODE_SERVER["image"][part] for part in ("repository", "tag"))
    written = {each["name"]: each["value"] for each in CODE_SERVER["env"]}
    known = {variable_of(field) for field in Settings.model_fields}
    told = {each["name"]: each["value"] for each in CONTAINER["env"]}
    assert set(told) <= known
    assert told["SHOWRUNNER_STORE"] == written["SHOWRUNNER_STORE"]
    assert all(written.get(name, value) == value for name, value in told.items())


def test_its_callers_are_known_by_their_own_addresses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for each in CONTAINER["env"]:
        monkeypatch.setenv(each["name"], each["value"])

    assert load_settings(tmp_path).trusted_proxies
