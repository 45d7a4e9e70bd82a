"""The Dagster instance of a home folder: the root `dagster.yaml`, with its storage below that home."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from resources.settings import Settings

__all__ = ["PROJECT", "local_instance", "write_instance"]

PROJECT = Path(__file__).resolve().parents[1]
"""The checkout, where dagster.yaml and workspace.yaml stand."""

_STORAGE = ".showrunner/dagster"
"""Where the root dagster.yaml keeps its storage, relative to the checkout."""


def local_instance(settings: Settings) -> dg.DagsterInstance:
    """The instance whose history is that of `settings.home`; what `showrunner dev` shows of that home."""
    return dg.DagsterInstance.from_config(str(write_instance(settings)))


def write_instance(settings: Settings) -> Path:
    """Write the home's dagster.yaml; returns its folder, which is the home's DAGSTER_HOME."""
    folder = settings.dagster_folder
    folder.mkdir(parents=True, exist_ok=True)
    config = (PROJECT / "dagster.yaml").read_text(encoding="utf-8")
    written = folder / "dagster.yaml"
    written.write_text(config.replace(_STORAGE, str(folder)), encoding="utf-8")
    return folder
