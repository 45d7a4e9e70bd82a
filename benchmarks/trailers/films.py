"""The films that trailers are cut from: assembled from open clips, and kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tests.support.assembled_film import assemble

__all__ = ["KeptFilm", "kept_film"]


@dataclass(frozen=True)
class KeptFilm:
    """An assembled film in its own folder, with what is true of it.

    Attributes:
        path: The film.
        frames: Its pictures.
        cuts: The first frame of every shot but the first.
        highlights: First frame and one past the last of each shot that was meant as a highlight.
    """

    path: Path
    frames: int
    cuts: tuple[int, ...]
    highlights: tuple[tuple[int, int], ...]

    @property
    def highlight_shots(self) -> list[int]:
        """Which of its shots were meant as highlights."""
        return [sum(cut <= first for cut in self.cuts) for first, _ in self.highlights]

    @property
    def folder(self) -> Path:
        """Where it lies, and where what is made of it is kept."""
        return self.path.parent


def kept_film(
    data: Path, keep: Path, seconds: float, *, size: tuple[int, int] = (1280, 720), seed: int = 1
) -> KeptFilm:
    """The assembled film of a length, size and seed: the kept one, or a new one that is kept.

    Args:
        data: The folder of open test media.
        keep: Where films are kept.
        seconds: At least so long.
        size: Of its picture.
        seed: Another seed is another film.
    """
    folder = keep / f"film-{seconds:g}s-{size[0]}x{size[1]}-{seed}"
    told = folder / "truth.json"
    if not told.is_file():  # written last, so that it stands for the whole film
        folder.mkdir(parents=True, exist_ok=True)
        film = assemble(data, folder, seconds=seconds, size=size, seed=seed)
        edges = [0, *film.cuts, film.frames]
        planted = [(edges[nth], edges[nth + 1]) for nth in film.highlights()]
        told.write_text(json.dumps({"frames": film.frames, "cuts": film.cuts, "highlights": planted}))
    truth = json.loads(told.read_text())
    return KeptFilm(
        folder / "film.mp4",
        int(truth["frames"]),
        tuple(truth["cuts"]),
        tuple((first, end) for first, end in truth["highlights"]),
    )
