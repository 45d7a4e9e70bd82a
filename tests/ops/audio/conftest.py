"""Every recording of the open set is measured once, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from ops.audio.features import AudioFeatures
from ops.audio.measure import measure


@pytest.fixture(scope="session")
def heard(data: Path) -> Callable[[str], AudioFeatures]:
    """What was measured on a file of the data set's audio folder."""
    return cache(lambda name: measure(data / "audio" / name))
