"""`showrunner keys`: make, list, rotate and revoke the API keys of serving."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.errors import UsageError

if TYPE_CHECKING:
    from resources.api_keys import ApiKeys

__all__ = ["add_keys_command"]


def add_keys_command(commands: Any) -> None:
    """Add `keys` and its verbs to the command line."""
    keys = commands.add_parser("keys", help="make, list, rotate and revoke API keys")
    verbs = keys.add_subparsers(required=True, metavar="verb")

    create = verbs.add_parser("create", help="make a key; it is shown once")
    create.add_argument("name", help="who will use it: 'front page'")
    create.add_argument(
        "--scope",
        action="append",
        required=True,
        help="what it may do, such as events:write; repeatable; 'all' for everything",
    )
    create.add_argument("--rate", type=float, default=100.0, help="requests a second it may make (default: 100)")
    _run(create, _create)
    _run(verbs.add_parser("list", help="every key: id, name, scopes, state"), _list)
    rotate = verbs.add_parser("rotate", help="give a key a new secret; the old one works on for a while")
    rotate.add_argument("id", help="the key's id: 12 hex digits")
    rotate.add_argument("--grace-hours", type=float, default=24.0, help="how long the old one works (default: 24)")
    _run(rotate, _rotate)
    revoke = verbs.add_parser("revoke", help="end a key at once")
    revoke.add_argument("id", help="the key's id: 12 hex digits")
    _run(revoke, _revoke)


def _run(parser: argparse.ArgumentParser, verb: Callable[[ApiKeys, argparse.Namespace], None]) -> None:
    parser.add_argument("--home", type=Path, help="folder of the database (default: .showrunner)")

    def run(arguments: argparse.Namespace) -> int:
        from resources.api_keys import ApiKeys
        from resources.database import Database
        from resources.settings import load_settings

        with Database.open(load_settings(arguments.home)) as database:
            verb(ApiKeys(database), arguments)
        return 0

    parser.set_defaults(run=run)


def _create(keys: ApiKeys, arguments: argparse.Namespace) -> None:
    from resources.api_keys import Scope

    known = [str(scope) for scope in Scope]
    for scope in arguments.scope:
        if scope not in known and scope != "all":
            raise UsageError("is no scope", where=scope, fix=f"There are {', '.join(known)}, and all.")
    scopes = list(Scope) if "all" in arguments.scope else [Scope(scope) for scope in arguments.scope]
    _show_once(keys.create(arguments.name, scopes, rate_per_s=arguments.rate))


def _list(keys: ApiKeys, _: argparse.Namespace) -> None:
    for key in keys.all():
        state = "revoked" if key.revoked_at else "rotated" if key.rotated_at else "living"
        print(f"{key.id}  {state:8} {key.rate_per_s:6g}/s  {key.name}: {' '.join(sorted(key.scopes))}")


def _rotate(keys: ApiKeys, arguments: argparse.Namespace) -> None:
    _show_once(keys.rotate(arguments.id, grace_hours=arguments.grace_hours))


def _revoke(keys: ApiKeys, arguments: argparse.Namespace) -> None:
    keys.revoke(arguments.id)
    print(f"{arguments.id} is revoked; serving knows within seconds", file=sys.stderr)


def _show_once(key: str) -> None:
    print(key)
    print("Keep it now: only its hash is stored.", file=sys.stderr)
