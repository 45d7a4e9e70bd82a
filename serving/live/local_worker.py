"""A worker as a process of this machine: how it is started, what it is at, how it is, and how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ops.errors import ShowrunnerError
from ops.style.model import Family
from serving.live.wire import Busy, Endpoint, Unreachable

if TYPE_CHECKING:
    from resources.settings import Settings

__all__ = ["LocalWorker", "start_worker"]

_UP_S = 60.0
_SICK = 3
"""Looks in a row that a worker may leave unanswered, each 3 s long: a loaded machine is slow and not dead."""

_ONE_BY_ONE = "/segments"
"""What a worker does one at a time, in the order of asking; the rest it does at once."""


@dataclass(eq=False)
class LocalWorker:
    """One process.

    Attributes:
        number: Counted from the first that the pool started.
        families: The kinds of styles that it makes.
        process: The process.
        endpoint: Where it is asked.
        socket: The file of that; there once it listens.
        tasks: What it was chosen for and has not answered, each as "<path> …".
        asked: What of that it was sent, in that order.
        used_at: When it was last chosen or last answered, on the monotonic clock.
        sick: Looks in a row that it left unanswered.
    """

    number: int
    families: frozenset[Family]
    process: subprocess.Popen[bytes]
    endpoint: Endpoint
    socket: Path
    tasks: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    used_at: float = field(default_factory=time.monotonic)
    sick: int = 0

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.poll() is None

    @property
    def at_work(self) -> list[str]:
        """Of what it was asked, in that order, what it works on; the rest waits for its turn."""
        turns = [task for task in self.asked if task.startswith(_ONE_BY_ONE)]
        return [*turns[:1], *(task for task in self.asked if task not in turns)]

    def wait_until_up(self, over: threading.Event) -> None:
        """Wait until it listens.

        Args:
            over: Set when nobody needs it any more.

        Raises:
            Unreachable: It ended, or nobody needs it any more, before it did.
        """
        deadline = time.monotonic() + _UP_S
        while not self.socket.exists():
            if not self.alive or time.monotonic() > deadline or over.is_set():
                raise Unreachable("it did not start")
            time.sleep(0.02)

    def trouble(self, stuck_s: float) -> str:
        """Why it is to be replaced; empty where it gets on, or may yet.

        Args:
            stuck_s: A task may bring no frame for so long.
        """
        if not self.alive:
            return f"it ended by itself ({self.process.returncode})"
        if not self.socket.exists():
            return ""
        try:
            stuck_for_s = float(self.endpoint.ask("GET", "/health", timeout_s=3.0).json()["stuck_s"])
        except (Unreachable, Busy, ShowrunnerError, LookupError, TypeError, ValueError) as error:  # or it told nonsense
            self.sick += 1
            return f"it does not answer ({error})" if self.sick >= _SICK else ""
        self.sick = 0
        return f"its task brought no frame for {stuck_for_s:.0f} s" if stuck_for_s > stuck_s else ""

    def end(self) -> None:
        """Kill it."""
        self.process.kill()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.socket.unlink(missing_ok=True)


def start_worker(
    number: int, families: frozenset[Family], *, folder: Path, settings: Settings, threads: int
) -> LocalWorker:
    """Start a process; it listens a little later.

    Args:
        number: Tells its socket apart.
        families: The kinds of styles that it is to make.
        folder: Where its socket is to be.
        settings: Tell where films and styles are.
        threads: Of its libraries.
    """
    socket = folder / f"{number}.sock"
    command = [
        sys.executable, "-m", "serving.live.worker", "--families", ",".join(sorted(families)),
        "--socket", str(socket), "--home", str(settings.home), "--threads", str(threads),
        "--parent", str(os.getpid()),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return LocalWorker(number, families, process, Endpoint(f"unix:{socket}"), socket)
