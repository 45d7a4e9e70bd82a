"""The whole house on one machine: Dagster's UI and daemon, and the serving edge, started and ended together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from orchestration.local_instance import PROJECT, write_instance
from resources.settings import Settings

__all__ = ["run_dev", "run_together"]

_GRACE_S = 30.0
"""Dagster lets its servers finish, and serving answers what is under way; both take a few seconds."""


def run_dev(settings: Settings, *, port: int, serving_port: int) -> int:
    """Run the UI, the daemon and serving until one of them ends or the terminal says stop; returns its exit code."""
    environment = os.environ | {
        "DAGSTER_HOME": str(write_instance(settings)),
        "SHOWRUNNER_HOME": str(settings.home),
    }
    beside = Path(sys.executable).parent
    commands = [
        [str(beside / "dagster"), "dev", "--workspace", "workspace.yaml", "--port", str(port)],
        [str(beside / "showrunner"), "serve", "--port", str(serving_port)],
    ]
    return run_together(commands, environment)


def run_together(commands: Sequence[Sequence[str]], environment: dict[str, str]) -> int:
    """Start programs side by side; when the first ends, or a signal says so, end the others.

    Args:
        commands: Argument lists, run in the project's folder.
        environment: Their environment.

    Returns:
        The exit code of the one that ended first; 0 after SIGINT or SIGTERM.
    """
    stop = False

    def told(signum: int, frame: object) -> None:
        nonlocal stop
        stop = True

    before = {each: signal.signal(each, told) for each in (signal.SIGINT, signal.SIGTERM)}
    # groups of their own: the terminal's Ctrl-C then reaches them through us alone, and once
    running = [subprocess.Popen(each, cwd=PROJECT, env=environment, start_new_session=True) for each in commands]
    try:
        while not stop and all(each.poll() is None for each in running):
            time.sleep(0.2)
        return 0 if stop else next(code for each in running if (code := each.poll()) is not None)
    finally:
        for each in running:
            if each.poll() is None:
                each.send_signal(signal.SIGINT)
        deadline = time.monotonic() + _GRACE_S
        for each in running:
            try:
                each.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(each.pid, signal.SIGKILL)
                each.wait()
        for each, handler in before.items():
            signal.signal(each, handler)
