"""A child that crashes, hangs, or eats the memory: told from one that works, and gone afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from ops.errors import MediaError
from ops.media.isolation import run_isolated
from ops.progress import Progress

HERE = Path(__file__)
GIB = 1 << 30


def half_and_whole(path: Path, progress: Progress) -> tuple[str, int]:
    """Work a second and tell of it."""
    for step in range(10):
        time.sleep(0.1)
        progress(step / 10)
    return path.name, os.getpid()


def crash(path: Path, progress: Progress) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def hang(path: Path, progress: Progress) -> None:
    time.sleep(600)


def devour(path: Path, progress: Progress) -> int:
    return len(bytearray(4 * GIB))


def refuse(path: Path, progress: Progress) -> None:
    raise MediaError("it is not to my taste", where=path, fix="Try another.")


def stumble(path: Path, progress: Progress) -> None:
    raise ZeroDivisionError("a defect of ours")


def chatter(path: Path, progress: Progress) -> str:
    sys.stdout.write("a library prints what it likes\n")
    sys.stdout.flush()
    os.write(1, b"even past Python")
    return "heard"


def test_a_child_returns_its_result_and_tells_of_its_progress():
    told: list[float] = []

    name, pid = run_isolated(half_and_whole, HERE, stall_s=20, memory_bytes=4 * GIB, progress=told.append)

    assert (name, pid != os.getpid()) == (HERE.name, True)
    assert told and told == sorted(told)


def test_a_child_that_crashes_is_the_files_fault_and_ours_to_survive():
    with pytest.raises(MediaError, match=r"crashes the decoder \(SIGSEGV\)"):
        run_isolated(crash, HERE, stall_s=20, memory_bytes=4 * GIB)


def test_a_child_that_hangs_is_ended():
    began = time.monotonic()
    before = set(psutil.Process().children())  # other tests of this worker may keep theirs

    with pytest.raises(MediaError, match="no progress for 3 s"):
        run_isolated(hang, HERE, stall_s=3, memory_bytes=4 * GIB)

    assert time.monotonic() - began < 60
    assert set(psutil.Process().children()) <= before


def test_a_child_that_eats_the_memory_gets_none():
    with pytest.raises(MediaError, match="more than 2 GiB of memory"):
        run_isolated(devour, HERE, stall_s=20, memory_bytes=2 * GIB)


def test_an_error_of_the_child_is_raised_as_it_was():
    with pytest.raises(MediaError, match="not to my taste") as refusal:
        run_isolated(refuse, HERE, stall_s=20, memory_bytes=4 * GIB)

    assert (refusal.value.where, refusal.value.fix) == (str(HERE), "Try another.")


def test_a_defect_keeps_its_traceback():
    with pytest.raises(RuntimeError, match="ZeroDivisionError: a defect of ours"):
        run_isolated(stumble, HERE, stall_s=20, memory_bytes=4 * GIB)


def test_what_a_library_prints_is_no_report():
    assert run_isolated(chatter, HERE, stall_s=20, memory_bytes=4 * GIB) == "heard"


def test_an_interrupt_leaves_no_child_behind(tmp_path: Path):
    program = (
        "from pathlib import Path\n"
        "from ops.media.isolation import run_isolated\n"
        "from tests.ops.media.test_isolation import hang\n"
        "print('started', flush=True)\n"
        "run_isolated(hang, Path('x'), stall_s=60, memory_bytes=4 << 30)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], cwd=HERE.parents[3], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert parent.stdout is not None
    parent.stdout.readline()
    watched = psutil.Process(parent.pid)
    deadline = time.monotonic() + 60
    while not (children := watched.children()) and time.monotonic() < deadline:
        time.sleep(0.05)

    parent.send_signal(signal.SIGINT)
    parent.wait(timeout=60)

    assert children
    _, alive = psutil.wait_procs(children, timeout=60)
    assert not alive
