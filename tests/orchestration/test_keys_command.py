"""`showrunner keys` on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.cli import FAILED, OK, UNUSABLE, main
from resources.api_keys import ApiKeys, Scope, split_key
from resources.database import Database
from resources.settings import load_settings


def test_a_key_is_made_listed_rotated_and_revoked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(tmp_path / "home")]
    with Database.open(load_settings(tmp_path / "home", database_url=None)) as database:
        assert main(["keys", "create", "front page", "--scope", "events:write", *home]) == OK
        made = split_key(capsys.readouterr().out.strip())
        assert made is not None
        assert main(["keys", "list", *home]) == OK
        listed = capsys.readouterr().out
        assert made[0] in listed
        assert made[1] not in listed
        assert main(["keys", "rotate", made[0], "--grace-hours", "0", *home]) == OK
        again = split_key(capsys.readouterr().out.strip())
        [key] = ApiKeys(database).all()
        assert again is not None
        assert (key.opens_with(made[1]), key.opens_with(again[1])) == (False, True)
        assert key.scopes == {Scope.EVENTS}
        assert main(["keys", "revoke", made[0], *home]) == OK
        assert not ApiKeys(database).all()[0].opens_with(again[1])


def test_what_is_no_scope_or_no_key_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(tmp_path / "home")]
    assert main(["keys", "create", "x", "--scope", "everything", *home]) == UNUSABLE
    assert "viewers:erase" in capsys.readouterr().err
    assert main(["keys", "revoke", "0123456789ab", *home]) in (FAILED, UNUSABLE)
    assert "is no key" in capsys.readouterr().err
