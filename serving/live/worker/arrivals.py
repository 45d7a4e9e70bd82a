"""Films on their way to this machine: each is fetched once, whoever asks how often, and takes no task's turn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

from serving.live.jobs import Master
from serving.live.worker.guard import Overloaded

__all__ = ["Arrivals"]

_AT_ONCE = 4
"""Fetched at once; films that were here a while ago are looked for beside them, and never wait behind a download."""

_PATIENCE_S = 0.5
"""A film that is here already is found in milliseconds: what takes longer is on its way."""

_AGAIN_S = 2.0


class Arrivals:
    """Where films lie on this machine. Safe to share between threads.

    Args:
        local: Fetches a film that is not here; waits for it.
    """

    def __init__(self, local: Callable[[Master], Path]) -> None:
        self._local = local
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="arrivals")
        self._looking = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="arrived")
        self._lock = threading.Lock()
        self._arrived: set[str] = set()
        self._coming: dict[str, Future[Path]] = {}

    def path(self, master: Master, *, patience_s: float | None = _PATIENCE_S) -> Path:
        """Where a film lies; it goes on coming when nobody waits.

        Args:
            master: The film.
            patience_s: How long to wait for it; None for as long as it takes.

        Raises:
            Overloaded: It is on its way.
            StoreError: It is gone or was changed; also where it came to nothing while nobody waited.
        """
        coming = self._begun(master)
        wait([coming], timeout=patience_s)
        if not coming.done():
            raise Overloaded("its film is on its way here", _AGAIN_S)
        with self._lock:
            if self._coming.get(master.sha256) is coming:
                del self._coming[master.sha256]
            if coming.exception() is None:
                self._arrived.add(master.sha256)
            else:
                self._arrived.discard(master.sha256)
        return coming.result()

    def _begun(self, master: Master) -> Future[Path]:
        with self._lock:
            coming = self._coming.get(master.sha256)
            arrived = coming is not None and coming.done() and coming.exception() is None
            threads = self._looking if master.sha256 in self._arrived else self._threads
            if coming is None or arrived:  # what arrived a while ago may be gone again, to make room
                coming = self._coming[master.sha256] = threads.submit(self._local, master)
            return coming
