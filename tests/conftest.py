"""What every test may use: the open data set, where it is at hand."""

from __future__ import annotations

import os

# Before torch is: workers of the test run share the cores, and threads that wait for each other there take minutes.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("SHOWRUNNER_TEST_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of open test media; a test that needs it is skipped where it is absent."""
    if not (DATA / "video").is_dir():
        pytest.skip(f"no test media at {DATA}; set SHOWRUNNER_TEST_DATA to the folder that holds video/, audio/ …")
    return DATA


# The same examples in every run, however slow the machine: a check must not fail by the luck of a draw.
settings.register_profile("showrunner", derandomize=True, deadline=None)
settings.load_profile("showrunner")
