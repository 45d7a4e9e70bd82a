"""The process that holds the networks: `python -m serving.blend_studio.worker FACTORY FD`.

FACTORY is `module:function` of whatever makes the engine, FD the number of the socket to the server. The process ends
with the socket, so that a server that dies leaves nothing behind.
"""

from __future__ import annotations

import importlib
import sys
import threading
from multiprocessing.connection import Connection

from serving.blend_studio.desk import Desk
from serving.blend_studio.engine import Engine, Ready, Report

__all__ = ["main"]


def main(factory: str, descriptor: int) -> None:
    """Work for the server at the other end of the socket until it hangs up."""
    server = Connection(descriptor)
    sending = threading.Lock()

    def report(told: Report) -> None:
        try:
            with sending:
                server.send(told)
        except OSError:
            desk.close()  # nobody listens any more

    engine = _engine(factory)
    desk = Desk(engine, report)
    threads = [threading.Thread(target=work, daemon=True) for work in (desk.make_instants, desk.refine)]
    for thread in threads:
        thread.start()
    report(Ready(engine.layers()))
    try:
        while True:
            desk.take(server.recv())
    except (EOFError, OSError):
        desk.close()


def _engine(factory: str) -> Engine:
    module, _, function = factory.partition(":")
    return getattr(importlib.import_module(module), function)()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
