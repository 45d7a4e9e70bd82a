"""The live app keeps what its OpenAPI document promises, under generated requests."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from resources.api_keys import Scope
from tests.serving.live import Live, open_live

_SLOW = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example)

_ANY_BYTES = {"/v1/blend-sources"}
"""Operations that are handed a file: no schema tells a picture from other bytes, so theirs are refused by content."""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with open_live(tmp_path_factory.mktemp("live") / "home") as opened:
        yield opened


def test_every_operation_keeps_its_promises(live: Live):
    described = schemathesis.openapi.from_url(f"{live.url}/openapi.json")
    for found in described.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()  # pyright: ignore[reportAttributeAccessIssue]  (an Err has none, and fails here)

        @settings(max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=_SLOW)
        @given(case=operation.as_strategy())
        def keeps_its_promises(case: schemathesis.Case) -> None:
            refusable = [positive_data_acceptance] if case.operation.path in _ANY_BYTES else []
            case.call_and_validate(headers={"Authorization": f"Bearer {live.key}"}, excluded_checks=refusable)

        keeps_its_promises()


def document(live: Live) -> dict[str, dict[str, dict[str, object]]]:
    return requests.get(f"{live.url}/openapi.json", timeout=10).json()


def test_every_operation_is_described_and_tells_its_problems(live: Live):
    for path, operations in document(live)["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path  # type: ignore[index]
            assert operation["description"], path  # type: ignore[index]


def test_every_part_of_a_request_has_an_example(live: Live):
    schemas = document(live)["components"]["schemas"]
    lacking = [
        f"{name}.{part}"
        for name, schema in schemas.items()
        if name.endswith("In")
        for part, told in schema.get("properties", {}).items()  # type: ignore[union-attr]
        if "examples" not in told and "$ref" not in told and told.get("type") != "array"
    ]
    assert lacking == []


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_nothing_but_health_and_media_answers_without_a_key(live: Live, method: str):
    for path, operations in document(live)["paths"].items():
        if method.lower() in operations and path not in ("/healthz", "/readyz", "/media/{sha}/{path}"):
            address = path.replace("{experiment}", "0" * 12).replace("{title}", "sintel").replace("{review}", "1")
            answer = live.call(method, address.replace("{viewer}", "v").replace("{name}", "x"), key="")
            assert answer.status_code == HTTPStatus.UNAUTHORIZED, path


def test_a_scope_opens_its_own_operations_alone(live: Live):
    key = live.new_key(Scope.EXPERIMENTS_READ)
    assert live.get("/v1/experiments", key=key).status_code == 200
    assert live.get("/v1/reviews", key=key).status_code == 403
    step = {"to": "retired", "why": "no"}
    assert live.post(f"/v1/experiments/{live.experiment}/transitions", step, key=key).status_code == 403
    assert live.get("/metrics", key=key).status_code == 403


def test_metrics_count_by_route_and_hold_no_name(live: Live):
    live.get("/v1/titles/sintel/thumbnail?viewer=secret-name")
    told = live.get("/metrics").text
    assert 'showrunner_requests_total{method="GET",route="/v1/titles/{title}/thumbnail"' in told
    assert "secret-name" not in told
