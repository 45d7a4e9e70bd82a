"""Grants: what stands in the address of a stream, sealed, so that a player needs no key and asks for nothing else.

/live/<grant>/master.m3u8, 720p.m3u8, 720p/init.mp4, 720p/0.m4s, sound/0.m4s

Styling costs processor time: these addresses are sealed even where the house's other media are not. The seal hides what
it holds, as that tells who watches. It is AES-SIV (RFC 5297), without a nonce: a grant of a look is the same for all
who were given it within a window, and so are its segments: caches can work.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from resources.settings import Settings
from serving.pseudonyms import edge_secret

__all__ = ["Grant", "Grants"]

_LONGEST = 6000
_FILM_S = 6 * 3600.0
"""A grant lasts a long film, at least: a stream that is begun can be watched to its end."""


@dataclass(frozen=True)
class Grant:
    """What may be streamed.

    Attributes:
        title: The title.
        master: The SHA-256 of its film.
        look: `Look.to_json`; None is the film as it is.
        viewer: The pseudonym of the viewer whose profile the look follows; None for a look that stays.
    """

    title: str
    master: str
    look: dict[str, Any] | None
    viewer: str | None = None


class Grants:
    """Seals grants and opens them.

    Args:
        settings: Hold the secret, and how long addresses work.
        clock: Unix time, for tests.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        secret = settings.media_secret.get_secret_value().encode() if settings.media_secret else edge_secret(settings)
        self._cipher = AESSIV(hmac.digest(secret, b"live stream", "sha512"))
        self._window_s = max(_FILM_S, settings.media_expires_s)
        self._clock = clock

    def seal(self, grant: Grant) -> str:
        """The part of an address that stands for a grant."""
        expires = int((math.floor(self._clock() / self._window_s) + 2) * self._window_s)
        told = {"t": grant.title, "m": grant.master, "l": grant.look, "v": grant.viewer, "e": expires}
        body = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._cipher.encrypt(body, None)).rstrip(b"=").decode()

    def open(self, sealed: str) -> Grant | None:
        """The grant, or None where it is not one of ours or has ended."""
        if len(sealed) > _LONGEST:
            return None
        try:
            content = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
            told = json.loads(self._cipher.decrypt(content, None))
        except (binascii.Error, ValueError, InvalidTag):
            return None
        if told["e"] <= self._clock():
            return None
        return Grant(told["t"], told["m"], told["l"], told["v"])
