"""Refusals, as the API server words them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Cause:
    """One reason inside a refusal: the field, as a path with dots, and what is wrong with it."""

    field: str
    message: str
    reason: str = "FieldValueInvalid"


class ApiError(Exception):
    """An answer other than success: the HTTP code and the `Status` object that goes with it."""

    def __init__(self, code: int, reason: str, message: str, *, causes: Sequence[Cause] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.causes = tuple(causes)

    def status(self) -> Json:
        """The `Status` document."""
        details = {"causes": [{"field": c.field, "message": c.message, "reason": c.reason} for c in self.causes]}
        return {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "code": self.code,
            "reason": self.reason,
            "message": self.message,
            "details": details,
        }


def not_found(kind: str, name: str) -> ApiError:
    """The 404 of the API server."""
    return ApiError(404, "NotFound", f'{kind} "{name}" not found')


def invalid(kind: str, name: str, causes: Sequence[Cause]) -> ApiError:
    """The 422 of the API server."""
    told = "; ".join(f"{cause.field}: {cause.message}" for cause in causes)
    return ApiError(422, "Invalid", f'{kind} "{name}" is invalid: {told}', causes=causes)
