"""Addresses of published files: they carry the hash of the bytes, so that they may be kept for ever.

/media/<first 128 bits of the SHA-256>/<title>/<asset>/<version>/<file>[?expires=…&signature=…]
"""

from __future__ import annotations

import hmac
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from ops.errors import StoreError
from resources.settings import Settings
from resources.store.model import ArtifactKey, check_name, check_version

__all__ = ["MediaAddress", "MediaLinks", "parse_media_path"]

HASH_DIGITS = 32


@dataclass(frozen=True)
class MediaAddress:
    """What an address names: a file of a version."""

    key: ArtifactKey
    version: str
    file: str


class MediaLinks:
    """Makes addresses and tells whether a signed one holds."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._base = (settings.cdn_url or "").rstrip("/")
        self._secret = settings.media_secret.get_secret_value().encode() if settings.media_secret else None
        self._expires_s = settings.media_expires_s
        self._clock = clock

    def to(self, key: ArtifactKey, version: str, file: str, sha: str) -> str:
        """The address of a published file."""
        return self._signed(f"/media/{sha[:HASH_DIGITS]}/{key.path}/{version}/{quote(file)}")

    def beside(self, path: str, key: ArtifactKey, version: str, *, file: str, sha: str, expires: int | None) -> str:
        """The address of a published file, relative to that of another (`path`, after the hash), and ending with it.

        Relative, so that it holds before whichever CDN the other was asked of; ending with it, so that whoever may
        have a playlist may have what it lists, as long, and nothing else.
        """
        place = f"{sha[:HASH_DIGITS]}/{key.path}/{version}/{quote(file)}"
        up = "../" * (path.count("/") + 1)
        if self._secret is None:
            return f"{up}{place}"
        return f"{up}{place}?{self._seal(f'/media/{place}', expires or 0)}"

    def to_fallback(self, aspect: str, sha: str) -> str:
        """The address of the picture that stands in where there is none."""
        return self._signed(f"/media/{sha[:HASH_DIGITS]}/fallback.{aspect}.jpg")

    def holds(self, path: str, expires: int | None, signature: str | None) -> bool:
        """Whether a request for `path` (as it came, quoted) may be answered."""
        if self._secret is None:
            return True
        told = hmac.compare_digest(self._sign(path, expires or 0), signature or "")
        return told and (expires or 0) > self._clock()

    def _signed(self, path: str) -> str:
        if self._secret is None:
            return self._base + path
        # The end is rounded up: within a window the address stays the same, and caches can work.
        expires = int((math.floor(self._clock() / self._expires_s) + 2) * self._expires_s)
        return f"{self._base}{path}?{self._seal(path, expires)}"

    def _seal(self, path: str, expires: int) -> str:
        return f"expires={expires}&signature={self._sign(path, expires)}"

    def _sign(self, path: str, expires: int) -> str:
        assert self._secret is not None
        return hmac.new(self._secret, f"{path}\n{expires}".encode(), sha256).hexdigest()


def parse_media_path(path: str) -> MediaAddress | None:
    """Reads `<title>/<asset>/<version>/<file>`; None for anything else, such as a path that climbs."""
    parts = path.split("/")
    for place in (2, 3):  # the version follows "shots", or "thumbnails/16x9"
        try:
            key = ArtifactKey(*parts[:place])
            return MediaAddress(key, check_version(parts[place]), check_name("/".join(parts[place + 1 :])))
        except (StoreError, IndexError, TypeError):
            continue
    return None
