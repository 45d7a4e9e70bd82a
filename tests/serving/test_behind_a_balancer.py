"""Who is asking, where a balancer stands before serving: its word is taken, nobody else's."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from ops.errors import SettingsError
from resources.api_keys import ApiKeys, Scope
from resources.database import Database
from resources.settings import load_settings
from serving.run import uvicorn_config
from tests.serving.live import free_port, in_a_thread

RATE = 5.0


@contextlib.contextmanager
def served(home: Path, proxies: str | None) -> Iterator[tuple[str, str]]:
    """The app as `showrunner serve` serves it; its address, and a key."""
    settings = load_settings(home, database_url=None, requests_per_s=RATE, trusted_proxies=proxies)
    with Database.open(settings) as database:
        key = ApiKeys(database).create("everything", list(Scope))
        with in_a_thread(uvicorn_config(settings, host="127.0.0.1", port=free_port())) as url:
            yield url, key


def refused(url: str, *callers: str) -> list[int]:
    """Each caller asks without a key, far more often than one address may; how often each was told to wait."""
    told = []
    for caller in callers:
        headers = {"X-Forwarded-For": f"198.51.100.99, {caller}"}  # what the caller claims, and what the balancer saw
        answers = [requests.get(f"{url}/v1/titles/sintel/thumbnail", headers=headers, timeout=10) for _ in range(8)]
        told.append([each.status_code for each in answers].count(429))
    return told


def sign_in(url: str, key: str) -> requests.Response:
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    return requests.post(f"{url}/login", data={"key": key}, headers=headers, allow_redirects=False, timeout=10)


def test_callers_behind_a_trusted_balancer_are_counted_each_and_their_cookies_are_secure(tmp_path: Path) -> None:
    with served(tmp_path / "home", "127.0.0.0/8, 10.0.0.0/8") as (url, key):
        assert refused(url, "203.0.113.1", "203.0.113.2", "203.0.113.3") == [0, 0, 0]
        assert "Secure" in sign_in(url, key).headers["Set-Cookie"]


@pytest.mark.parametrize("proxies", [None, "10.0.0.0/8"])
def test_nobody_else_chooses_the_address_they_are_counted_by(tmp_path: Path, proxies: str | None) -> None:
    with served(tmp_path / "home", proxies) as (url, key):
        assert sum(refused(url, "203.0.113.1", "203.0.113.2", "203.0.113.3")) > 5
        # An address that asked too often for pictures can still sign in, and the other way round.
        assert "Secure" not in sign_in(url, key).headers["Set-Cookie"]


def test_who_tries_keys_takes_nothing_from_the_pictures_of_their_address(tmp_path: Path) -> None:
    with served(tmp_path / "home", None) as (url, _):
        assert [sign_in(url, "sr_wrong").status_code for _ in range(4)][-1] == 429
        assert requests.get(f"{url}/v1/titles/sintel/thumbnail", timeout=10).status_code == 401
        bad = {"Authorization": "Bearer sr_wrong"}
        tried = [requests.get(f"{url}/v1/experiments", headers=bad, timeout=10).status_code for _ in range(30)]
        assert 429 in tried
        assert requests.get(f"{url}/v1/titles/sintel/thumbnail", timeout=10).status_code == 401


@pytest.mark.parametrize("proxies", ["balancer", "10.0.0.1/8", "10.0.0.0/8,", "*"])
def test_what_is_no_network_is_told(tmp_path: Path, proxies: str) -> None:
    with pytest.raises(SettingsError, match="SHOWRUNNER_TRUSTED_PROXIES"):
        load_settings(tmp_path, trusted_proxies=proxies)
