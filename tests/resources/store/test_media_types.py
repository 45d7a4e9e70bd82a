"""A published file has one media type, whatever the table of the machine that publishes it says."""

from __future__ import annotations

import mimetypes
from pathlib import Path

import pytest

from resources.store.model import ArtifactKey
from resources.store.staging import stage

TYPES = {
    "manifest.mpd": "application/dash+xml",
    "master.m3u8": "application/vnd.apple.mpegurl",
    "0001.m4s": "video/iso.segment",
    "storyboard.vtt": "text/vtt",
    "edit.otio": "application/json",
    "edit.edl": "text/plain",
    "edit.fcpxml": "application/xml",
    "curves.npz": "application/zip",
}


@pytest.mark.parametrize("machine", [None, "audio/x-mpegurl"])
def test_types_of_trailers_do_not_depend_on_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: str | None
):
    monkeypatch.setattr(mimetypes, "guess_type", lambda *_, **__: (machine, None))
    files = {name: tmp_path / name for name in (*TYPES, "un.known")}
    for path in files.values():
        path.write_bytes(b"content")

    staged = stage(ArtifactKey("sintel", "trailer", "trailer_30"), files)

    told = {name: each.media_type for name, each in staged.items()}
    assert told.pop("un.known") == (machine or "application/octet-stream")
    assert told == TYPES
