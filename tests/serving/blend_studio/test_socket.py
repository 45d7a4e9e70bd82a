"""Who may open the studio's socket, and what it says to those who send nonsense or too much."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from resources.api_keys import ApiKeys, Scope
from serving.blend_studio.protocol import LONGEST_MESSAGE
from tests.serving.blend_studio.conftest import Served, session


@pytest.mark.parametrize("origin", [None, "https://elsewhere.example"])
def test_other_peoples_pages_may_not_open_it_with_our_cookies(served: Served, origin: str | None):
    with pytest.raises(InvalidStatus, match="403"), line(served, origin=origin):
        pass


def test_who_is_not_signed_in_or_may_not_blend_is_told_so(served: Served):
    with line(served, cookie="") as stranger:
        assert closed(stranger) == (4401, "Sign in again.")
    reader = ApiKeys(served.database).create("reader", [Scope.REVIEWS_READ])
    with line(served, cookie=session(served.url, reader)) as other:
        code, why = closed(other)
        assert code == 4403 and "blends:write" in why


def test_nonsense_is_answered_and_the_line_stays_open(served: Served):
    with line(served) as mine:
        assert news(mine)["type"] == "welcome"
        for told in ("hello", b"\xff\xff", json.dumps({"type": "edit", "edit": 1, "recipe": {}})):
            mine.send(told)
            assert news(mine)["type"] == "fault"
        gone = {"target": "ab" * 32, "sources": [{"picture": "ab" * 32, "style": 1}]}
        mine.send(json.dumps({"type": "edit", "edit": 2, "recipe": gone}))
        fault = news(mine)
        assert fault["edit"] == 2 and "is not here" in fault["what"]
        mine.send(json.dumps({"type": "ping"}))
        assert news(mine) == {"type": "pong"}


def test_too_large_a_message_ends_the_line_and_so_do_too_many(served: Served):
    with line(served) as large:
        news(large)
        large.send(bytes(LONGEST_MESSAGE + 1))
        assert closed(large)[0] == 1009
    slow = ApiKeys(served.database).create("slow", list(Scope), rate_per_s=3.0)
    with line(served, cookie=session(served.url, slow)) as hasty:
        news(hasty)
        for _ in range(20):
            hasty.send(json.dumps({"type": "ping"}))
        assert closed(hasty) == (1008, "Too many edits.")


@contextmanager
def line(served: Served, *, cookie: str | None = None, origin: str | None = "own") -> Iterator[ClientConnection]:
    cookie = served.session if cookie is None else cookie
    headers = {"Cookie": f"showrunner_session={cookie}"}
    address = served.url.replace("http", "ws") + "/studio/blend/socket"
    chosen: Any = served.url if origin == "own" else origin
    with connect(address, origin=chosen, additional_headers=headers) as opened:
        yield opened


def news(opened: ClientConnection) -> dict[str, Any]:
    """The next word that is not about the engine."""
    while (told := json.loads(opened.recv(timeout=20)))["type"] == "about":
        pass
    return told


def closed(opened: ClientConnection) -> tuple[int, str]:
    with pytest.raises(ConnectionClosed) as ended:
        while True:
            opened.recv(timeout=20)
    told = ended.value.rcvd
    assert told is not None
    return told.code, told.reason
