"""Pseudonyms: what stands for a viewer everywhere behind the edge.

HMAC-SHA256 under a secret: the same viewer is the same pseudonym, and nobody without the secret can try names out on a
stolen table (a plain hash would let them).
"""

from __future__ import annotations

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from ops.errors import SettingsError
from resources.settings import Settings

__all__ = ["Pseudonyms", "edge_secret"]

_HEX = 32  # 128 bits: two of a billion viewers collide with a chance of 10⁻²¹


class Pseudonyms:
    """Turns what a client calls a viewer into a pseudonym."""

    def __init__(self, secret: bytes) -> None:
        self._keyed = hmac.new(secret, b"viewer\0", sha256)

    def of(self, viewer: str) -> str:
        """The viewer's pseudonym: 32 hex digits."""
        keyed = self._keyed.copy()
        keyed.update(viewer.encode())
        return keyed.hexdigest()[:_HEX]


def edge_secret(settings: Settings) -> bytes:
    """The secret of SHOWRUNNER_VIEWER_SECRET, or the one of this home, made at the first start.

    Raises:
        SettingsError: It is not set, and the database is one that other machines use too: they would know each
            viewer under another name.
    """
    if settings.viewer_secret is not None:
        return settings.viewer_secret.get_secret_value().encode()
    if settings.database_url is not None:
        raise SettingsError(
            "is not set, and serving with DATABASE_URL needs one that every process shares",
            where="SHOWRUNNER_VIEWER_SECRET",
            fix="Set it to 32 random characters or more: openssl rand -hex 32.",
        )
    return _of_this_home(settings.home / "serving" / "viewer.secret")


def _of_this_home(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.touch(mode=0o600)
    part.write_text(secrets.token_hex(32), encoding="ascii")
    try:
        path.hardlink_to(part)  # whole or not at all, and never over another process's
    except FileExistsError:
        pass
    finally:
        part.unlink()
    return path.read_bytes()
