"""A version that the store keeps, read so that "it is not there" and "the store does not answer" stay two things."""

from __future__ import annotations

import logging

from ops.errors import StoreError
from resources.store.artifact_store import ArtifactStore
from resources.store.model import ArtifactKey, DamagedManifest, Manifest, check_version

__all__ = ["kept_version"]

_log = logging.getLogger(__name__)


def kept_version(store: ArtifactStore, key: ArtifactKey, version: str) -> Manifest | None:
    """The manifest of a version; None where it is definitely not to be had: pruned, damaged, or never a version.

    Raises:
        StoreError: The store is out of reach, and tells neither.
    """
    try:
        check_version(version)
    except StoreError:
        return None
    try:
        return store.manifest(key, version)
    except DamagedManifest as error:
        _log.warning("%s", error)
        return None
