"""Who is writing: a mark in the store for every writer under way, so that remains can be told from work.

A mark is an empty object `<key>/writers/<version>@<machine>.<pid>.<start>.<nonce>`. Its owner is dead when
that process is gone, seen from the same machine and boot, or when the mark was not renewed for LEASE_S, seen
from anywhere. What a dead writer left unfinished is removed by the next one; what a living one works on, or
relies on, stays.
"""

from __future__ import annotations

import functools
import math
import os
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import psutil

from resources.store.backend import Backend, Entry

__all__ = ["LEASE_S", "Writer", "living_and_dead"]

LEASE_S = 3600.0  # a writer renews four times as often; only one that hung for an hour loses its work


@dataclass
class Writer:
    """A writer's mark on one version of one key; entered and left by `with`."""

    backend: Backend
    key: str
    version: str

    def __post_init__(self) -> None:
        process = psutil.Process()
        start = int(process.create_time() * 100)
        nonce = secrets.token_hex(4)
        self.mark = f"{self.key}/writers/{self.version}@{_machine()}.{process.pid}.{start}.{nonce}"
        self.scratch = f"{self.mark}.half"
        self._renewed = -math.inf  # a clock that counts from the machine's start may stand near zero
        self._guard = threading.Lock()

    def alive(self) -> None:
        """Renews the mark when it is due; cheap to call often, from any thread."""
        with self._guard:
            if time.monotonic() - self._renewed < LEASE_S / 4:
                return
            self._renewed = time.monotonic()
        self.backend.touch(self.mark)

    def __enter__(self) -> Writer:
        self.alive()
        return self

    def __exit__(self, *exception: object) -> None:
        self.backend.delete([self.scratch, self.mark])


def living_and_dead(backend: Backend, key: str) -> tuple[set[str], dict[str, list[str]]]:
    """The versions that living writers work on, and the dead writers' versions with the names they left in writers/."""
    entries = backend.entries(f"{key}/writers/")
    # The medium's own clock, as far as it shows: the newest mark, which is the caller's own, was written just
    # now.
    now = max((entry.modified_s for entry in entries), default=0.0)
    living: set[str] = set()
    dead: dict[str, list[str]] = {}
    for entry in entries:
        version, _, owner = entry.name.rpartition("/")[2].partition("@")
        if _is_alive(owner, now - entry.modified_s, entries, entry):
            living.add(version)
        else:
            dead.setdefault(version, []).append(entry.name)
    return living, dead


def _is_alive(owner: str, age_s: float, entries: Sequence[Entry], entry: Entry) -> bool:
    machine, _, rest = owner.partition(".")
    if entry.name.endswith(".half"):  # as alive as the mark it belongs to
        mark = entry.name.removesuffix(".half")
        age_s = min((age_s, *(age_s + entry.modified_s - each.modified_s for each in entries if each.name == mark)))
    try:
        pid, start = (int(part) for part in rest.split(".")[:2])
    except ValueError:
        return False
    if machine != _machine():
        return age_s < LEASE_S
    try:
        process = psutil.Process(pid)
        return int(process.create_time() * 100) == start and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@functools.cache
def _machine() -> str:
    """This boot of this machine, and this view of its process ids (a container has its own)."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    since = boot.read_text().strip() if boot.exists() else f"{os.uname().nodename}-{psutil.boot_time():.0f}"
    space = Path("/proc/self/ns/pid")
    return sha256(f"{since}-{space.readlink() if space.exists() else ''}".encode()).hexdigest()[:12]
