"""A child process that cannot outlive its use: its own process group, killed and reaped whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

__all__ = ["process_group"]


@contextmanager
def process_group(
    arguments: Sequence[str],
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.PIPE,
    stderr: int = subprocess.PIPE,
    pass_fds: Sequence[int] = (),
    environment: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a command in a process group of its own; on leaving, by whatever way, nothing of it is left.

    No shell is involved. A keyboard interrupt reaches the caller alone, which leaves by it and so ends the group.

    Raises:
        OSError: It cannot be started.
    """
    started: list[_Registered] = []
    try:
        yield _Registered(
            started,
            list(arguments),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            pass_fds=pass_fds,
            env=environment,
            start_new_session=True,
        )
    finally:
        for process in started:
            process.end()


class _Registered(subprocess.Popen[bytes]):
    """A process that is on a list before it runs: an interrupt while it starts does not lose it."""

    pid = 0

    def __init__(self, registry: list[_Registered], *args: Any, **options: Any) -> None:
        registry.append(self)
        super().__init__(*args, **options)

    def end(self) -> None:
        """Kill what is left of it and of what it has started, and reap it."""
        if not self.pid:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        for pipe in (self.stdin, self.stdout, self.stderr):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self.wait()
