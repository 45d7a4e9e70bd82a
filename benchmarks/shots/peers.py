"""PySceneDetect as the peer: its own command line, at its defaults and at its best published setting."""

from __future__ import annotations

import csv
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

from ops.shots.evaluate import Change

__all__ = ["Setting", "scenedetect_cuts"]


class Setting(StrEnum):
    """How the peer is set."""

    DEFAULT = "default"
    BEST = "best"
    """Best single setting of PySceneDetect's own sweep over BBC, AutoShot and ClipShots."""


_OPTIONS = {
    Setting.DEFAULT: ["detect-adaptive"],
    Setting.BEST: ["detect-adaptive", "--threshold", "3.5", "--frame-window", "3", "--min-scene-len", "0.6s"],
}


def scenedetect_cuts(film: Path, setting: Setting, scratch: Path) -> list[Change]:
    """The cuts that `scenedetect` finds, read from the list of scenes it writes to `scratch`."""
    command = Path(sys.executable).with_name("scenedetect")
    arguments = [str(command), "-q", "-i", str(film), "-o", str(scratch), *_OPTIONS[setting]]
    subprocess.run(
        [*arguments, "list-scenes", "--skip-cuts", "--quiet", "-f", "scenes.csv"], check=True, capture_output=True
    )
    with (scratch / "scenes.csv").open(newline="") as file:
        starts = [int(row["Start Frame"]) - 1 for row in csv.DictReader(file)]  # it counts frames from 1
    return [Change.cut(start) for start in starts[1:]]
