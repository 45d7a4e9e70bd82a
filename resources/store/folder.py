"""A store in a folder: temporary file, fsync, rename, fsync of the folder."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from ops.errors import StoreError
from resources.store.backend import Entry, Staged

__all__ = ["FolderBackend"]

_CHUNK = 1 << 20


class FolderBackend:
    """Objects are read-only files below `root`.

    Args:
        root: The store's folder; made if missing.

    Raises:
        StoreError: The folder cannot be made or written.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            if not os.access(self._root, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as error:
            raise StoreError(
                f"the store's folder cannot be used ({error.strerror})",
                where=self._root,
                fix="Mend its permissions, or set SHOWRUNNER_STORE to another place.",
            ) from error

    @property
    def where(self) -> str:
        """The folder."""
        return str(self._root)

    def put_files(self, files: Mapping[str, Staged], scratch: str, alive: Callable[[], None]) -> None:
        """See Backend."""
        folders: set[Path] = set()
        for name, staged in files.items():
            target = self._path(name)
            with _explained(target):
                folders |= _make_folders(target.parent)
                half = self._path(scratch)
                found = _copy(staged.path, half, alive)
                if found != staged.sha256:
                    half.unlink()
                    raise StoreError(
                        "changed while it was published", where=staged.path, fix="Publish a finished file."
                    )
                half.rename(target)
                folders.add(target.parent)
        for folder in sorted(folders, reverse=True):
            _sync_folder(folder)

    def put_bytes(self, name: str, content: bytes, scratch: str) -> None:
        """See Backend."""
        target, half = self._path(name), self._path(scratch)
        with _explained(target):
            folders = _make_folders(target.parent)
            with half.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            half.rename(target)
            for folder in (target.parent, *sorted(folders, reverse=True)):
                _sync_folder(folder)

    def touch(self, name: str) -> None:
        """See Backend."""
        path = self._path(name)
        with _explained(path):
            while True:
                path.parent.mkdir(parents=True, exist_ok=True)
                with contextlib.suppress(FileNotFoundError):  # another pruner took the folder in between
                    return path.touch()

    def read(self, name: str) -> bytes | None:
        """See Backend."""
        path = self._path(name)
        with _explained(path):
            try:
                return path.read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def download(self, name: str, to: Path) -> None:
        """See Backend."""
        path = self._path(name)
        with _explained(path):
            shutil.copyfile(path, to)

    def entries(self, prefix: str) -> list[Entry]:
        """See Backend."""
        found: list[Entry] = []
        folders = [self._path(prefix)]
        while folders:
            folder = folders.pop()
            with _explained(folder), contextlib.suppress(FileNotFoundError, NotADirectoryError):
                for each in list(os.scandir(folder)):
                    if each.is_dir(follow_symlinks=False):
                        folders.append(Path(each.path))
                        continue
                    with contextlib.suppress(FileNotFoundError):  # another process's rename or prune
                        told = each.stat(follow_symlinks=False)
                        name = Path(each.path).relative_to(self._root).as_posix()
                        found.append(Entry(name, told.st_size, told.st_mtime))
        return sorted(found, key=lambda entry: entry.name)

    def delete(self, names: Sequence[str]) -> None:
        """See Backend."""
        for name in names:
            path = self._path(name)
            with _explained(path):
                path.unlink(missing_ok=True)

    def delete_tree(self, prefix: str) -> None:
        """See Backend."""
        path = self._path(prefix)
        with _explained(path):
            shutil.rmtree(path, onerror=_unless_gone)

    def local(self, name: str) -> Path | None:
        """See Backend."""
        return self._path(name)

    def _path(self, name: str) -> Path:
        return self._root / name


def _unless_gone(_function: object, _path: str, error: tuple[type, BaseException, object]) -> None:
    if not isinstance(error[1], FileNotFoundError):  # another process may be removing the same remains
        raise error[1]


def _copy(source: Path, target: Path, alive: Callable[[], None]) -> str:
    """Copies durably, in chunks, and returns the SHA-256 of what was copied."""
    digest = sha256()
    with source.open("rb") as reading, target.open("wb") as writing:
        while chunk := reading.read(_CHUNK):
            digest.update(chunk)
            writing.write(chunk)
            alive()
        writing.flush()
        os.fchmod(writing.fileno(), 0o444)  # published bytes never change; tools that "fix" files in place fail
        os.fsync(writing.fileno())
    return digest.hexdigest()


def _make_folders(folder: Path) -> set[Path]:
    """Makes a folder and those above it; returns the folders whose listing changed."""
    changed: set[Path] = set()
    missing = folder
    while not missing.exists():
        missing = missing.parent
        changed.add(missing)
    folder.mkdir(parents=True, exist_ok=True)
    return changed


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _explained(where: Path):
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StoreError("is missing", where=error.filename or where, fix="Make the artifact again.") from error
    except OSError as error:
        raise StoreError(
            f"the store cannot be used: {error.strerror}",
            where=error.filename or where,
            fix="Free space or mend permissions, or set SHOWRUNNER_STORE to another place.",
        ) from error
