"""A worker's own API, asked without a socket between."""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from ops.errors import StoreError
from ops.style.catalogue import house_styles
from ops.style.model import Family
from serving.live.jobs import Master
from serving.live.worker.app import create_worker
from serving.live.worker.arrivals import Arrivals
from serving.live.worker.bench import Bench
from serving.live.worker.guard import Guard, Overloaded
from serving.live.worker.reading import read_film
from tests.ops.media.witness import ffmpeg

GREY = {"parts": [{"style": "noir", "weight": 1.0}]}
FRAME = 64 * 36 * 3 // 2


@pytest.fixture(scope="module")
def worker() -> TestClient:
    bench = Bench(lambda _: house_styles())
    guard = Guard(most_waiting=2, memory_bytes=8 << 30, release=bench.release)
    return TestClient(create_worker(frozenset({Family.GRADE}), bench, guard, lambda master: Path(master.uri)))


def frames(head: Mapping[str, Any], planes: bytes) -> bytes:
    told = json.dumps(head).encode()
    return struct.pack(">I", len(told)) + told + planes


def head(**more: Any) -> dict[str, Any]:
    return {"stream": "s", "first": 0, "frames": 2, "width": 64, "height": 36, "rate": "24", "look": GREY} | more


def test_raw_frames_come_back_in_their_look_and_their_order(worker: TestClient) -> None:
    dark, light = np.full(FRAME, 60, np.uint8), np.full(FRAME, 180, np.uint8)
    dark[64 * 36 :] = light[64 * 36 :] = 100

    answer = worker.post("/frames", content=frames(head(), dark.tobytes() + light.tobytes()))

    made = np.frombuffer(answer.content, np.uint8).reshape(2, FRAME)
    assert answer.status_code == 200
    assert np.abs(made[:, 64 * 36 :].astype(int) - 128).max() <= 1  # noir has no colour
    assert made[0, : 64 * 36].mean() < made[1, : 64 * 36].mean()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"\xff\xff\xff\xff", 422),
        (frames(head(), b"short"), 422),
        (frames(head(width=63), b""), 422),
        (frames(head(rate="0"), b""), 422),
        (frames(head(rate="1/0"), b""), 422),
        (frames(head(frames=1, look={"parts": []}), bytes(FRAME)), 409),
        (frames(head(frames=1, look={"parts": [{"style": "../noir"}]}), bytes(FRAME)), 422),
        (frames(head(frames=1, look={"parts": 3}), bytes(FRAME)), 422),
    ],
)
def test_frames_that_cannot_be_used_are_refused_in_words(worker: TestClient, body: bytes, status: int) -> None:
    answer = worker.post("/frames", content=body)

    assert answer.status_code == status, answer.text
    assert worker.get("/health").status_code == 200


def test_health_and_load_are_told(worker: TestClient) -> None:
    told = worker.get("/health").json()
    load = worker.get("/load").json()

    assert told["families"] == ["grade"] and told["stuck_s"] == 0 and told["memory_bytes"] > 1 << 20
    assert set(load) == {"queue", "queue_s", "busy", "frames_per_s"}
    assert "showrunner_live_queue_seconds 0.0" in worker.get("/metrics").text


def test_a_film_that_is_none_is_refused_in_words(worker: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"no film at all")
    master = {"title": "t", "sha256": "0" * 64, "uri": str(path), "size_bytes": 14}

    answer = worker.post("/film", json={"master": master})

    assert answer.status_code == 409
    assert answer.json()["kind"] == "MediaError"


def test_a_film_on_its_way_takes_no_tasks_turn_and_is_asked_for_again(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x36:r=5:d=1", "-c:v", "libx264", "-preset", "ultrafast", path)
    film, here, fetched = read_film(path), threading.Event(), []

    def local(master: Master) -> Path:
        fetched.append(master.sha256)
        here.wait(20)
        return path

    guard = Guard(most_waiting=2, memory_bytes=8 << 30)
    worker = TestClient(create_worker(frozenset(Family), Bench(lambda _: house_styles()), guard, local))
    master = {"title": "t", "sha256": "0" * 64, "uri": "s3://b/k", "size_bytes": 1}
    job = {"master": master, "film": film.to_json(), "number": 0, "rung": "36p", "look": None, "step": 0}

    waiting = [worker.post("/segments", json=job) for _ in range(2)]
    while_coming = guard.stuck_s, guard.load.queue
    here.set()
    made = worker.post("/segments", json=job)

    assert [answer.status_code for answer in waiting] == [503, 503]
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in waiting)
    assert while_coming == (0.0, 0)
    assert made.status_code == 200 and len(fetched) <= 2  # once, and once more to see that it is still here


def test_a_film_that_came_to_nothing_while_nobody_waited_is_told_of_and_tried_anew() -> None:
    go, tries = threading.Event(), []

    def local(master: Master) -> Path:
        tries.append(master)
        go.wait(20)
        if len(tries) == 1:
            raise StoreError("broke off", where=master.uri, fix="Try again.")
        return Path("/film")

    arrivals, master = Arrivals(local), Master(title="t", sha256="0" * 64, uri="s3://b/k", size_bytes=1)
    with pytest.raises(Overloaded, match="on its way"):
        arrivals.path(master, patience_s=0.01)
    go.set()

    with pytest.raises(StoreError, match="broke off"):
        arrivals.path(master, patience_s=None)
    assert arrivals.path(master, patience_s=None) == Path("/film")


def test_four_films_on_their_way_keep_nobody_from_one_that_is_here() -> None:
    go = threading.Event()

    def local(master: Master) -> Path:
        if master.title != "here":
            go.wait(20)
        return Path("/film")

    def film(number: int, title: str) -> Master:
        return Master(title=title, sha256=f"{number:064x}", uri="s3://b/k", size_bytes=1)

    arrivals = Arrivals(local)
    arrivals.path(film(0, "here"), patience_s=None)
    for number in range(1, 5):
        with pytest.raises(Overloaded):
            arrivals.path(film(number, "far"), patience_s=0.01)

    assert arrivals.path(film(0, "here"), patience_s=5) == Path("/film")
    go.set()
