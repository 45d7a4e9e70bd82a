"""The cluster's events: what `kubectl describe` would tell."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime

from tests.support.kubernetes_double.errors import Json
from tests.support.kubernetes_double.pods import timestamp


class EventLog:
    """Warnings about Jobs and pods; a repeated one is counted, as the API server does."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self._lock = threading.Lock()
        self._events: dict[tuple[str, str, str, str], Json] = {}

    def warn(self, kind: str, name: str, reason: str, message: str) -> None:
        """Note a warning about an object."""
        now = timestamp(datetime.now(UTC))
        fresh = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": f"{name}.{uuid.uuid4().hex[:16]}", "namespace": self._namespace},
            "involvedObject": {"kind": kind, "name": name, "namespace": self._namespace},
            "type": "Warning",
            "reason": reason,
            "message": message,
            "count": 0,
            "firstTimestamp": now,
        }
        with self._lock:
            event = self._events.setdefault((kind, name, reason, message), fresh)
            event["count"] += 1
            event["lastTimestamp"] = now

    def documents(self) -> list[Json]:
        """All of them, oldest first."""
        with self._lock:
            return [dict(event) for event in self._events.values()]
