"""The demo film of a home folder: rendered once, then found."""

from __future__ import annotations

import json
from pathlib import Path

from resources.masters import SIDECAR
from resources.settings import Settings, load_settings

__all__ = ["DEMO_TITLE", "demo_film"]

DEMO_TITLE = "first-light"
"""The id that the film's name becomes."""

_NAME = "First Light"


def demo_film(settings: Settings) -> Path:
    """The path of the demo film, rendering it if this home has none."""
    film = settings.home / "demo" / "showrunner-demo.mp4"
    film.parent.mkdir(parents=True, exist_ok=True)
    film.with_suffix(SIDECAR).write_text(json.dumps({"title": _NAME, "language": "en"}))
    if film.is_file():
        return film
    from ops.demo.film import render_demo_film
    from orchestration.progress_display import progress_display

    with progress_display() as watch:
        return render_demo_film(film, progress=lambda fraction: watch("rendering the demo film", fraction)).film


if __name__ == "__main__":
    print(demo_film(load_settings()))  # noqa: T201  the path, for `make demo`
