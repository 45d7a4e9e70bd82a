"""Tickets: a link by which a viewer, who has no key, opens what is theirs and nobody else's, for a day.

A ticket is `<ends>.<seal>`. The seal is made with a key of its own: nothing else that a house works out of what
somebody calls a viewer passes for one.
"""

from __future__ import annotations

import hmac
import time

__all__ = ["TICKET_HEADER", "TICKET_S", "Tickets"]

TICKET_HEADER = "X-Viewer-Ticket"
TICKET_S = 24 * 3600


class Tickets:
    """Makes tickets and opens by them.

    Args:
        secret: The edge's.
    """

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"viewer's ticket", "sha256")

    def of(self, viewer: str, *, now: float | None = None) -> str:
        """A ticket of a viewer, good for a day."""
        ends = int(time.time() if now is None else now) + TICKET_S
        return f"{ends}.{self._seal(viewer, ends)}"

    def opens(self, ticket: str, viewer: str, *, now: float | None = None) -> bool:
        """Whether a ticket is this viewer's and still good."""
        ends, _, seal = ticket.partition(".")
        if not (ends.isascii() and ends.isdigit() and len(ends) < 16):
            return False
        holds = hmac.compare_digest(self._seal(viewer, int(ends)).encode(), seal.encode())
        return holds and int(ends) > (time.time() if now is None else now)

    def _seal(self, viewer: str, ends: int) -> str:
        return hmac.digest(self._key, f"{ends} {viewer}".encode(), "sha256").hex()
