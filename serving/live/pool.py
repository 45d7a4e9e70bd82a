"""The pool of style workers: one interface over processes of this machine and over services of a cluster."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ops.errors import MediaError, ModelUnavailable, SettingsError
from ops.style.model import Family
from serving.live.wire import Answer, Endpoint, Unreachable

__all__ = ["Demand", "RemoteWorkers", "Workers", "families_of_setting"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Demand:
    """What is asked of the pool.

    Attributes:
        path: Of a worker's API.
        body: JSON.
        families: The kinds of styles that the worker must make; none for what any can do.
        stream: Requests of one stream go to one worker while it lives: it has the film open where it is.
        timeout_s: A worker that is silent for so long hangs.
    """

    path: str
    body: Mapping[str, Any]
    families: frozenset[Family] = frozenset()
    stream: str = ""
    timeout_s: float = 60.0


class Workers(Protocol):
    """A pool. Safe to share between threads; its calls wait."""

    def ask(self, demand: Demand) -> Answer:
        """Have a worker do it; one that dies over it is replaced, and another asked.

        Raises:
            Busy: No worker has room.
            ShowrunnerError: It cannot be made, or every worker dies over it.
        """
        ...

    def covers(self, families: frozenset[Family]) -> bool:
        """Whether one worker can make all of these."""
        ...

    def address(self, family: Family) -> str | None:
        """Where a worker of a kind is asked directly; None where the pool has no other than the one that covers all."""
        ...

    def state(self) -> list[dict[str, Any]]:
        """The workers, for people."""
        ...

    def close(self) -> None:
        """Let all go."""
        ...


class RemoteWorkers:
    """Services of a cluster, by the kinds of styles that each makes; Kubernetes keeps, heals and scales what is behind.

    Args:
        services: Addresses and families, the cheapest first.
    """

    def __init__(self, services: Iterable[tuple[str, frozenset[Family]]]) -> None:
        self._services = [(Endpoint(address), families) for address, families in services]

    def ask(self, demand: Demand) -> Answer:
        """As `Workers.ask`: a pod that dies is asked again once, and the service leads to another."""
        endpoint = self._endpoint(demand.families)
        if endpoint is None:
            wanted = ", ".join(sorted(demand.families))
            raise ModelUnavailable(f"no worker makes {wanted}", where="SHOWRUNNER_LIVE_WORKERS_AT", fix="Name one.")
        try:
            return endpoint.ask("POST", demand.path, demand.body, timeout_s=demand.timeout_s)
        except Unreachable as error:
            _log.warning("asked again: %s", error)
        try:
            return endpoint.ask("POST", demand.path, demand.body, timeout_s=demand.timeout_s)
        except Unreachable as error:
            raise MediaError(
                f"no worker could make it ({error})", where=demand.stream, fix="Look at the workers' log."
            ) from error

    def covers(self, families: frozenset[Family]) -> bool:
        """As `Workers.covers`."""
        return self._endpoint(families) is not None

    def address(self, family: Family) -> str | None:
        """As `Workers.address`."""
        endpoint = self._endpoint(frozenset({family}))
        return None if endpoint is None else endpoint.address

    def state(self) -> list[dict[str, Any]]:
        """As `Workers.state`."""
        return [{"address": endpoint.address, "families": sorted(made)} for endpoint, made in self._services]

    def close(self) -> None:
        """As `Workers.close`: the cluster keeps its own."""

    def _endpoint(self, families: frozenset[Family]) -> Endpoint | None:
        return next((endpoint for endpoint, made in self._services if families <= made), None)


def families_of_setting(text: str) -> list[tuple[str, frozenset[Family]]]:
    """Reads "grade+overlay=http://a:8090,neural=http://b:8090".

    Raises:
        SettingsError: It cannot be read.
    """
    found = []
    for part in text.split(","):
        names, _, address = part.strip().partition("=")
        try:
            families = frozenset(Family(name) for name in names.split("+"))
        except ValueError as error:
            raise SettingsError(
                f"{names!r} names no kinds of styles",
                where="SHOWRUNNER_LIVE_WORKERS_AT",
                fix=f"Join {', '.join(Family)} by +, then =http://host:port.",
            ) from error
        if not address.startswith("http://"):
            raise SettingsError(
                f"{address!r} is no address of a service", where="SHOWRUNNER_LIVE_WORKERS_AT", fix="http://host:port"
            )
        found.append((address, families))
    return found
