"""A container as a local process: a group of its own, its own environment, one log file."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Image:
    """What an image would bring: the environment that its processes start with, and where they start."""

    environment: Mapping[str, str]
    working_dir: Path


class Container:
    """A running container. Nothing of the caller's environment reaches it."""

    def __init__(self, command: Sequence[str], *, environment: Mapping[str, str], cwd: Path, log: Path) -> None:
        """Start it.

        Raises:
            OSError: Where the command cannot be started.
        """
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                list(command),
                env=dict(environment),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def exit_code(self) -> int | None:
        """The exit code as a container runtime reports it (128 + signal), or None while it runs."""
        code = self._process.poll()
        if code is None:
            return None
        self._signal(signal.SIGKILL)  # what it left behind goes with its namespace
        return code if code >= 0 else 128 - code

    def terminate(self) -> None:
        """Ask it to end (SIGTERM to its first process, as the kubelet does)."""
        if self._process.poll() is None:
            self._process.terminate()

    def kill(self) -> int:
        """End it and everything it started, now; returns the exit code."""
        self._signal(signal.SIGKILL)
        self._process.wait()
        return self.exit_code() or 0

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return  # everybody has left
