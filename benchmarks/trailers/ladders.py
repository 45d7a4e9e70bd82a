"""What a trailer's quality ladder costs, and whether its rungs have the VMAF that they were promised."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from ops.ladder.make import make_ladder

__all__ = ["ladder_of"]


def ladder_of(film: Path) -> dict[str, Any]:
    """Make a film's ladder: seconds by step, and each rung's VMAF as wanted, predicted and delivered."""
    with tempfile.TemporaryDirectory(dir=film.parent) as folder:
        ladder = make_ladder(film, Path(folder))
    return {
        "film_s": ladder.duration_s,
        "seconds": ladder.seconds,
        "rungs": [
            {
                "name": rung.choice.rung.name,
                "target": rung.choice.target,
                "predicted": rung.choice.predicted_vmaf,
                "delivered": rung.vmaf,
                "crf": rung.choice.crf,
                "rate": rung.average_rate,
                "tries": rung.tries,
                "why_off": rung.why_off,
            }
            for rung in ladder.rungs
        ],
    }
