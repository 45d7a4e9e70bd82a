"""`showrunner style`: a style from words, an example picture or a document, through Dagster, in this process."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.errors import UsageError

if TYPE_CHECKING:
    from resources.settings import Settings
    from resources.style_wish_model import Kind, StyleWish

__all__ = ["add_style_command", "make_style"]

_MOST_BYTES = 32 * 1024 * 1024


def add_style_command(commands: Any) -> None:
    """Add `style` to the command line."""
    style = commands.add_parser(
        "style",
        help="make a style from words, an example picture or a document",
        description='Makes a style that films can be shown in: showrunner style "a warm faded 1970s look"',
    )
    style.add_argument("words", nargs="?", help="what it should look like, in English")
    style.add_argument("--image", type=Path, metavar="FILE", help="a picture whose look is wanted")
    style.add_argument("--document", type=Path, metavar="FILE", help="a style as JSON; see docs/styles.md")
    style.add_argument("--network", action="store_true", help="train a network on the picture too (minutes)")
    style.add_argument("--name", help="what people call it (default: the words, or the file's name)")
    style.add_argument("--home", type=Path, help="folder of database and store (default: .showrunner)")
    style.add_argument("--json", action="store_true", help="print one JSON object, and nothing else, on stdout")
    style.set_defaults(run=_style)


def _style(arguments: argparse.Namespace) -> int:
    from resources.settings import load_settings

    kind, source, name = _asked(arguments)
    made, shown = make_style(
        kind, source, name=arguments.name or name, network=arguments.network, settings=load_settings(arguments.home)
    )
    if shown is None:
        print(f"showrunner: {made.id} was not made: {made.why or f'it is {made.state}'}", file=sys.stderr)
        return 1
    if arguments.json:
        print(json.dumps({"id": made.id, "name": made.name, "understood": made.told, "picture": str(shown)}))
        return 0
    print(f"{made.id}  {made.name}")
    for told in made.told:
        print(f"  {told}")
    print(f"A still in it: {shown}")
    return 0


def _asked(arguments: argparse.Namespace) -> tuple[Kind, bytes, str]:
    """What is to be made: from what, its bytes, and a name for want of a better one.

    Raises:
        UsageError: Not exactly one source is given, or it cannot be read.
    """
    from resources.style_wish_model import Kind

    given = [each for each in (arguments.words, arguments.image, arguments.document) if each is not None]
    if len(given) != 1:
        raise UsageError("give words, --image or --document", where="showrunner style", fix="One of the three.")
    if arguments.words is not None:
        return Kind.PROMPT, arguments.words.encode(), " ".join(arguments.words.split())[:60]
    file: Path = given[0]
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise UsageError("is over 32 MiB", where=file, fix="Give a smaller file.")
        source = file.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=file, fix="Give the path of a file.") from error
    return Kind.IMAGE if arguments.image is not None else Kind.DOCUMENT, source, file.stem[:60]


def make_style(
    kind: Kind, source: bytes, *, name: str, network: bool, settings: Settings
) -> tuple[StyleWish, Path | None]:
    """Ask for a style and have Dagster make it, here and now.

    Returns:
        The wish as it stands then, and the still in the style; None where what was asked for was not made, though an
        earlier version without the network may be there.

    Raises:
        UsageError: The wish cannot be taken.
    """
    import dagster as dg

    from assets.custom_style import custom_style
    from assets.partitions import custom_styles
    from ops.style.grading.custom import NETWORK_FILE, PICTURE_FILE
    from orchestration.local_instance import local_instance
    from orchestration.make import QUIET
    from resources.custom_styles import style_key
    from resources.studio import open_studio
    from resources.style_wish_model import State
    from resources.style_wishes import StyleWishes

    with open_studio(settings) as studio:
        wishes = StyleWishes(studio.database)
        wish = wishes.ask(kind, source, name=name, owner=f"{getpass.getuser()} (command line)", network=network)
        if wish.state is not State.READY:
            instance = local_instance(settings)
            instance.add_dynamic_partitions(str(custom_styles.name), [wish.id])
            dg.materialize(
                [custom_style],
                partition_key=wish.id,
                instance=instance,
                resources={"studio": studio},
                run_config=QUIET,
                raise_on_error=False,
            )
        wish = wishes.find(wish.id) or wish
        manifest = studio.store.manifest(style_key(wish.id), wish.version) if wish.state is State.READY else None
        if manifest is None or (network and NETWORK_FILE not in {file.name for file in manifest.files}):
            return wish, None
        return wish, studio.store.fetch(manifest, PICTURE_FILE)
