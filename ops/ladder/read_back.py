"""The package read as a player would: from its manifests, by FFmpeg's readers of HLS and DASH, to the last packet."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.errors import MediaError
from ops.ladder.model import Ladder
from ops.media.ffmpeg import run_ffmpeg

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_back"]

_TIMEOUT_S = 300.0


def read_back(ladder: Ladder, manifests: dict[str, Path]) -> pd.DataFrame:
    """One row a manifest: what a reader finds behind it, beside what should be there.

    Args:
        ladder: What was made.
        manifests: "HLS" and "DASH" to their files.
    """
    import pandas as pd

    return pd.DataFrame([{"manifest": name, **_found(path, ladder)} for name, path in manifests.items()])


def _found(path: Path, ladder: Ladder) -> dict[str, Any]:
    expected = {
        "rungs_expected": len(ladder.rungs),
        "frames_expected": ladder.source_frames,
        "sounds_expected": len(ladder.sounds),
        "source_has_sound": ladder.source_has_sound,
    }
    try:
        run = run_ffmpeg(["-i", path, "-map", "0", "-c", "copy", "-f", "framecrc", "-"], timeout_s=_TIMEOUT_S)
    except MediaError as error:
        nothing = {"rungs": 0, "fewest_frames": 0, "most_frames": 0, "sounds": 0}
        return {"parses": False, "trouble": error.what, **nothing, **expected}
    packets, kinds = Counter[int](), dict[int, str]()
    for line in run.stdout.decode().splitlines():
        if line.startswith("#media_type"):
            number, kind = line.removeprefix("#media_type ").split(": ")
            kinds[int(number)] = kind
        elif not line.startswith("#"):
            packets[int(line.partition(",")[0])] += 1
    frames = [packets[number] for number, kind in kinds.items() if kind == "video"]
    return {
        "parses": True,
        "trouble": "",
        "rungs": len(frames),
        "fewest_frames": min(frames, default=0),
        "most_frames": max(frames, default=0),
        "sounds": sum(packets[number] > 0 for number, kind in kinds.items() if kind == "audio"),
        **expected,
    }
