"""Events a second and the latency of a thumbnail decision with 1,000 live experiments, over loopback.

    .venv/bin/python -m benchmarks.serving [--seconds 20] [--events-per-s 2000] [--decisions-per-s 100] [--bandit]

The app runs in a process of its own on the embedded PostgreSQL; this one sends. Decisions are asked for at a steady
pace (open loop: the clock starts when a request is due, so that a stalled server cannot hide behind a waiting client),
while batches of 100 events arrive beside them. Everything shares this machine's cores, the sender included.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np

from ops.experiments.model import Plan
from resources.api_keys import ApiKeys, Scope
from resources.database import Database
from resources.experiments import Experiments
from resources.settings import load_settings
from tests.serving.live import ARMS, deliver, free_port, publish_variants, start_experiment, wait_until_up

_EXPERIMENTS = 1_000
_BATCH = 100


Send = Callable[["Wire"], Awaitable[None]]


class Wire:
    """One kept-alive HTTP/1.1 connection; a client library would cost more than what is measured."""

    def __init__(self, port: int, key: str) -> None:
        self._port, self._key = port, key
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self._key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in answer.split(b"\r\n") if line.lower().startswith(b"content-length")),
            0,
        )
        return int(answer[9:12]), await reader.readexactly(length)


async def paced(per_s: float, seconds: float, wires: list[Wire], send: Send) -> list[float]:
    """Send at a steady pace over a few connections; seconds from when each was due to its answer."""
    free: asyncio.Queue[Wire] = asyncio.Queue()
    for wire in wires:
        free.put_nowait(wire)
    took: list[float] = []
    began = time.perf_counter()

    async def one(due: float) -> None:
        wire = await free.get()
        try:
            await send(wire)
            took.append(time.perf_counter() - due)
        finally:
            free.put_nowait(wire)

    tasks = []
    for number in range(int(per_s * seconds)):
        due = began + number / per_s
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(due)))
    await asyncio.gather(*tasks)
    return took


async def load(port: int, key: str, seconds: float, events_per_s: float, decisions_per_s: float) -> dict[str, object]:
    """Decisions and events side by side."""
    dice = random.Random(1)
    titles = [f"title-{number}" for number in range(_EXPERIMENTS)]
    stored = 0

    async def decide(wire: Wire) -> None:
        title, viewer = dice.choice(titles), dice.randrange(200_000)
        status, _ = await wire.ask("GET", f"/v1/titles/{title}/thumbnail?aspect=16x9&viewer=v{viewer}")
        assert status == 302, status

    async def report(wire: Wire) -> None:
        nonlocal stored
        events = [
            {
                "id": uuid.UUID(int=dice.getrandbits(128)).hex,
                "kind": dice.choices(["impression", "click", "watch"], [90, 5, 5])[0],
                "viewer": f"v{dice.randrange(200_000)}",
                "title": dice.choice(titles),
                "aspect": "16x9",
            }
            for _ in range(_BATCH)
        ]
        status, answer = await wire.ask("POST", "/v1/events", json.dumps({"events": events}).encode())
        assert status == 200, answer
        stored += json.loads(answer)["stored"]

    began = time.perf_counter()
    work = [paced(decisions_per_s, seconds, [Wire(port, key) for _ in range(8)], decide)]
    if events_per_s:
        work.append(paced(events_per_s / _BATCH, seconds, [Wire(port, key) for _ in range(4)], report))
    decisions, *reports = await asyncio.gather(*work)
    spent = time.perf_counter() - began
    told: dict[str, object] = {"decisions": len(decisions), **{f"p{p}_ms": _ms(decisions, p) for p in (50, 95, 99)}}
    if reports:
        told |= {"events_per_s": round(stored / spent), **{f"batch_p{p}_ms": _ms(reports[0], p) for p in (50, 99)}}
    return told


def _ms(seconds: list[float], percent: int) -> float:
    return round(1000 * float(np.percentile(seconds, percent)), 2)


def furnish(home: Path, *, bandit: bool) -> str:
    """1,000 titles under test with three arms each; returns a key."""
    settings = load_settings(home, database_url=None)
    with Database.open(settings) as database:
        titles = [f"title-{number}" for number in range(_EXPERIMENTS)]
        deliver(database, *titles)
        experiments = Experiments(database)
        for title in titles:
            made = start_experiment(database, publish_variants(settings, title, home / "made"), Plan())
            if bandit:
                experiments.set_weights(made, dict(zip(ARMS, (0.2, 0.3, 0.5), strict=True)), "thompson")
        return ApiKeys(database).create("load", list(Scope), rate_per_s=1_000_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--events-per-s", type=float, default=2_000.0)
    parser.add_argument("--decisions-per-s", type=float, default=100.0)
    parser.add_argument("--bandit", action="store_true", help="shares have moved: unknown viewers are looked up")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home, port = Path(folder) / "home", free_port()
        key = furnish(home, bandit=told.bandit)
        serving = subprocess.Popen(
            [sys.executable, "-m", "orchestration.cli", "serve", "--home", str(home), "--port", str(port)],
            env={**os.environ, "SHOWRUNNER_HOME": str(home)},
        )
        try:
            wait_until_up(f"http://127.0.0.1:{port}", limit_s=60)
            time.sleep(3)
            print("load average", os.getloadavg(), "cores", os.cpu_count())
            for events in (0.0, told.events_per_s):
                result = asyncio.run(load(port, key, told.seconds, events, told.decisions_per_s))
                print(json.dumps({"experiments": _EXPERIMENTS, "offered_events_per_s": events, **result}))
        finally:
            serving.send_signal(signal.SIGTERM)
            serving.wait(30)


if __name__ == "__main__":
    main()
