"""Runs placed pods as processes and writes what becomes of them into their status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.kubernetes_double.containers import Container, Image
from tests.support.kubernetes_double.errors import Json
from tests.support.kubernetes_double.pods import Exit, Phase, Pod, Waiting


class _ConfigMissingError(Exception):
    """A ConfigMap or Secret that a container's environment names and that is not there."""


@dataclass
class Kubelet:
    """One for all nodes. Images, ConfigMaps and Secrets are those that the test declares; any other is
    missing."""

    folder: Path
    images: Mapping[str, Image]
    config_maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def sync(self, pod: Pod) -> None:
        """Start a placed pod, notice an ended one, hurry a deleted one."""
        if pod.node and pod.phase is Phase.PENDING and not pod.deleted:
            self._start(pod)
        elif pod.phase is Phase.RUNNING and pod.container is not None:
            code = pod.container.exit_code()
            if code is not None:
                self._finish(pod, Exit(code, "Completed" if code == 0 else "Error"))
            elif pod.deleted and datetime.now(UTC) > pod.deleted + _grace(pod):
                self.kill(pod, Exit(137, "Error"))
            elif self._past_deadline(pod):
                message = "Pod was active on the node longer than the specified deadline"
                self.kill(pod, Exit(137, "Error"), reason="DeadlineExceeded", message=message)

    def delete(self, pod: Pod) -> None:
        """Begin its end: SIGTERM, and SIGKILL once its grace period is over."""
        if pod.deleted is None:
            pod.deleted = datetime.now(UTC)
            if pod.container is not None:
                pod.container.terminate()

    def kill(self, pod: Pod, ended: Exit, *, reason: str = "", message: str = "") -> None:
        """End a pod at once; `reason` and `message` go into the pod's own status, as with an eviction."""
        if pod.container is not None:
            pod.container.kill()
        self._finish(pod, ended)
        pod.phase, pod.reason, pod.message = Phase.FAILED, reason, message

    def log_of(self, pod: Pod) -> Path:
        """Where its output goes."""
        return self.folder / f"{pod.name}.log"

    def _start(self, pod: Pod) -> None:
        container = pod.spec["containers"][0]
        image = self.images.get(container["image"])
        if image is None:
            pod.waiting = Waiting("ImagePullBackOff", f'Back-off pulling image "{container["image"]}"')
            return
        command = [*(container.get("command") or ()), *(container.get("args") or ())]
        try:
            environment = {**image.environment, "HOSTNAME": pod.name, **self._environment(container, pod)}
            started = Container(
                command,
                environment=environment,
                cwd=Path(container.get("workingDir") or image.working_dir),
                log=self.log_of(pod),
            )
        except _ConfigMissingError as missing:
            pod.waiting = Waiting("CreateContainerConfigError", str(missing))
        except OSError as error:
            pod.started = datetime.now(UTC)
            self._finish(pod, Exit(127, "StartError", f"exec {command[:1]}: {error.strerror}"))
        else:
            pod.waiting = None
            pod.container, pod.started, pod.phase = started, datetime.now(UTC), Phase.RUNNING

    def _environment(self, container: Json, pod: Pod) -> dict[str, str]:
        variables: dict[str, str] = {}
        for source in container.get("envFrom") or ():
            if reference := source.get("configMapRef"):
                values = self._table("configmap", reference["name"], reference.get("optional", False))
            else:
                reference = source["secretRef"]
                values = self._table("secret", reference["name"], reference.get("optional", False))
            variables |= {source.get("prefix", "") + key: value for key, value in values.items()}
        for entry in container.get("env") or ():
            variables[entry["name"]] = self._value(entry, pod)
        return variables

    def _value(self, entry: Json, pod: Pod) -> str:
        source = entry.get("valueFrom")
        if not source:
            return entry.get("value") or ""
        if field_path := source.get("fieldRef", {}).get("fieldPath"):
            fields = {"metadata.name": pod.name, "metadata.namespace": pod.namespace, "metadata.uid": pod.uid}
            return fields[field_path]
        kind = "secret" if "secretKeyRef" in source else "configmap"
        reference = source["secretKeyRef" if kind == "secret" else "configMapKeyRef"]
        table = self._table(kind, reference["name"], optional=False)
        if reference["key"] not in table:
            raise _ConfigMissingError(f"couldn't find key {reference['key']} in {kind} {reference['name']}")
        return table[reference["key"]]

    def _table(self, kind: str, name: str, optional: bool) -> Mapping[str, str]:
        tables = self.secrets if kind == "secret" else self.config_maps
        if name not in tables and not optional:
            raise _ConfigMissingError(f'{kind} "{name}" not found')
        return tables.get(name, {})

    @staticmethod
    def _finish(pod: Pod, ended: Exit) -> None:
        pod.exit, pod.finished, pod.container = ended, datetime.now(UTC), None
        pod.phase = Phase.SUCCEEDED if ended.code == 0 else Phase.FAILED

    @staticmethod
    def _past_deadline(pod: Pod) -> bool:
        deadline_s = pod.spec.get("activeDeadlineSeconds")
        if deadline_s is None or pod.started is None:
            return False
        return datetime.now(UTC) > pod.started + timedelta(seconds=deadline_s)


def _grace(pod: Pod) -> timedelta:
    return timedelta(seconds=pod.spec["terminationGracePeriodSeconds"])
