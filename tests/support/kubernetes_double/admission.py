"""May this Job in? The published schema, strictly, and the rules that the API server adds to it.

Sources: the OpenAPI schemas of Kubernetes as kubernetes-validate ships them; for the rules beyond them, the
documented constraints on names (RFC 1123), labels, resource quantities, extended resources and Jobs.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

import kubernetes_validate
from kubernetes.utils.quantity import parse_quantity

from tests.support.kubernetes_double.errors import ApiError, Cause, Json, invalid

SCHEMA_VERSION = "1.32"
NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
LABEL_KEY = re.compile(r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")

NOT_MODELLED = {
    "spec": ("suspend", "podFailurePolicy", "successPolicy", "completionMode"),
    "spec.template.spec": (
        "affinity",
        "topologySpreadConstraints",
        "initContainers",
        "priorityClassName",
        "runtimeClassName",
        "nodeName",
    ),
}
"""Fields by which a Job asks for what the double would silently not do."""


def admit_job(document: Json, namespace: str) -> Json:
    """The Job as the server stores it: checked and with the defaults filled in.

    Raises:
        ApiError: 400 for another kind or namespace, 422 with every cause for an invalid Job, 501 for a
        valid one
            that asks for what the double does not model.
    """
    if (document.get("apiVersion"), document.get("kind")) != ("batch/v1", "Job"):
        raise ApiError(400, "BadRequest", "the object provided is not a batch/v1 Job")
    name = str(document.get("metadata", {}).get("name", ""))
    if document["metadata"].get("namespace", namespace) != namespace:
        raise ApiError(400, "BadRequest", "the namespace of the object does not match the request's")
    causes = list(_schema_causes(document))
    if not causes:
        causes = list(_rule_causes(document, name))
    if causes:
        raise invalid("Job.batch", name, causes)
    _refuse_what_is_not_modelled(document)
    return _with_defaults(document, namespace)


def _schema_causes(document: Json) -> Iterator[Cause]:
    try:
        kubernetes_validate.validate(document, SCHEMA_VERSION, strict=True)
    except kubernetes_validate.ValidationError as error:
        yield Cause(".".join(str(part) for part in error.absolute_path), error.message)


def _rule_causes(document: Json, name: str) -> Iterator[Cause]:
    template = document["spec"]["template"]
    pod = template["spec"]
    if not NAME.fullmatch(name) or len(name) > 63:
        yield Cause("metadata.name", f"{name!r} is no RFC 1123 label of at most 63 characters")
    yield from _label_causes("metadata.labels", document["metadata"].get("labels"))
    yield from _label_causes("spec.template.metadata.labels", template.get("metadata", {}).get("labels"))
    yield from _label_causes("spec.template.spec.nodeSelector", pod.get("nodeSelector"))
    if pod.get("restartPolicy") not in ("Never", "OnFailure"):
        yield Cause("spec.template.spec.restartPolicy", 'supported values: "OnFailure", "Never"')
    volumes = {volume["name"] for volume in pod.get("volumes") or ()}
    for index, container in enumerate(pod["containers"]):
        where = f"spec.template.spec.containers[{index}]"
        if not container.get("image"):
            yield Cause(f"{where}.image", "Required value")
        yield from _resource_causes(f"{where}.resources", container.get("resources") or {})
        for mount in container.get("volumeMounts") or ():
            if mount["name"] not in volumes:
                yield Cause(f"{where}.volumeMounts", f"Not found: {mount['name']!r}")
    for index, toleration in enumerate(pod.get("tolerations") or ()):
        if toleration.get("operator") == "Exists" and toleration.get("value"):
            where = f"spec.template.spec.tolerations[{index}]"
            yield Cause(where, "value must be empty when operator is Exists")


def _label_causes(where: str, labels: Mapping[str, str] | None) -> Iterator[Cause]:
    for key, value in (labels or {}).items():
        if not LABEL_KEY.fullmatch(key) or len(key.rpartition("/")[2]) > 63:
            yield Cause(where, f"{key!r} is no label key")
        if not LABEL_VALUE.fullmatch(value) or len(value) > 63:
            yield Cause(where, f"{value!r} is no label value")


def _resource_causes(where: str, resources: Json) -> Iterator[Cause]:
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    amounts: dict[tuple[str, str], Decimal] = {}
    for side, table in (("requests", requests), ("limits", limits)):
        for resource, quantity in table.items():
            try:
                amounts[side, resource] = parse_quantity(quantity)
            except ValueError:
                yield Cause(f"{where}.{side}[{resource}]", f"{quantity!r} is no quantity")
                return
    for resource in requests | limits:
        request, limit = amounts.get(("requests", resource)), amounts.get(("limits", resource))
        extended = "/" in resource
        if extended and limit is None:
            yield Cause(f"{where}.limits[{resource}]", "limit must be set for non overcommitable resources")
        elif extended and request is not None and request != limit:
            yield Cause(f"{where}.requests[{resource}]", f"must be equal to {resource} limit")
        elif request is not None and limit is not None and request > limit:
            yield Cause(f"{where}.requests[{resource}]", f"must be less than or equal to {resource} limit")
        if extended and limit is not None and limit != limit.to_integral_value():
            yield Cause(f"{where}.limits[{resource}]", "must be an integer")


def _refuse_what_is_not_modelled(document: Json) -> None:
    sections = {"spec": document["spec"], "spec.template.spec": document["spec"]["template"]["spec"]}
    for section, fields in NOT_MODELLED.items():
        for field in fields:
            if sections[section].get(field):
                raise ApiError(501, "NotModelled", f"the double does not model {section}.{field}")
    spec = document["spec"]
    if (spec.get("parallelism", 1), spec.get("completions", 1)) != (1, 1):
        raise ApiError(501, "NotModelled", "the double models Jobs of one pod")
    if len(spec["template"]["spec"]["containers"]) != 1:
        raise ApiError(501, "NotModelled", "the double models pods of one container")


def _with_defaults(document: Json, namespace: str) -> Json:
    job = copy.deepcopy(document)
    job["metadata"]["namespace"] = namespace
    job["spec"].setdefault("backoffLimit", 6)
    pod = job["spec"]["template"]["spec"]
    pod.setdefault("terminationGracePeriodSeconds", 30)
    pod["serviceAccountName"] = pod.get("serviceAccountName") or "default"
    for container in pod["containers"]:
        resources = container.get("resources") or {}
        if limits := resources.get("limits"):
            # A request that is left out is the limit.
            resources["requests"] = {**limits, **(resources.get("requests") or {})}
            container["resources"] = resources
    return job
