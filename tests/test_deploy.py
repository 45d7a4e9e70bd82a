"""The deployment: the image's recipe, and the values for the official Dagster chart, without a cluster.

The chart itself is not at hand in a test run. What its templates make of the values (`dagster.yaml`, the
launcher's configuration, what run pods inherit) is rebuilt here key by key and given to Dagster's validators.
"""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import jsonschema
import pytest
import yaml
from dagster._config import process_config, resolve_to_config_type
from dagster._core.instance.config import dagster_instance_config
from dagster_k8s import K8sRunLauncher
from jsonschema.validators import validator_for

from assets.placement import GPU_RESOURCE, NODE_WAIT_S, PLACEMENTS
from ops.style.catalogue import house_styles
from resources.settings import Settings, variable_of
from tests.support.kubernetes_deployment import IMAGE, deployed, image
from tests.support.kubernetes_double.cluster import KubernetesDouble

ROOT = Path(__file__).resolve().parents[1]
VALUES: dict[str, Any] = yaml.safe_load((ROOT / "deploy/values.yaml").read_text())
[CODE_SERVER] = VALUES["dagster-user-deployments"]["deployments"]
LAUNCHER = VALUES["runLauncher"]["config"]["k8sRunLauncher"]
ROOMS = ("orchestration", "assets", "ops", "resources", "serving")


# The values against the chart's published schemas


def test_the_values_are_valid_by_the_charts_schema(data: Path) -> None:
    assert faults(chart_schema(data, "dagster_values.schema.json"), VALUES) == []


def test_the_code_servers_values_are_valid_by_the_subcharts_schema(data: Path) -> None:
    schema = chart_schema(data, "dagster_charts_dagster-user-deployments_values.schema.json")

    assert faults(schema, {"global": VALUES["global"], "deployments": [CODE_SERVER]}) == []


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("runLauncher.config.k8sRunLauncher.runK8sConfg", {}, "runK8sConfg"),
        ("concurrency.pools.defaultLimit", "many", "many"),
        ("dagsterDaemon.runCoordinator.type", "FastestRunCoordinator", "FastestRunCoordinator"),
    ],
)
def test_the_charts_schema_would_notice_a_slip(data: Path, path: str, value: object, told: str) -> None:
    broken = json.loads(json.dumps(VALUES))
    table = broken
    *parents, last = path.split(".")
    for parent in parents:
        table = table[parent]
    table[last] = value

    assert told in " ".join(faults(chart_schema(data, "dagster_values.schema.json"), broken))


# The values against Dagster itself


def test_dagster_accepts_the_instance_that_the_values_make(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(instance_config()))

    config, _ = dagster_instance_config(str(tmp_path))

    assert config["concurrency"]["pools"]["granularity"] == "op"
    assert config["telemetry"] == {"enabled": False}


def test_dagster_refuses_a_wrong_type_that_the_charts_schema_lets_pass(tmp_path: Path) -> None:
    broken = instance_config()
    broken["run_monitoring"]["start_timeout_seconds"] = "soon"
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(broken))

    with pytest.raises(dg.DagsterInvalidConfigError):
        dagster_instance_config(str(tmp_path))


def test_the_launcher_accepts_its_part_of_the_values() -> None:
    result = process_config(resolve_to_config_type(K8sRunLauncher.config_type()), launcher_config())

    assert result.success, result.errors


def test_every_run_is_given_the_time_that_its_longest_step_may_take() -> None:
    monitoring = VALUES["dagsterDaemon"]["runMonitoring"]
    longest = max(row.deadline_s * (1 + row.retry_policy.max_retries) for row in PLACEMENTS.values())

    assert monitoring["maxRuntimeSeconds"] >= longest
    assert monitoring["startTimeoutSeconds"] >= NODE_WAIT_S
    assert monitoring["freeSlotsAfterRunEndSeconds"] > 0


def test_every_showrunner_variable_of_the_values_is_a_setting() -> None:
    known = {variable_of(field) for field in Settings.model_fields}
    used = {entry["name"] for entry in CODE_SERVER["env"] if entry["name"].startswith("SHOWRUNNER_")}

    assert used <= known


def test_every_image_that_a_placement_or_a_style_names_is_built_and_has_its_place_in_the_values() -> None:
    [told] = [entry["value"] for entry in CODE_SERVER["env"] if entry["name"] == "SHOWRUNNER_IMAGES"]
    images = json.loads(told)
    named = {row.image for row in PLACEMENTS.values() if row.image} | {
        each.container for each in house_styles().values()
    }

    assert set(images) == named - {""}
    assert {f"showrunner-{target}" for target in dockerfile()} >= named - {""}
    assert all(f"/{name}:" in image and not image.endswith(":latest") for name, image in images.items())


def test_no_secret_stands_in_the_values() -> None:
    lines = (ROOT / "deploy/values.yaml").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))

    assert not re.search(r"(?i)(password|secret_access_key|token)\s*:\s*['\"]?[^\s{'\"#]", text)
    assert not re.search(r"://[^/\s]*@", text)


# The pods that the values lead to


def test_pods_inherit_the_values_and_no_gpu_but_their_own(tmp_path: Path) -> None:
    """The API double admits only what Kubernetes would: a limit below a request, for one, is refused."""
    home = tmp_path / "dagster"
    home.mkdir()
    with (
        KubernetesDouble(tmp_path, nodes=[], images={IMAGE: image()}, service_accounts=["dagster"]) as cluster,
        deployed(
            cluster,
            home,
            "tests.support.kubernetes_definitions",
            {},
            run_k8s_config=launcher_config()["run_k8s_config"],
            container_context=container_context(),
        ) as house,
    ):
        house.instance.add_dynamic_partitions("titles", ["film"])
        run = house.from_a_schedule("every_night")
        steps = house.render_steps(run, cluster)
        [run_job] = [job for job in cluster.submitted if job["metadata"]["name"].startswith("dagster-run-")]

    pods = [job["spec"]["template"]["spec"] for job in steps.values()]
    assert any(GPU_RESOURCE in pod["containers"][0]["resources"]["limits"] for pod in pods)
    assert GPU_RESOURCE not in json.dumps(run_job)
    for job in [run_job, *steps.values()]:
        pod = job["spec"]["template"]["spec"]
        [container] = pod["containers"]
        environment = {entry["name"]: entry.get("value") for entry in container["env"]}
        assert environment["SHOWRUNNER_EXECUTOR"] == "k8s"
        assert {"secretRef": {"name": "showrunner-secrets"}} in container["envFrom"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert job["spec"]["backoffLimit"] == 0
        assert job["spec"]["ttlSecondsAfterFinished"] == 3600


# The image's recipe


@dataclass(frozen=True)
class Stage:
    """One stage of a Dockerfile: what it is built on, and its instructions in order."""

    base: str
    instructions: tuple[tuple[str, str], ...]

    def of(self, keyword: str) -> list[str]:
        """The arguments of every instruction of one kind."""
        return [argument for word, argument in self.instructions if word == keyword]


def test_both_targets_are_there_and_the_cuda_one_adds_the_models() -> None:
    stages = dockerfile()

    assert {"cpu", "cuda"} <= set(stages)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert any(".[models]" in command for command in stages["build-cuda"].of("RUN"))
    assert any(each.startswith("torch") for each in extras["models"])
    assert not any("torch" in command for _, command in inherited("cpu", stages))


@pytest.mark.parametrize("target", ["cpu", "cuda", "styles-cpu", "styles-gpu"])
def test_a_target_runs_as_the_number_that_the_values_demand(target: str) -> None:
    users = [argument for word, argument in inherited(target, dockerfile()) if word == "USER"]

    assert users, f"{target} runs as root"
    uid, _, gid = users[-1].partition(":")
    security = CODE_SERVER["podSecurityContext"]
    assert (int(uid), int(gid)) == (security["runAsUser"], security["runAsGroup"])
    assert int(uid) > 0


@pytest.mark.parametrize("target", ["cpu", "cuda", "styles-cpu", "styles-gpu"])
def test_a_target_starts_through_tini_and_serves_the_definitions(target: str) -> None:
    instructions = inherited(target, dockerfile())

    [entry] = [json.loads(argument) for word, argument in instructions if word == "ENTRYPOINT"]
    [command] = [json.loads(argument) for word, argument in instructions if word == "CMD"]
    assert entry == ["tini", "--"]
    assert command[-2:] == ["--module-name", "orchestration.definitions"]
    assert command[command.index("--port") + 1] == str(CODE_SERVER["port"])


def test_the_build_copies_all_five_rooms_and_nothing_that_is_not_ignored_away() -> None:
    copied = {
        source.rstrip("/") for argument in dockerfile()["build"].of("COPY") for source in shlex.split(argument)[:-1]
    }
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]
    admitted = {
        line.removeprefix("!").rstrip("/")
        for line in (ROOT / "deploy/Dockerfile.dockerignore").read_text().splitlines()
        if line.startswith("!")
    }

    assert set(ROOMS) <= copied
    assert {name.rstrip("*") for name in packages["include"]} == set(ROOMS)
    assert copied == admitted
    assert all((ROOT / source).exists() for source in copied - {"README.md"})


def test_every_install_goes_by_the_tested_versions() -> None:
    installs = [
        command
        for stage in dockerfile().values()
        for command in re.split(r"&&", " && ".join(stage.of("RUN")))
        if "pip install" in command
    ]

    assert installs
    assert all("--constraint constraints.txt" in command for command in installs)


def test_no_layer_holds_a_secret_or_fetches_what_nobody_checked() -> None:
    for stage in dockerfile().values():
        assert not stage.of("ADD")
        for argument in [*stage.of("ENV"), *stage.of("ARG")]:
            assert not re.search(r"(?i)(password|secret|token|access_key)", argument)
        for command in stage.of("RUN"):
            assert not re.search(r"\b(curl|wget)\b|git clone", command)
            if "apt-get install" in command:
                assert "--no-install-recommends" in command
                assert "rm -rf /var/lib/apt/lists" in command


@pytest.mark.parametrize("target", ["cpu", "cuda", "styles-cpu", "styles-gpu"])
def test_no_compiler_and_no_unpinned_base_reach_a_target(target: str) -> None:
    stages = dockerfile()
    base = stages[target].base
    while base in stages:
        base = stages[base].base

    assert "slim" in base
    assert ":" in base
    assert not base.endswith(":latest")


def dockerfile() -> dict[str, Stage]:
    """The Dockerfile's stages by name."""
    text = (ROOT / "deploy/Dockerfile").read_text()
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    arguments: dict[str, str] = {}
    stages: dict[str, Stage] = {}
    name = ""
    for line in filter(None, (part.strip() for part in lines.replace("\\\n", " ").splitlines())):
        word, _, argument = line.partition(" ")
        if word == "ARG" and not stages:
            key, _, value = argument.partition("=")
            arguments[key] = value
        elif word == "FROM":
            base, _, name = argument.partition(" AS ")
            base = re.sub(r"\$\{(\w+)\}", lambda match: arguments[match[1]], base)
            stages[name] = Stage(base, ())
        else:
            stages[name] = Stage(stages[name].base, (*stages[name].instructions, (word, argument.strip())))
    return stages


def inherited(target: str, stages: Mapping[str, Stage]) -> list[tuple[str, str]]:
    """Every instruction that made a target, those of the stages below it first."""
    stage = stages[target]
    below = inherited(stage.base, stages) if stage.base in stages else []
    return [*below, *stage.instructions]


# What the chart's templates make of the values


def chart_schema(data: Path, name: str) -> dict[str, Any]:
    """A schema of the chart without its references to the network; a test is skipped where it is absent."""
    path = data / "helm" / name
    if not path.exists():
        pytest.skip(f"no chart schema at {path}")
    return without_remote_references(json.loads(path.read_text()))


def without_remote_references(node: Any) -> Any:
    if isinstance(node, dict):
        kept = {key: value for key, value in node.items() if key != "$ref" or not str(value).startswith("http")}
        return {key: without_remote_references(value) for key, value in kept.items()}
    return [without_remote_references(item) for item in node] if isinstance(node, list) else node


def faults(schema: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
    """What is wrong with the values, but for the keys that they leave to the chart's own defaults.

    Helm lays values over the chart's, table by table; an item of a list gets nothing from there.
    """
    validator = validator_for(schema)(schema)
    return [error.message for error in validator.iter_errors(values) if not left_to_the_chart(error)]


def left_to_the_chart(error: jsonschema.ValidationError) -> bool:
    if error.validator == "required":
        return not any(isinstance(part, int) for part in error.absolute_path)
    if error.validator == "anyOf":  # "this table, or null": a table that only lacks keys is the table
        told = [cause for cause in error.context or () if cause.message != error.message]
        return any(map(left_to_the_chart, told)) and all(
            left_to_the_chart(cause) or (cause.validator == "type" and cause.validator_value == "null")
            for cause in told
        )
    return False


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def snake_keys(table: Mapping[str, Any]) -> dict[str, Any]:
    return {snake(key): value for key, value in table.items()}


def launcher_config() -> dict[str, Any]:
    """`run_launcher.config` as templates/helpers/instance/_run-launcher.tpl writes it."""
    return {
        "load_incluster_config": True,
        "job_namespace": "showrunner",
        "service_account_name": "showrunner-dagster",
        "dagster_home": "/opt/dagster/dagster_home",
        "instance_config_map": "showrunner-dagster-instance",
        "postgres_password_secret": VALUES["global"]["postgresqlSecretName"],
        "image_pull_policy": LAUNCHER["imagePullPolicy"],
        "security_context": LAUNCHER["securityContext"],
        "run_k8s_config": snake_keys(LAUNCHER["runK8sConfig"]),
    }


def instance_config() -> dict[str, Any]:
    """dagster.yaml as templates/configmap-instance.yaml writes it."""
    daemon, postgres = VALUES["dagsterDaemon"], VALUES["postgresql"]
    concurrency = VALUES["concurrency"]
    logs = VALUES["computeLogManager"]["config"]["s3ComputeLogManager"]
    database = {
        "username": postgres["postgresqlUsername"],
        "password": {"env": "DAGSTER_PG_PASSWORD"},
        "hostname": postgres["postgresqlHost"],
        "db_name": postgres["postgresqlDatabase"],
        "port": postgres["service"]["port"],
        "params": {},
        "scheme": postgres["postgresqlScheme"],
    }
    ticks = {"skipped", "started", "success", "failure"}
    assert set(VALUES["retention"]["sensor"]["purgeAfterDays"]) == ticks
    return {
        **dict(storages(database)),
        "run_launcher": {"module": "dagster_k8s", "class": "K8sRunLauncher", "config": launcher_config()},
        "run_coordinator": {
            "module": "dagster._core.run_coordinator",
            "class": "QueuedRunCoordinator",
            "config": snake_keys(daemon["runCoordinator"]["config"]["queuedRunCoordinator"]),
        },
        "compute_logs": {
            "module": "dagster_aws.s3.compute_log_manager",
            "class": "S3ComputeLogManager",
            "config": logs,
        },
        "run_monitoring": snake_keys(daemon["runMonitoring"]),
        "run_retries": snake_keys(daemon["runRetries"]),
        "sensors": snake_keys(daemon["sensors"]),
        "schedules": snake_keys(daemon["schedules"]),
        "backfills": snake_keys(daemon["backfills"]),
        "telemetry": VALUES["telemetry"],
        "retention": {
            snake(kind): snake_keys(policy) for kind, policy in VALUES["retention"].items() if isinstance(policy, dict)
        },
        "concurrency": {
            "pools": snake_keys(concurrency["pools"]),
            "runs": {key: value for key, value in snake_keys(concurrency["runs"]).items() if value},
        },
    }


def storages(database: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, name in (
        ("schedule_storage", "ScheduleStorage"),
        ("run_storage", "RunStorage"),
        ("event_log_storage", "EventLogStorage"),
    ):
        module = f"dagster_postgres.{key.removesuffix('_storage') if key == 'event_log_storage' else key}"
        yield key, {"module": module, "class": f"Postgres{name}", "config": {"postgres_db": dict(database)}}


def container_context() -> dict[str, Any]:
    """What run pods inherit of the code server, as the subchart's k8sContainerContext writes it."""
    return {
        "k8s": {
            "image_pull_policy": CODE_SERVER["image"]["pullPolicy"],
            "env": CODE_SERVER["env"],
            "env_secrets": [secret["name"] for secret in CODE_SERVER["envSecrets"]],
            "volumes": CODE_SERVER["volumes"],
            "volume_mounts": CODE_SERVER["volumeMounts"],
            "resources": CODE_SERVER["resources"],
            "run_k8s_config": {
                "pod_spec_config": {
                    "automount_service_account_token": True,
                    "security_context": CODE_SERVER["podSecurityContext"],
                }
            },
        }
    }
