"""Tickets: a link by which a viewer, who has no key, opens what is theirs and nobody else's, for a day.

A ticket is `<ends>.<seal>`. The seal is made as viewers' pseudonyms are, under their secret; pseudonyms are told to
nobody, so nobody can have one made that would pass for a seal.
"""

from __future__ import annotations

import hmac
import time

from serving.pseudonyms import Pseudonyms

__all__ = ["TICKET_HEADER", "TICKET_S", "opens", "ticket_for"]

TICKET_HEADER = "X-Viewer-Ticket"
TICKET_S = 24 * 3600


def ticket_for(viewer: str, pseudonyms: Pseudonyms, *, now: float | None = None) -> str:
    """A ticket of a viewer, good for a day."""
    ends = int(time.time() if now is None else now) + TICKET_S
    return f"{ends}.{_seal(viewer, ends, pseudonyms)}"


def opens(ticket: str, viewer: str, pseudonyms: Pseudonyms, *, now: float | None = None) -> bool:
    """Whether a ticket is this viewer's and still good."""
    ends, _, seal = ticket.partition(".")
    if not (ends.isascii() and ends.isdigit() and len(ends) < 16):
        return False
    holds = hmac.compare_digest(_seal(viewer, int(ends), pseudonyms).encode(), seal.encode())
    return holds and int(ends) > (time.time() if now is None else now)


def _seal(viewer: str, ends: int, pseudonyms: Pseudonyms) -> str:
    return pseudonyms.of(f"\0ticket\0{ends}\0{viewer}")
