"""Opens what the settings name: the artifact store, or any other folder or bucket."""

from __future__ import annotations

from pathlib import Path

from resources.settings import S3Location, Settings
from resources.store.artifact_store import ArtifactStore
from resources.store.backend import Backend
from resources.store.folder import FolderBackend
from resources.store.upkeep import InUse, Waiting

__all__ = ["open_bucket", "open_store"]


def open_store(settings: Settings, in_use: InUse = lambda _: (), waiting: Waiting = lambda _: ()) -> ArtifactStore:
    """The artifact store of SHOWRUNNER_STORE: a folder, or s3://bucket/prefix.

    Args:
        settings: Where it is.
        in_use: Tells versions that stay although newer ones push them out.
        waiting: Tells held places that stay likewise; whoever holds results must give it.

    Raises:
        StoreError: It cannot be reached or written; names what to set.
    """
    place = settings.store_place
    backend: Backend = FolderBackend(place) if isinstance(place, Path) else open_bucket(settings, place)
    return ArtifactStore(
        backend,
        keep_versions=settings.keep_versions,
        cache=settings.cache_folder / "store",
        cache_bytes=int(settings.cache_gib * (1 << 30)),
        in_use=in_use,
        waiting=waiting,
    )


def open_bucket(settings: Settings, place: S3Location) -> Backend:
    """A place in S3, reached with the settings' endpoint and credentials.

    Raises:
        StoreError: The bucket does not exist or refuses these credentials.
    """
    from dagster_aws.s3 import S3Resource

    from resources.store.s3 import S3Backend

    secret = settings.s3_secret_access_key
    client = S3Resource(
        endpoint_url=settings.s3_endpoint_url,
        region_name=settings.s3_region,
        aws_access_key_id=settings.s3_access_key_id,
        aws_secret_access_key=secret.get_secret_value() if secret else None,
    ).get_client()
    return S3Backend(client, place)
