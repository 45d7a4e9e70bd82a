"""The films themselves: where a title's master was delivered, and how it is read.

A master stays where its owner put it, in a folder or in S3. What the house keeps is the address and the hash; a master
that changed or went since it was delivered is an error and never a silent other film.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path, PurePosixPath

from ops.errors import MediaError, StoreError
from ops.languages.table import by_tag
from resources.catalogue import Catalogue, Delivery, Master
from resources.settings import S3Location, Settings
from resources.store.cache import VerifiedFiles
from resources.store.model import StoredFile
from resources.store.opening import open_bucket
from resources.title_ids import name_of_file
from resources.work_folder import work_folder

__all__ = ["Masters"]

_LONGEST_GENRE = 40
_SMALL_BYTES = 32 << 20
"""Subtitles and scripts have less."""

SIDECAR = ".title.json"
"""Beside `film.mp4`, `film.title.json` names the title that the film is a master of; perhaps its genre, and what is
spoken."""


class Masters:
    """Masters in folders and in S3."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._downloads: dict[str, VerifiedFiles] = {}

    def deliver(self, address: str | Path, catalogue: Catalogue) -> Delivery:
        """Hash a film and enter it for its title: the one that its sidecar names, else the one of its file name.

        Args:
            address: A path, or s3://bucket/key.
            catalogue: Where titles and their masters are entered.

        Raises:
            MediaError: If the film or its sidecar cannot be read.
            StoreError: If its bucket is out of reach.
        """
        if str(address).startswith("s3://"):
            return self._deliver_object(str(address), catalogue)
        path = Path(address)
        sidecar = path.with_suffix(SIDECAR)
        try:
            told = _told_in(sidecar.read_bytes(), sidecar) if sidecar.is_file() else _Told(name_of_file(path))
            size = path.stat().st_size
            self._refuse_oversized(size, path)
            sha256 = _sha256(path)
        except OSError as error:
            raise MediaError(
                f"the film cannot be read ({error.strerror})",
                where=path,
                fix="Check the path and its permissions.",
            ) from error
        uri = str(path.resolve())
        delivery = catalogue.deliver(told.title, sha256=sha256, uri=uri, size_bytes=size, genre=told.genre)
        return replace(delivery, language=told.language)

    @contextmanager
    def neighbourhood(self, address: str) -> Iterator[Path]:
        """A film's path in a folder with the small files that are named after it; for one in S3 the folder is a copy.

        The film itself is not copied: of S3 the path holds nothing.

        Raises:
            StoreError: Its bucket is out of reach.
        """
        if not address.startswith("s3://"):
            yield Path(address)
            return
        bucket, key = _parts(address)
        backend = open_bucket(self._settings, S3Location(bucket, ""))
        film = PurePosixPath(key)
        with work_folder(self._settings) as folder:
            for entry in backend.entries(str(film.with_suffix(""))):
                name = PurePosixPath(entry.name)
                if name.parent == film.parent and name != film and entry.size_bytes <= _SMALL_BYTES:
                    backend.download(entry.name, folder / name.name)
            yield folder / film.name

    def _refuse_oversized(self, size: int, where: object) -> None:
        limit = self._settings.master_max_gib
        if size > limit * (1 << 30):
            raise MediaError(
                f"the film has {size / (1 << 30):.1f} GiB, more than the {limit:g} that are taken",
                where=where,
                fix="Raise SHOWRUNNER_MASTER_MAX_GIB if it is meant to be so large.",
            )

    def local(self, master: Master) -> Path:
        """A master as a local file, known to be the one that was delivered.

        One in S3 is downloaded once and verified; one in a folder is taken by its size, as its hash was taken when
        it was delivered and a second reading of a feature film costs minutes.

        Raises:
            StoreError: If it is gone or was changed.
        """
        if master.uri.startswith("s3://"):
            bucket, key = _parts(master.uri)
            promised = StoredFile(key, master.sha256, master.size_bytes, "")
            return self._bucket(bucket).get(key, promised)
        path = Path(master.uri)
        if not path.is_file():
            raise StoreError(
                "the master is not where it was delivered",
                where=path,
                fix="Put it back or deliver it again.",
            )
        if path.stat().st_size != master.size_bytes:
            raise StoreError(
                "the master was changed after it was delivered",
                where=path,
                fix="Deliver it again as a new master.",
            )
        return path

    def _deliver_object(self, address: str, catalogue: Catalogue) -> Delivery:
        bucket, key = _parts(address)
        backend = open_bucket(self._settings, S3Location(bucket, ""))
        for entry in backend.entries(key):
            if entry.name == key:
                self._refuse_oversized(entry.size_bytes, address)
        sidecar = backend.read(str(PurePosixPath(key).with_suffix(SIDECAR)))
        told = _Told(name_of_file(PurePosixPath(key))) if sidecar is None else _told_in(sidecar, address)
        with work_folder(self._settings) as folder:
            copy = folder / "master"
            backend.download(key, copy)
            sha256, size = _sha256(copy), copy.stat().st_size
        delivery = catalogue.deliver(told.title, sha256=sha256, uri=address, size_bytes=size, genre=told.genre)
        return replace(delivery, language=told.language)

    def _bucket(self, bucket: str) -> VerifiedFiles:
        if bucket not in self._downloads:
            self._downloads[bucket] = VerifiedFiles(
                open_bucket(self._settings, S3Location(bucket, "")),
                self._settings.cache_folder / "masters" / bucket,
                int(self._settings.cache_gib * (1 << 30)),
            )
        return self._downloads[bucket]


def _sha256(path: Path) -> str:
    with path.open("rb") as film:
        return file_digest(film, "sha256").hexdigest()


def _parts(address: str) -> tuple[str, str]:
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return bucket, key


@dataclass(frozen=True)
class _Told:
    """What a delivery says of its title."""

    title: str
    genre: str | None = None
    language: str | None = None


def _told_in(sidecar: bytes, where: object) -> _Told:
    """The title's name in a sidecar, its genre and the language that is spoken, where it has them.

    Raises:
        MediaError: If it names none, its genre is no short text, or its language none of the house.
    """
    try:
        read = json.loads(sidecar)
        name, genre, spoken = read["title"], read.get("genre"), read.get("language")
    except (ValueError, KeyError, TypeError) as error:
        raise MediaError(
            "the sidecar names no title",
            where=where,
            fix='Write {"title": "the name"} into it, or remove it.',
        ) from error
    if not isinstance(name, str) or not name.strip():
        raise MediaError("the sidecar's title is empty", where=where, fix="Give it a name, or remove the sidecar.")
    if genre is not None and (not isinstance(genre, str) or len(genre) > _LONGEST_GENRE):
        raise MediaError(
            "the sidecar's genre is no short text",
            where=where,
            fix=f'Write it as "genre": "drama", at most {_LONGEST_GENRE} characters, or leave it out.',
        )
    language = by_tag(spoken) if isinstance(spoken, str) else None
    if spoken is not None and language is None:
        raise MediaError(
            "the sidecar's language is none of the house",
            where=where,
            fix='Write a tag such as "language": "en", or a code such as eng_Latn, or leave it out.',
        )
    return _Told(name, genre, language.code if language else None)
