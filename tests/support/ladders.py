"""Finished trailers to make ladders of, and the ladder of one, made once a session for every test that looks at it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from ops.ladder.make import make_ladder
from ops.ladder.model import Ladder
from resources.published_variants import LADDER_ARM, LADDER_FILM
from resources.settings import Settings
from resources.store.model import ArtifactKey, MadeBy, Manifest
from resources.store.opening import open_store
from tests.ops.media.witness import ffmpeg

__all__ = ["FinishedLadder", "excerpt", "finished", "publish_ladder"]

START_S, LENGTH_S = 28, 15
_made: dict[Path, FinishedLadder] = {}


@dataclass(frozen=True)
class FinishedLadder:
    """A film and its ladder, in its folder."""

    film: Path
    folder: Path
    ladder: Ladder


def excerpt(data: Path, path: Path, *, filters: str = "null", seconds: float = LENGTH_S, sound: bool = True) -> Path:
    """An excerpt of the Sintel trailer as a finished film of its own."""
    source = data / "video" / "sintel_trailer_720p.mp4"
    audio = ("-c:a", "aac", "-b:a", "160k") if sound else ("-an",)
    ffmpeg(
        *("-ss", str(START_S), "-t", str(seconds), "-i", source, "-vf", filters),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", *audio, path),
    )
    return path


def finished(data: Path, factory: pytest.TempPathFactory) -> FinishedLadder:
    """15 s of Sintel in 480p with sound, and its ladder."""
    base = factory.getbasetemp()
    if base not in _made:
        folder = factory.mktemp("ladder")
        film = excerpt(data, folder / "trailer.mp4", filters="scale=854:480")
        (folder / "made").mkdir()
        _made[base] = FinishedLadder(film, folder / "made", make_ladder(film, folder / "made"))
    return _made[base]


def publish_ladder(
    settings: Settings, made: FinishedLadder, title: str = "sintel", cut: str = "teaser_15", challenger: bytes = b""
) -> Manifest:
    """The film and its ladder in a store, as their families publish them; beside a challenger where one is given."""
    store = open_store(settings)
    files, arm = {"trailer.mp4": made.film}, ""
    if challenger:
        arm, other, variants = "old00000", made.film.with_name("challenger.mp4"), made.film.with_name("variants.json")
        other.write_bytes(challenger)
        told = [{"id": arm, "file": "trailer.mp4", "kept": True}, {"id": "new00000", "file": "challenger.mp4"}]
        variants.write_text(json.dumps({"variants": told}))
        files |= {other.name: other, variants.name: variants}
    film = store.publish(ArtifactKey(title, "trailer", cut), files, made_by=MadeBy("1", "test"), inputs={})
    top = made.ladder.rungs[0].track
    return store.publish(
        ArtifactKey(title, "trailer_ladder", cut),
        made.ladder.files,
        made_by=MadeBy("1", "test", parameters={LADDER_FILM: film.file("trailer.mp4").sha256, LADDER_ARM: arm}),
        inputs={f"trailer/{cut}": film.data_version},
        quality={"duration_s": made.ladder.duration_s, "width": top.width, "height": top.height},
    )
