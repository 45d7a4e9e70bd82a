"""Where the embedded PostgreSQL listens: a Unix socket in its data folder, or in a short one where that path is too
long.

Never a network port. Whoever reaches the socket is the database's superuser, so its folder is private to the server's
account (and to root).
"""

from __future__ import annotations

import os
import socket
import stat
import tempfile
from hashlib import sha256
from pathlib import Path

from ops.errors import SettingsError
from resources.postgres_account import ELSEWHERE, Account, foreign_folder, own

__all__ = ["SOCKET", "answers", "declared_folder", "folder_for_socket", "short_folder"]

SOCKET = ".s.PGSQL.5432"
_PATH_LIMIT = 107  # sun_path of unix(7) less its closing zero


def answers(folder: Path) -> bool:
    """Whether a server takes connections on the socket in this folder."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.settimeout(5.0)
        try:
            caller.connect(os.fsencode(folder / SOCKET))
        except OSError:
            return False
    return True


def declared_folder(data: Path) -> Path | None:
    """Where the data folder's server says that it listens (postmaster.pid, line 5); None where it says nothing."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError:
        raise foreign_folder(data) from None
    return Path(lines[4]) if len(lines) > 4 and lines[4] else None


def short_folder(data: Path) -> Path | None:
    """The folder for the socket where the data folder's path is too long for one; None where it is not.

    Raises:
        SettingsError: The folder for temporary files is too long as well.
    """
    if len(os.fsencode(data / SOCKET)) <= _PATH_LIMIT:
        return None
    name = f"showrunner-pg-{sha256(os.fsencode(data.resolve())).hexdigest()[:16]}"
    for parent in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 (a private folder, its owner is checked)
        if len(os.fsencode(parent / name / SOCKET)) <= _PATH_LIMIT:
            return parent / name
    raise SettingsError("the path is too long for a socket", where=data, fix="Use a shorter TMPDIR.")


def folder_for_socket(data: Path, account: Account) -> Path:
    """Where a new server shall listen; makes the folder if need be.

    Raises:
        SettingsError: Somebody else made a folder of that name.
    """
    short = short_folder(data)
    if short is None:
        return data
    short.mkdir(mode=0o700, exist_ok=True)
    if short.lstat().st_uid == os.geteuid():
        own(short, account)
    found = short.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
        raise SettingsError("is not the server's private folder", where=short, fix=f"Remove it. {ELSEWHERE}")
    return short
