"""A store in a folder, and one in a real S3 protocol server on loopback."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from resources.settings import S3Location, Settings, load_settings
from resources.store.artifact_store import ArtifactStore
from resources.store.backend import Backend
from resources.store.folder import FolderBackend
from resources.store.model import ArtifactKey, MadeBy
from resources.store.opening import open_bucket
from resources.store.upkeep import Waiting

KEY = ArtifactKey("sintel", "thumbnails", "16x9")
MADE = MadeBy("1", engine="embedded/test")


@dataclass(frozen=True)
class Medium:
    """A fresh place for a store, to be opened by any number of processes."""

    open_backend: Callable[[], Backend]
    folder: Path

    def open(
        self, *, keep: int = 3, cache: str = "cache", cache_bytes: int = 1 << 30, waiting: Waiting = lambda _: ()
    ) -> ArtifactStore:
        return ArtifactStore(
            self.open_backend(),
            keep_versions=keep,
            cache=self.folder / cache,
            cache_bytes=cache_bytes,
            waiting=waiting,
        )

    def names(self) -> list[str]:
        return [entry.name for entry in self.open_backend().entries("")]


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_settings(s3_address: str, tmp_path: Path) -> Settings:
    """Settings that reach a fresh bucket."""
    import boto3

    bucket = f"media-{abs(hash(tmp_path)):x}"
    settings = load_settings(
        tmp_path / "home",
        store=f"s3://{bucket}/show/runner",
        s3_endpoint_url=s3_address,
        s3_region="us-east-1",
        s3_access_key_id="key",
        s3_secret_access_key="secret",
    )
    client: Any = boto3.client(
        "s3",
        endpoint_url=s3_address,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    client.create_bucket(Bucket=bucket)
    return settings


@pytest.fixture
def in_folder(tmp_path: Path) -> Medium:
    return Medium(lambda: FolderBackend(tmp_path / "store"), tmp_path)


@pytest.fixture
def in_s3(s3_settings: Settings, tmp_path: Path) -> Medium:
    place = s3_settings.store_place
    assert isinstance(place, S3Location)
    backend = open_bucket(s3_settings, place)  # one for all: making a client takes longer than a request
    return Medium(lambda: backend, tmp_path)


@pytest.fixture(params=["folder", "s3"])
def medium(request: pytest.FixtureRequest) -> Medium:
    return request.getfixturevalue(f"in_{request.param}")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., dict[str, Path]]:
    """Makes files to publish: write({"a.jpg": "content"})."""

    def make(contents: Mapping[str, str | bytes]) -> dict[str, Path]:
        folder = tmp_path / "staged"
        files = {}
        for name, content in contents.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            files[name] = path
        return files

    return make
