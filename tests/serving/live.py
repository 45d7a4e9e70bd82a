"""A real serving process's app on a real socket, with titles, pictures, an experiment and keys."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import requests
import uvicorn
from PIL import Image

from ops.experiments.model import Plan
from resources.api_keys import ApiKeys, Scope
from resources.catalogue import Catalogue
from resources.database import Database
from resources.experiments import Arm, Experiments, Lifecycle, Role
from resources.published_variants import VARIANTS_FILE
from resources.settings import Settings
from resources.store.model import ArtifactKey, MadeBy, Manifest
from resources.store.opening import open_store
from serving.app import create_app

ARMS = ("0a1b2c3d", "1b2c3d4e", "2c3d4e5f")


@dataclass(frozen=True)
class Live:
    """An app that answers at `url`."""

    url: str
    settings: Settings
    database: Database
    key: str
    experiment: str
    manifest: Manifest

    def get(self, path: str, *, key: str | None = None, **more: object) -> requests.Response:
        return self.call("GET", path, key=key, **more)

    def post(self, path: str, body: object, *, key: str | None = None) -> requests.Response:
        return self.call("POST", path, key=key, json=body)

    def call(self, method: str, path: str, *, key: str | None = None, **more: object) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key if key is None else key}"} if key != "" else {}
        headers |= more.pop("headers", {})  # type: ignore[arg-type]
        return requests.request(
            method,
            self.url + path,
            headers=headers,
            allow_redirects=False,
            timeout=20,
            **more,  # type: ignore[arg-type]
        )

    def new_key(self, *scopes: Scope, rate_per_s: float = 1000.0) -> str:
        return ApiKeys(self.database).create("test", scopes, rate_per_s=rate_per_s)

    def stored(self, where: str = "true") -> int:
        with self.database.connection() as connection:
            row = connection.execute(f"SELECT count(*) FROM viewer_events WHERE {where}".encode()).fetchone()
        assert row is not None
        return row[0]


def deliver(database: Database, *names: str) -> None:
    for name in names:
        Catalogue(database).deliver(name, sha256=sha256(name.encode()).hexdigest(), uri=f"/{name}", size_bytes=1)


def variants_json(arms: Sequence[str], folder: Path) -> Path:
    """The `variants.json` of an artifact with these variants, as the thumbnails family writes it."""
    variants = [
        {"id": arm, "file": f"variant-{arm}.jpg", "recipe": {"treatment": "clean"}, "traits": {"face": "one"}}
        for arm in arms
    ]
    path = folder / VARIANTS_FILE
    path.write_text(json.dumps({"variants": variants}))
    return path


def publish_variants(settings: Settings, title: str, folder: Path, arms: Sequence[str] = ARMS) -> Manifest:
    """The title's first choice in 16:9, and a picture an arm."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, Path] = {}
    for number, name in enumerate(("16x9.jpg", *(f"variant-{arm}.jpg" for arm in arms))):
        across, down = np.meshgrid(np.linspace(0, 1, 320), np.linspace(0, 1, 180))
        hue = np.stack([across * 200 + 20, down * 160, np.full_like(across, 50 * number)], axis=-1)
        files[name] = folder / name
        Image.fromarray(hue.astype(np.uint8)).save(files[name])
    files[VARIANTS_FILE] = variants_json(arms, folder)
    return open_store(settings).publish(
        ArtifactKey(title, "thumbnails", "16x9"), files, made_by=MadeBy("1", "test"), inputs={}
    )


def start_experiment(database: Database, manifest: Manifest, plan: Plan, arms: Sequence[str] = ARMS) -> str:
    experiments = Experiments(database)
    drafted = [
        Arm(
            arm,
            manifest.version,
            f"variant-{arm}.jpg",
            manifest.file(f"variant-{arm}.jpg").sha256,
            Role.CHALLENGER if number else Role.INCUMBENT,
        )
        for number, arm in enumerate(arms)
    ]
    made = experiments.create(manifest.key.title, manifest.key.variant, drafted, plan, "ada")
    experiments.transition(made, Lifecycle.RUNNING, "ada", "approved")
    return made


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(settings: Settings) -> Iterator[str]:
    """The app, served by uvicorn in a thread of this process; gives its address."""
    app = create_app(settings)
    with in_a_thread(uvicorn.Config(app, host="127.0.0.1", port=free_port(), log_level="warning", ws="none")) as url:
        yield url


@contextlib.contextmanager
def in_a_thread(config: uvicorn.Config) -> Iterator[str]:
    """A server in a thread of this process; gives its address once it is up."""
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    url = f"http://{config.host}:{config.port}"
    try:
        wait_until_up(url)
        yield url
    finally:
        server.should_exit = True
        thread.join(30)


def wait_until_up(url: str, limit_s: float = 60.0) -> None:
    deadline = time.monotonic() + limit_s
    while True:
        try:
            if requests.get(f"{url}/readyz", timeout=2).status_code == 200:
                return
        except requests.ConnectionError:
            pass
        assert time.monotonic() < deadline, "the app did not come up"
        time.sleep(0.05)


@contextlib.contextmanager
def open_live(home: Path, **settings_: object) -> Iterator[Live]:
    """A whole house of its own with `sintel` under test, `cosmos` without pictures, and a key that may do all."""
    from resources.settings import load_settings

    settings = load_settings(home, database_url=None, requests_per_s=1000.0, **settings_)
    with Database.open(settings) as database:
        deliver(database, "sintel", "cosmos")
        manifest = publish_variants(settings, "sintel", home / "made")
        experiment = start_experiment(database, manifest, Plan(holdout=0.1))
        key = ApiKeys(database).create("everything", list(Scope), rate_per_s=10_000)
        with running(settings) as url:
            yield Live(url, settings, database, key, experiment, manifest)
