"""The command `showrunner`. Its exit codes: 0 made; 1 something failed; 2 unusable arguments."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ops.errors import SettingsError, ShowrunnerError, UsageError
from orchestration.blend_command import add_blend_command
from orchestration.evaluate_command import add_evaluate_command
from orchestration.keys_command import add_keys_command
from orchestration.rollback_command import add_rollback_command
from orchestration.style_command import add_style_command

__all__ = ["main", "parser"]

OK, FAILED, UNUSABLE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; every error that Showrunner can explain is one line on stderr."""
    arguments = parser().parse_args(argv)
    try:
        return arguments.run(arguments)
    except (UsageError, SettingsError) as error:
        print(f"showrunner: {error}", file=sys.stderr)
        return UNUSABLE
    except ShowrunnerError as error:
        print(f"showrunner: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("showrunner: interrupted; what was finished is kept", file=sys.stderr)
        return FAILED


def parser() -> argparse.ArgumentParser:
    """Every command, with its arguments."""
    parser = argparse.ArgumentParser(
        prog="showrunner",
        description="Makes, and keeps fresh, every artifact around a video title.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    make = commands.add_parser("make", help="make a title's artifacts from a film file")
    make.add_argument("films", nargs="+", type=Path, metavar="FILE", help="a film")
    make.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="GLOB",
        help="only these assets, such as 'thumbnails/*'; upstream is made as needed (repeatable)",
    )
    make.add_argument(
        "--edl",
        metavar="FILE",
        help="render this OpenTimelineIO edit of a trailer instead of the house's own, until 'auto' takes it back",
    )
    make.add_argument(
        "--languages",
        metavar="CODES",
        help="subtitles in these languages, such as fra_Latn,deu_Latn, or all (default: the language that is spoken)",
    )
    make.add_argument(
        "--styles", metavar="STYLES", help="the film in these styles, such as noir,vintage_film, or all (default: none)"
    )
    make.add_argument("--language", metavar="CODE", help="the language that is spoken in the film, such as eng_Latn")
    make.add_argument(
        "--corrections", type=Path, metavar="FILE", help="corrections of its subtitles: a table, or edited subtitles"
    )
    make.add_argument("--home", type=Path, help="folder of database, store and galleries (default: .showrunner)")
    make.add_argument("--json", action="store_true", help="print one JSON object, and nothing else, on stdout")
    make.set_defaults(run=_make)

    dev = commands.add_parser("dev", help="the Dagster UI, its daemon and serving, together")
    dev.add_argument("--home", type=Path, help="the home folder to show (default: .showrunner)")
    dev.add_argument("--port", type=int, default=3000, help="port of the UI (default: 3000)")
    dev.add_argument("--serving-port", type=int, default=8080, help="port of the API and the pages (default: 8080)")
    dev.set_defaults(run=_dev)

    serve = commands.add_parser("serve", help="the serving API and the pages, alone")
    serve.add_argument("--home", type=Path, help="folder of database and store (default: .showrunner)")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, default=8080, help="port to listen on (default: 8080)")
    serve.set_defaults(run=_serve)

    add_blend_command(commands)
    add_evaluate_command(commands)
    add_keys_command(commands)
    add_rollback_command(commands)
    add_style_command(commands)

    doctor = commands.add_parser("doctor", help="what is here, what is missing, and how to fix it")
    doctor.add_argument("--home", type=Path, help="the home folder to look at (default: .showrunner)")
    doctor.set_defaults(run=_doctor)
    return parser


def _make(arguments: argparse.Namespace) -> int:
    from assets.rendition_styles import styles_named
    from ops.languages.table import language
    from orchestration.handing_in import Handed
    from orchestration.handing_in_words import languages_named
    from orchestration.make_command import make_films
    from resources.settings import load_settings

    for film in arguments.films:
        if not film.is_file():
            raise UsageError("is no file", where=film, fix="Give the path of a film.")
    if arguments.edl is not None:
        _check_edit(arguments)
    if arguments.corrections is not None and (len(arguments.films) > 1 or not arguments.corrections.is_file()):
        raise UsageError("is no file of corrections of one film", where=arguments.corrections, fix="Give one of each.")
    languages, spoken = languages_named(arguments.languages), arguments.language and language(arguments.language).code
    failed = make_films(
        arguments.films,
        arguments.only,
        load_settings(arguments.home),
        as_json=arguments.json,
        languages=languages,
        styles=styles_named(arguments.styles),
        handed=Handed(arguments.edl, spoken, arguments.corrections),
    )
    return FAILED if failed else OK


def _check_edit(arguments: argparse.Namespace) -> None:
    from orchestration.handing_in import OWN_EDIT

    if len(arguments.films) > 1:
        raise UsageError("is an edit of one film", where=arguments.edl, fix="Give one film with it.")
    if arguments.edl != OWN_EDIT and not Path(arguments.edl).is_file():
        raise UsageError("is no file", where=arguments.edl, fix="Give the path of an .otio file, or auto.")


def _dev(arguments: argparse.Namespace) -> int:
    from orchestration.dev import run_dev
    from resources.settings import load_settings

    return run_dev(load_settings(arguments.home), port=arguments.port, serving_port=arguments.serving_port)


def _serve(arguments: argparse.Namespace) -> int:
    from resources.settings import load_settings
    from serving.run import serve

    serve(load_settings(arguments.home), host=arguments.host, port=arguments.port)
    return OK


def _doctor(arguments: argparse.Namespace) -> int:
    from orchestration.doctor import examine, print_findings
    from resources.settings import load_settings

    findings = examine(load_settings(arguments.home))
    print_findings(findings)
    return FAILED if any(finding.broken for finding in findings) else OK


if __name__ == "__main__":
    sys.exit(main())
