"""A writer that is killed, for real, at a chosen step.

The step is found from outside the store's code: for a folder every line that folder.py executes (finer than
its system calls), for S3 every request as it is about to be sent, and again half-way through its body.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any

import resources.store.folder

__all__ = ["at_every_line", "at_every_request", "outcome_of"]


_CHANGING = {"put_files", "_copy", "_make_folders", "put_bytes", "_sync_folder", "touch", "delete", "delete_tree"}


class _Countdown:
    def __init__(self, step: int) -> None:
        self._left = step
        self._guard = threading.Lock()

    def step(self) -> None:
        with self._guard:
            self._left -= 1
            if self._left < 0:
                os.kill(os.getpid(), signal.SIGKILL)


def at_every_line(step: int) -> None:
    """Arms this process to die before the line of folder.py that it comes to as number `step`."""
    countdown, medium = _Countdown(step), resources.store.folder.__file__

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        if frame.f_code.co_filename != medium or frame.f_code.co_name not in _CHANGING:
            return None
        if event == "line":
            countdown.step()
        return trace

    sys.settrace(trace)


def at_every_request(step: int) -> None:
    """Arms this process to die before, or in the middle of, the HTTP request that it comes to as number `step`."""
    countdown, bodies = _Countdown(step), threading.local()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "http.client.send":
            return
        data = arguments[1]
        if isinstance(data, bytes) and b" HTTP/1.1\r\n" in data[:4096]:
            bodies.pieces = 0
            countdown.step()
        else:
            bodies.pieces += 1
            if bodies.pieces == 3:  # some of a large body is out, most is not
                countdown.step()

    sys.addaudithook(hook)


def outcome_of(arm: Callable[[int], None], step: int, work: Callable[[], object]) -> str:
    """Does the work in a forked child that dies at the step: "killed", or "done" where it has fewer steps."""
    child = os.fork()
    if child == 0:
        try:
            arm(step)
            work()
            os._exit(0)
        finally:
            traceback.print_exc()
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, -signal.SIGKILL), code
    return "done" if code == 0 else "killed"
