"""What a piece of work costs, measured in a process of its own: seconds, processor time, memory of the largest process.

Imports are paid before the clock starts, so that nobody pays for a library's. Processor time counts what was waited
for as well: FFmpeg's, wherever it ran.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Cost", "cpu_s", "in_own_process", "measured"]


@dataclass(frozen=True)
class Cost:
    """What a job cost.

    Attributes:
        seconds: On the wall.
        cpu_s: Of all processors, children included.
        memory_mb: The most that its largest process held.
        told: What the job says of its result.
    """

    seconds: float
    cpu_s: float
    memory_mb: float
    told: dict[str, Any]


def measured(work: Callable[[], dict[str, Any]]) -> Cost:
    """Do work in this process and tell what it cost."""
    began, before = time.perf_counter(), cpu_s()
    told = work()
    seconds, spent_s = time.perf_counter() - began, cpu_s() - before
    held = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Cost(seconds, spent_s, held / 1024, told)


def in_own_process(job: str, told: dict[str, Any], *, timeout_s: float = 3600.0) -> Cost | None:
    """Run one of `benchmarks.trailers.jobs` in a process of its own; None where it ran out of time and was ended.

    Raises:
        RuntimeError: It failed.
    """
    command = [sys.executable, "-m", "benchmarks.trailers.jobs", job, json.dumps(told)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            out, log = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # and the FFmpeg that it feeds
            process.communicate()
            return None
    if process.returncode:
        raise RuntimeError(f"{job} failed: {log.strip().splitlines()[-1] if log.strip() else process.returncode}")
    return Cost(**json.loads(out.strip().splitlines()[-1]))


def cpu_s() -> float:
    """Processor time of this process and of its children that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
