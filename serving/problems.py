"""Errors as clients see them: RFC 9457 problem details; never a traceback, never a secret."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from ops.errors import ShowrunnerError, StoreError

__all__ = ["PROBLEM_TYPE", "Problem", "ProblemError", "add_problem_handlers", "document_problems", "problems"]

PROBLEM_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)


class Problem(BaseModel):
    """What went wrong, where, and how to mend it (RFC 9457)."""

    title: str = Field(description="The kind of problem.", examples=["Not Found"])
    status: int = Field(description="The HTTP status.", examples=[404])
    detail: str = Field(description="This problem.", examples=["sintel-9: is not in the catalogue."])
    errors: list[dict[str, str]] | None = Field(
        None,
        description="Which parts of the request are unusable.",
        examples=[[{"where": "query.aspect", "what": "Input should be '16x9', '4x3', '1x1', '2x3' or '9x16'"}]],
    )


class ProblemError(Exception):
    """A problem to answer with."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an operation that may answer with these problems."""
    return {status: {"model": Problem, "description": HTTPStatus(status).phrase} for status in statuses}


def document_problems(schema: dict[str, Any]) -> None:
    """Give every problem its own media type in an OpenAPI document."""
    for operations in schema["paths"].values():
        for operation in operations.values():
            for status, response in operation.get("responses", {}).items():
                if status >= "400" and "application/json" in response.get("content", {}):
                    response["content"] = {PROBLEM_TYPE: response["content"].pop("application/json")}


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error with a problem."""

    @app.exception_handler(ProblemError)
    async def _told(_: Request, error: ProblemError) -> Response:
        return _answer(error.status, error.detail, headers=error.headers)

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> Response:
        return _answer(error.status_code, str(error.detail), headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def _unusable(_: Request, error: RequestValidationError) -> Response:
        # Neither the input nor pydantic's context is echoed: either may hold a viewer's name.
        told = [{"where": ".".join(map(str, each["loc"])), "what": each["msg"]} for each in error.errors()[:20]]
        return _answer(422, "The request cannot be used.", errors=told)

    @app.exception_handler(ShowrunnerError)
    async def _explained(_: Request, error: ShowrunnerError) -> Response:
        if isinstance(error, StoreError):
            _log.warning("%s", error)
            return _answer(503, "Store or database are out of reach; try again.", headers={"Retry-After": "1"})
        return _answer(409, str(error))

    @app.exception_handler(Exception)
    async def _defect(_: Request, error: Exception) -> Response:
        _log.error("a request failed", exc_info=error)
        return _answer(500, "This is a defect of ours; it is in the log.")


def _answer(
    status: int, detail: str, *, headers: Mapping[str, str] | None = None, errors: list[dict[str, str]] | None = None
) -> Response:
    content = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    if errors is not None:
        content["errors"] = errors  # type: ignore[assignment]
    return JSONResponse(content, status, headers=dict(headers or {}), media_type=PROBLEM_TYPE)
