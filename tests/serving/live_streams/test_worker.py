"""A worker's own API, asked without a socket between."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from ops.style.catalogue import house_styles
from ops.style.model import Family
from serving.live.worker.app import create_worker
from serving.live.worker.bench import Bench
from serving.live.worker.guard import Guard

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
