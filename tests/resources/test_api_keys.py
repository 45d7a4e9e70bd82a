"""Keys open what their scopes say, until they are rotated or revoked; their secrets are nowhere."""

from __future__ import annotations

import pytest

from ops.errors import UsageError
from resources.api_keys import ApiKey, ApiKeys, Scope, split_key
from resources.database import Database


@pytest.fixture
def keys(database: Database) -> ApiKeys:
    return ApiKeys(database)


def parts(key: str) -> tuple[str, str]:
    found = split_key(key)
    assert found is not None
    return found


def only(keys: ApiKeys) -> ApiKey:
    [key] = keys.all()
    return key


def test_a_key_opens_with_its_own_secret_alone(keys: ApiKeys):
    identifier, secret = parts(keys.create("front page", [Scope.EVENTS, Scope.THUMBNAILS], rate_per_s=50))
    key = only(keys)
    assert (key.id, key.name, key.scopes, key.rate_per_s) == (
        identifier, "front page", {Scope.EVENTS, Scope.THUMBNAILS}, 50)  # fmt: skip
    assert key.opens_with(secret)
    assert not key.opens_with(secret[:-1] + ("A" if secret[-1] != "A" else "B"))
    assert not key.opens_with("")


def test_no_secret_is_in_the_database(keys: ApiKeys, database: Database):
    _, secret = parts(keys.create("front page", [Scope.EVENTS]))
    with database.connection() as connection:
        rows = connection.execute("SELECT k::text FROM api_keys k").fetchall()
    assert secret not in str(rows)


def test_a_rotated_key_opens_with_both_secrets_while_the_grace_lasts(keys: ApiKeys):
    identifier, old = parts(keys.create("front page", [Scope.EVENTS]))
    again, new = parts(keys.rotate(identifier, grace_hours=1))
    assert again == identifier
    assert only(keys).opens_with(old)
    assert only(keys).opens_with(new)


def test_a_key_rotated_without_grace_opens_with_the_new_secret_alone(keys: ApiKeys):
    identifier, old = parts(keys.create("front page", [Scope.EVENTS]))
    _, new = parts(keys.rotate(identifier, grace_hours=0))
    assert not only(keys).opens_with(old)
    assert only(keys).opens_with(new)


def test_a_revoked_key_opens_with_nothing_and_cannot_be_rotated(keys: ApiKeys):
    identifier, secret = parts(keys.create("front page", [Scope.EVENTS]))
    keys.revoke(identifier)
    assert not only(keys).opens_with(secret)
    with pytest.raises(UsageError, match="living key"):
        keys.rotate(identifier)


@pytest.mark.parametrize(
    "text", ["", "sr_", "sr_0123456789ab_short", "xx_0123456789ab_" + "a" * 43, "sr_'; DROP TABLE_"]
)
def test_what_has_not_a_keys_form_is_none(text: str):
    assert split_key(text) is None


@pytest.mark.parametrize(
    ("name", "scopes", "rate"),
    [("", [Scope.EVENTS], 1), ("x", [], 1), ("x\n", [Scope.EVENTS], 1), ("x", [Scope.EVENTS], 0)],
)
def test_a_key_without_name_scope_or_rate_is_refused(keys: ApiKeys, name: str, scopes: list[Scope], rate: float):
    with pytest.raises(UsageError):
        keys.create(name, scopes, rate_per_s=rate)
    assert keys.all() == []
