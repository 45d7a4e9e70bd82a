"""What the store speaks of: keys, manifests and the files they list.

Belongs here: values, their validation and their JSON form. Does not belong here: reading or writing anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Self

from ops.errors import StoreError

__all__ = ["ArtifactKey", "DamagedManifest", "MadeBy", "Manifest", "StoredFile", "payload_hash"]

_TITLE = re.compile(r"[a-z0-9](-?[a-z0-9])*")
_ARTIFACT = re.compile(r"[a-z][a-z0-9_]*")
_VARIANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_FILE_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+@=, -]*")
_VERSION = re.compile(r"\d{8}T\d{12}-[0-9a-f]{12}")
_STAMP = "%Y%m%dT%H%M%S%f"
_RESERVED = frozenset({"versions", "writers", "held", "manifest.json"})  # names of the store's own below a key
_LONGEST_NAME = 200


class DamagedManifest(StoreError):
    """A manifest that was read and is none: it is definite, where a store out of reach may answer the next time."""


@dataclass(frozen=True, order=True)
class ArtifactKey:
    """One artifact of one title: `ArtifactKey("sintel", "thumbnails", "16x9")`.

    Raises:
        StoreError: A part could not be a folder's name everywhere (or would climb out of the store).
    """

    title: str
    artifact: str
    variant: str = ""

    def __post_init__(self) -> None:
        if not _TITLE.fullmatch(self.title) or len(self.title) > 63:
            raise StoreError(
                "is not a title id",
                where=repr(self.title),
                fix="Ids are lower-case a-z, 0-9 and single hyphens.",
            )
        if not _ARTIFACT.fullmatch(self.artifact):
            raise StoreError("is not an artifact's name", where=repr(self.artifact), fix="Use a-z, 0-9 and _.")
        if self.variant and (
            not _VARIANT.fullmatch(self.variant) or self.variant in _RESERVED or len(self.variant) > _LONGEST_NAME
        ):
            raise StoreError("is not a variant's name", where=repr(self.variant), fix="Use letters, digits, _ . -")

    @classmethod
    def of_asset(cls, title: str, asset: str) -> Self:
        """The key of an asset's artifact: `of_asset("sintel", "thumbnails/16x9")`."""
        artifact, _, variant = asset.partition("/")
        return cls(title, artifact, variant)

    @property
    def asset(self) -> str:
        """The Dagster asset's name: "shots", "thumbnails/16x9"."""
        return f"{self.artifact}/{self.variant}" if self.variant else self.artifact

    @property
    def path(self) -> str:
        """Where the store keeps it, below its root."""
        return f"{self.title}/{self.asset}"

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True)
class MadeBy:
    """What made an artifact: enough to make it again.

    `engine` names the code path ("embedded/opencv-cascade"), `model` the weights where there are any,
    `parameters` what was chosen beyond the defaults (JSON values).
    """

    code_version: str
    engine: str = ""
    model: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StoredFile:
    """One published file: its name within the artifact, the hash and size of its bytes, its media type."""

    name: str
    sha256: str
    size_bytes: int
    media_type: str


@dataclass(frozen=True)
class Manifest:
    """What a version of an artifact is: a reader needs this and nothing else.

    `data_version` is the hash of the payload (the files' names and bytes, before anything was sealed into them) and
    Dagster's DataVersion; `files` lists what was published, so their hashes are those of addresses. `inputs` maps each
    upstream to its data version; `cost` is in seconds. `withheld` names the files that nobody may be shown before a
    person approved them, each with the recipe that the review is about. `review` is "auto" where the gates decided,
    else the verdict; then `reviewed` tells by whom, why, and what the gates had said.
    """

    key: ArtifactKey
    version: str
    data_version: str
    files: tuple[StoredFile, ...]
    made_by: MadeBy
    inputs: Mapping[str, str]
    created_at: datetime
    cost: Mapping[str, float]
    quality: Mapping[str, Any]
    review: str
    withheld: Mapping[str, str] = field(default_factory=dict)
    reviewed: Mapping[str, str] = field(default_factory=dict)

    def file(self, name: str) -> StoredFile:
        """The file of that name.

        Raises:
            StoreError: The artifact has no such file.
        """
        for stored in self.files:
            if stored.name == name:
                return stored
        names = ", ".join(stored.name for stored in self.files[:10])
        raise StoreError(f"has no file {name!r}", where=self.key, fix=f"It has: {names}.")

    def to_json(self) -> bytes:
        """The manifest's published form (UTF-8 JSON, keys sorted)."""
        content = {
            "key": {"title": self.key.title, "artifact": self.key.artifact, "variant": self.key.variant},
            "version": self.version,
            "data_version": self.data_version,
            "files": [vars(stored) for stored in self.files],
            "made_by": {**vars(self.made_by), "parameters": dict(self.made_by.parameters)},
            "inputs": dict(self.inputs),
            "created_at": self.created_at.isoformat(),
            "cost": dict(self.cost),
            "quality": dict(self.quality),
            "review": self.review,
            "withheld": dict(self.withheld),
            "reviewed": dict(self.reviewed),
        }
        return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1).encode()

    @classmethod
    def from_json(cls, text: bytes, *, where: str) -> Self:
        """Reads what `to_json` wrote.

        Raises:
            DamagedManifest: The text is no manifest.
        """
        try:
            content = json.loads(text)
            return cls(
                key=ArtifactKey(**content["key"]),
                version=check_version(content["version"]),
                data_version=content["data_version"],
                files=tuple(
                    StoredFile(check_name(each["name"]), each["sha256"], each["size_bytes"], each["media_type"])
                    for each in content["files"]
                ),
                made_by=MadeBy(**content["made_by"]),
                inputs=content["inputs"],
                created_at=datetime.fromisoformat(content["created_at"]),
                cost=content["cost"],
                quality=content["quality"],
                review=content["review"],
                withheld=content.get("withheld", {}),
                reviewed=content.get("reviewed", {}),
            )
        except (ValueError, KeyError, TypeError, AttributeError, StoreError) as error:
            raise DamagedManifest(
                f"the manifest is damaged ({error})",
                where=where,
                fix="Make the artifact again, or roll back.",
            ) from None


def check_name(name: str) -> str:
    """A file's name within an artifact: relative, "/" between parts, nothing that climbs or hides.

    Raises:
        StoreError: The name cannot be used.
    """
    parts = name.split("/")
    usable = all(_FILE_PART.fullmatch(part) and not part.endswith((" ", ".")) for part in parts)
    if not usable or len(name) > _LONGEST_NAME:
        raise StoreError("is not a file name for the store", where=repr(name), fix="Use letters, digits, _ . - /")
    return name


def check_version(version: str) -> str:
    """A version's name as `Manifest.version` gives it.

    Raises:
        StoreError: It is not of that form.
    """
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise StoreError("is not a version", where=repr(version), fix="ArtifactStore.versions lists them.")
    return version


def check_held(place: str) -> str:
    """A place as `ArtifactStore.hold` gives it: "sintel/thumbnails/16x9/held/<version>".

    Raises:
        StoreError: It is not of that form.
    """
    key, _, version = place.rpartition("/held/")
    ArtifactKey(*key.split("/", 2))
    check_version(version)
    return place


def payload_hash(files: Iterable[StoredFile]) -> str:
    """SHA-256 over names and contents, whatever the order of the files (hex)."""
    content = sorted((stored.name, stored.sha256) for stored in files)
    return sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def new_version(data_version: str, *, after: str | None) -> str:
    """A version's name: when, then which payload. Later than `after` even where this machine's clock is behind."""
    now = datetime.now(UTC)
    if after is not None:
        previous = datetime.strptime(after.partition("-")[0], _STAMP).replace(tzinfo=UTC)
        now = max(now, previous + timedelta(microseconds=1))
    return f"{now.strftime(_STAMP)}-{data_version[:12]}"
