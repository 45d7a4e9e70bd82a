"""`showrunner dev`: programs that start together end together, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import psutil

from orchestration.dev import run_together

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def children() -> set[int]:
    return {each.pid for each in psutil.Process().children(recursive=True)}


def test_when_one_ends_the_other_is_ended_and_its_code_is_told():
    before = children()
    began = time.monotonic()

    code = run_together([SLEEPER, [sys.executable, "-c", "raise SystemExit(3)"]], dict(os.environ))

    assert code == 3
    assert time.monotonic() - began < 30
    assert children() <= before


def test_a_signal_ends_all_of_them_well():
    before = children()
    threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGTERM)).start()

    code = run_together([SLEEPER, SLEEPER], dict(os.environ))

    assert code == 0
    assert children() <= before


def test_one_that_will_not_end_is_killed_with_what_it_started(monkeypatch, tmp_path: Path):
    monkeypatch.setattr("orchestration.dev._GRACE_S", 1.0)
    ready = tmp_path / "ready"
    stubborn = (
        "import pathlib, signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN);"
        f"pathlib.Path({str(ready)!r}).touch(); time.sleep(60)"
    )
    waits = f"import pathlib, time\nwhile not pathlib.Path({str(ready)!r}).exists(): time.sleep(0.05)"
    before = children()

    code = run_together([[sys.executable, "-c", stubborn], [sys.executable, "-c", waits]], dict(os.environ))

    assert code == 0
    assert children() <= before
