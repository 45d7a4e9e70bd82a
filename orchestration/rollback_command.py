"""`showrunner rollback`: take the newest promotion of a title's picture or trailer back."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path
from typing import Any

from ops.experiments.exhibit import EXHIBITS
from ops.thumbnails.aspect import Aspect

__all__ = ["add_rollback_command"]


def add_rollback_command(commands: Any) -> None:
    """Add `rollback` to the command line."""
    rollback = commands.add_parser("rollback", help="take the newest promotion of a title's picture or trailer back")
    rollback.add_argument("title", help="the title's id")
    rollback.add_argument("--aspect", default=str(Aspect.W16X9), choices=EXHIBITS)
    rollback.add_argument("--why", required=True, help="for those who read the title's history")
    rollback.add_argument("--home", type=Path, help="folder of the database (default: .showrunner)")
    rollback.set_defaults(run=_rollback)


def _rollback(arguments: argparse.Namespace) -> int:
    from resources.database import Database
    from resources.experiments import Experiments
    from resources.settings import load_settings

    with Database.open(load_settings(arguments.home)) as database:
        done = Experiments(database).take_back(
            arguments.title, arguments.aspect, f"{getpass.getuser()} (command line)", arguments.why
        )
    standing = done.standing
    stands = "the artifact's own first choice" if standing is None else f"{standing.arm} ({standing.why})"
    print(f"{arguments.title} {arguments.aspect}: {stands} stands again; serving knows within seconds")
    for experiment in done.retired:
        print(f"experiment {experiment} showed it as its incumbent and is retired")
    return 0
