"""A film analysed by the house's own assets, in a home that is kept, and its cutting room."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from assets.making import Work, making
from assets.trailer_learning import learned_weights
from assets.trailer_room import CuttingRoom
from assets.trailers import TRAILERS
from orchestration.local_instance import local_instance
from orchestration.make import make_title
from resources.settings import load_settings
from resources.studio import open_studio

__all__ = ["TRAILER", "analyse", "analysed", "in_cutting_room"]

TRAILER = next(artifact for artifact in TRAILERS if artifact.asset == "trailer/trailer_30")

_Told = TypeVar("_Told")


def analyse(film: Path, home: Path) -> dict[str, Any]:
    """Make everything that a trailer is cut from: the title's id, and the seconds that each artifact took.

    Raises:
        RuntimeError: An asset failed.
    """
    settings = load_settings(home)
    with open_studio(settings) as studio:
        report = make_title(film, ["scenes"], studio, local_instance(settings))
        if report.troubled or report.skipped:
            raise RuntimeError(f"{film.name} cannot be analysed: {report.failed or report.held or report.skipped}")
        seconds = {made.asset: made.manifest.cost["seconds"] for made in report.artifacts}
        return {"title": report.title, "seconds": seconds}


def analysed(film: Path) -> dict[str, Any]:
    """What `analyse` told of a film, and what it cost in a process of its own; kept beside the film."""
    from benchmarks.trailers.costs import in_own_process

    home, told = film.parent / "home", film.parent / "analysed.json"
    if not told.is_file():
        cost = in_own_process("analyse", {"film": str(film), "home": str(home)}, timeout_s=3600)
        if cost is None:
            raise RuntimeError(f"{film} is not analysed within an hour")
        told.write_text(
            json.dumps({**cost.told, "wall_s": cost.seconds, "cpu_s": cost.cpu_s, "memory_mb": cost.memory_mb})
        )
    return {**json.loads(told.read_text()), "home": str(home)}


def in_cutting_room(home: Path, title: str, at_work: Callable[[Work, CuttingRoom], _Told]) -> _Told:
    """Do something with everything that the 30 s trailer of an analysed title is cut from; nothing is published."""
    with open_studio(load_settings(home)) as studio, making(title, TRAILER, studio) as work:
        return at_work(work, CuttingRoom(work, learned_weights(studio)))
