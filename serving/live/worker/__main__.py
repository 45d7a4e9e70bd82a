"""python -m serving.live.worker --families grade,filter (--socket FILE | --host ADDRESS --port N)"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_PARENT_S = 1.0


def main() -> int:
    """Run a worker until it is told to end, or until whoever started it is gone."""
    told = parser().parse_args()
    for library in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(library, str(told.threads))

    import uvicorn

    from ops.errors import SettingsError
    from ops.style.model import Family
    from resources.masters import Masters
    from resources.settings import load_settings
    from serving.live.library import StyleShelf
    from serving.live.worker.app import create_worker
    from serving.live.worker.bench import Bench
    from serving.live.worker.guard import Guard

    try:
        settings = load_settings(told.home)
        families = frozenset(Family(each) for each in told.families.split(","))
    except (SettingsError, ValueError) as error:
        print(error, file=sys.stderr)  # noqa: T201  (a command's last words)
        return 2
    _set_threads(told.threads)
    masters, shelf = Masters(settings), StyleShelf(settings)
    bench = Bench(shelf.for_look)
    guard = Guard(most_waiting=told.queue, memory_bytes=told.memory_mib << 20, release=bench.release)
    app = create_worker(families, bench, guard, lambda master: masters.local(_master(master.model_dump())))
    if told.parent:
        threading.Thread(target=_end_with, args=(told.parent,), daemon=True).start()
    place: dict[str, Any] = {"uds": str(told.socket)} if told.socket else {"host": told.host, "port": told.port}
    uvicorn.run(app, log_level="warning", access_log=False, loop="asyncio", timeout_graceful_shutdown=10, **place)
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m serving.live.worker", description="A worker that styles films.")
    made.add_argument("--families", required=True, help="kinds of styles: grade,filter,neural,overlay,camera")
    made.add_argument("--socket", type=Path, help="Unix socket to listen on")
    made.add_argument("--host", default="127.0.0.1", help="address to listen on")
    made.add_argument("--port", type=int, default=8090, help="port to listen on (default: 8090)")
    made.add_argument("--home", type=Path, help="folder of caches (default: .showrunner)")
    made.add_argument("--threads", type=int, default=2, help="threads of its libraries (default: 2)")
    made.add_argument("--queue", type=int, default=4, help="tasks that may wait (default: 4)")
    made.add_argument("--memory-mib", type=int, default=3072, help="memory beyond which it takes nothing on")
    made.add_argument("--parent", type=int, default=0, help="process without which it ends")
    return made


def _set_threads(threads: int) -> None:
    import cv2

    cv2.setNumThreads(threads)


def _master(told: Mapping[str, Any]) -> Any:
    from datetime import UTC, datetime

    from resources.titles import Master

    return Master(**told, delivered_at=datetime.fromtimestamp(0, UTC))


def _end_with(parent: int) -> None:
    """A worker whose pool was killed would wait for ever."""
    while os.getppid() == parent:
        time.sleep(_PARENT_S)
    os._exit(0)


if __name__ == "__main__":
    raise SystemExit(main())
