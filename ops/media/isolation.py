"""Running a function on an untrusted file in a process of its own.

A decoder that crashes, hangs or swallows the memory takes the child with it and nothing else; the caller gets a
`MediaError` that says which. It costs the start of a Python that imports PyAV, a fifth of a second.
"""

from __future__ import annotations

import os
import pickle
import resource
import select
import signal
import struct
import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Any, BinaryIO, TypeVar

from ops.errors import MediaError, ShowrunnerError
from ops.media.process_group import process_group
from ops.progress import Progress, no_progress

__all__ = ["run_isolated"]

_ROOT = Path(__file__).resolve().parents[2]

_LENGTH = struct.Struct("<I")
"""Each report goes over the pipe as its length and a pickle of ("progress" | "result" | "error", value)."""

_HEARTBEAT_S = 0.25
"""The child reports no more often; a report also proves that it is not hung."""

_Result = TypeVar("_Result")


def run_isolated(
    function: Callable[[Path, Progress], _Result],
    path: Path,
    *,
    stall_s: float,
    memory_bytes: int,
    progress: Progress = no_progress,
) -> _Result:
    """Call `function(path, progress)` in a child process; return what it returns, raise what it raises.

    Args:
        function: A module's own function, found there again by its name.
        path: The file that it works on.
        stall_s: How long the child may report no progress before it counts as hung.
        memory_bytes: Address space that it may use.
        progress: Told of the child's progress.

    Raises:
        MediaError: The child crashed, hung or ran out of memory: the file's doing, and said so.
    """
    command = [sys.executable, "-m", __name__, function.__module__, function.__qualname__, str(memory_bytes)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")])}
    with process_group(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, environment=environment) as child:
        assert child.stdin is not None
        child.stdin.write(pickle.dumps(path))
        child.stdin.close()
        while True:
            kind, value = _receive(child, stall_s, path)
            if kind == "result":
                return value
            if kind == "error":
                raise value
            progress(value)


def _receive(child: Popen[bytes], stall_s: float, path: Path) -> tuple[str, Any]:
    (length,) = _LENGTH.unpack(_read(child, _LENGTH.size, stall_s, path))
    return pickle.loads(_read(child, length, stall_s, path))  # noqa: S301  written by our own code


def _read(child: Popen[bytes], size: int, stall_s: float, path: Path) -> bytes:
    assert child.stdout is not None
    received = b""
    while len(received) < size:
        ready, _, _ = select.select([child.stdout], [], [], stall_s)
        if not ready:
            raise MediaError(
                f"decoding it made no progress for {stall_s:.0f} s",
                where=path,
                fix="Export it again in a common format.",
            )
        piece = os.read(child.stdout.fileno(), size - len(received))
        if not piece:
            raise _death(child.wait(), path)
        received += piece
    return received


def _death(status: int, path: Path) -> Exception:
    if status in {-signal.SIGKILL, -signal.SIGTERM}:
        reason = f"checking it was ended from outside ({signal.Signals(-status).name}), for its memory perhaps"
        return MediaError(reason, where=path, fix="Try again; if it recurs, export it again at a smaller size.")
    if status < 0:
        reason = f"it crashes the decoder ({signal.Signals(-status).name})"
        return MediaError(reason, where=path, fix="Export it again in a common format; do not trust its source.")
    return RuntimeError(f"the process that was to check {path} ended with status {status} and no report")


def main() -> None:
    """Serve one call in the child: its path comes by stdin, its reports leave by what was stdout."""
    _, module, name, memory_bytes = sys.argv
    reports = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no report
    limit = int(memory_bytes)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    path = pickle.loads(sys.stdin.buffer.read())  # noqa: S301  written by run_isolated
    function = getattr(import_module(module), name)
    try:
        _report(reports, "result", function(path, _Heartbeat(reports)))
    except MemoryError:
        too_much = f"decoding it needs more than {limit / 2**30:.0f} GiB of memory"
        _report(reports, "error", MediaError(too_much, where=path, fix="Deliver it at a smaller size."))
    except ShowrunnerError as error:
        _report(reports, "error", error)
    except Exception:  # noqa: BLE001  a defect, told to the parent with its traceback
        _report(reports, "error", RuntimeError(traceback.format_exc()))


class _Heartbeat:
    """Progress that is passed on to the parent, not too often."""

    def __init__(self, reports: BinaryIO) -> None:
        self._reports = reports
        self._due = time.monotonic() + _HEARTBEAT_S

    def __call__(self, fraction: float) -> None:
        now = time.monotonic()
        if now >= self._due:
            self._due = now + _HEARTBEAT_S
            _report(self._reports, "progress", fraction)


def _report(reports: BinaryIO, kind: str, value: object) -> None:
    body = pickle.dumps((kind, value))
    reports.write(_LENGTH.pack(len(body)) + body)


if __name__ == "__main__":
    main()
