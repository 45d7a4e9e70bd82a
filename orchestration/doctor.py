"""`showrunner doctor`: what is here, what is missing, and the command that mends it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version

from rich.console import Console
from rich.table import Table

from ops.errors import ShowrunnerError
from resources.settings import Settings, variable_of

__all__ = ["Finding", "Health", "examine", "print_findings"]

SPACE_GIB = 5.0
"""Below this, a feature film's keyframes, track and staging may not fit."""

_TRANSLATION = "translation_engine"
_EMBEDDED_TOLD = {"recogniser_engine": ": hears English where it is declared, and its subtitles are drafts"}

PINNED = ("dagster", "dagster-k8s", "opencv-python-headless", "librosa", "great-expectations")


class Health(StrEnum):
    """How a thing is."""

    OK = "ok"
    OPTIONAL = "absent, optional"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        thing: What was looked at.
        health: How it is.
        found: What was found.
        fix: What mends it, where something is to mend.
    """

    thing: str
    health: Health
    found: str
    fix: str = ""

    @property
    def broken(self) -> bool:
        """Whether `make` will fail because of it."""
        return self.health is Health.BROKEN


def examine(settings: Settings) -> list[Finding]:
    """Look at everything that making artifacts needs."""
    looks: list[Callable[[Settings], Iterator[Finding]]] = [
        _packages,
        _ffmpeg,
        _space,
        _database,
        _store,
        _inbox,
        _accelerator,
        _engines,
        _translation,
        _safety,
        _browser,
    ]
    return [finding for look in looks for finding in look(settings)]


def print_findings(findings: list[Finding]) -> None:
    """Show the findings as a table on stdout."""
    colours = {Health.OK: "green", Health.OPTIONAL: "yellow", Health.BROKEN: "red"}
    table = Table(show_edge=False)
    for column in ("", "what", "found", "fix"):
        table.add_column(column, overflow="fold")
    for finding in findings:
        mark = f"[{colours[finding.health]}]{finding.health.value}[/]"
        table.add_row(mark, finding.thing, finding.found, finding.fix)
    Console().print(table)


def _packages(settings: Settings) -> Iterator[Finding]:
    for name in PINNED:
        try:
            yield Finding(name, Health.OK, version(name))
        except PackageNotFoundError:
            yield Finding(name, Health.BROKEN, "not installed", "make setup")


def _ffmpeg(settings: Settings) -> Iterator[Finding]:
    from ops.media.ffmpeg import ffmpeg_version

    try:
        yield Finding("FFmpeg", Health.OK, ffmpeg_version())
    except (ShowrunnerError, OSError, RuntimeError) as error:
        yield Finding("FFmpeg", Health.BROKEN, str(error), "make setup (imageio-ffmpeg brings the binary)")


def _space(settings: Settings) -> Iterator[Finding]:
    folder = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    free = shutil.disk_usage(folder).free / 2**30
    health = Health.OK if free >= SPACE_GIB else Health.BROKEN
    fix = "" if health is Health.OK else f"free some space, or set {variable_of('home')} to a larger disk"
    yield Finding("space", health, f"{free:.1f} GiB free at {settings.home}", fix)


def _database(settings: Settings) -> Iterator[Finding]:
    from resources.database import Database

    where = "server of DATABASE_URL" if settings.database_url else f"embedded, {settings.postgres_folder}"
    try:
        with Database.open(settings) as database, database.connection() as connection:
            row = connection.execute("SHOW server_version").fetchone()
        yield Finding("database", Health.OK, f"PostgreSQL {row[0] if row else '?'} ({where})")
    except ShowrunnerError as error:
        yield Finding("database", Health.BROKEN, str(error), "check DATABASE_URL, or unset it for the embedded one")


def _store(settings: Settings) -> Iterator[Finding]:
    from resources.store.opening import open_store

    try:
        yield Finding("artifact store", Health.OK, open_store(settings).where)
    except ShowrunnerError as error:
        yield Finding("artifact store", Health.BROKEN, str(error), f"set {variable_of('store')} to a writable place")


def _inbox(settings: Settings) -> Iterator[Finding]:
    if settings.inbox_place is None:
        yield Finding("inbox", Health.OPTIONAL, "none", f"set {variable_of('inbox')} to a folder or s3:// prefix")
        return
    from resources.inbox import list_inbox

    try:
        yield Finding("inbox", Health.OK, f"{len(list_inbox(settings))} films in {settings.inbox_place}")
    except ShowrunnerError as error:
        yield Finding("inbox", Health.BROKEN, str(error), error.fix)


def _accelerator(settings: Settings) -> Iterator[Finding]:
    if shutil.which("nvidia-smi"):
        yield Finding("GPU", Health.OK, "NVIDIA driver found")
    else:
        yield Finding("GPU", Health.OPTIONAL, "none; the embedded engines do not need one")


def _engines(settings: Settings) -> Iterator[Finding]:
    from resources.models.choice import ENGINES
    from resources.models.inventory import stock_of
    from resources.models.weights import torch_device

    for setting in (each for each in ENGINES if each != _TRANSLATION):
        stock = stock_of(setting, settings)
        found = f"{stock.found}{_EMBEDDED_TOLD.get(setting, '')}" if stock.choice.embedded else stock.found
        waits = Health.OPTIONAL if stock.fix else Health.OK
        yield Finding(setting.replace("_", " "), waits if stock.works else Health.BROKEN, found, stock.fix)
    if settings.device == "cuda":
        try:
            torch_device(settings.device)
        except (ShowrunnerError, ImportError) as error:
            yield Finding("device", Health.BROKEN, str(error), f"set {variable_of('device')}=auto")


def _translation(settings: Settings) -> Iterator[Finding]:
    """The one engine that nothing embedded stands in for, with the licence of its weights."""
    from ops.languages.table import languages
    from resources.models.choice import ENGINES, EngineChoice
    from resources.models.inventory import stock_of
    from resources.models.translation.apertium import load_apertium
    from resources.models.translation.licences import licence_of

    thing, own = _TRANSLATION.replace("_", " "), variable_of(_TRANSLATION)
    choice = EngineChoice.parse(_TRANSLATION, settings.translation_engine)
    if choice.embedded:
        licences = {
            each: licence_of(EngineChoice(_TRANSLATION, each, model)) for each, model in ENGINES[_TRANSLATION].items()
        }
        fix = f"set {own} to " + ", or ".join(f"{each} ({licence})" for each, licence in licences.items())
        wanted = len(settings.translated_languages)
        if wanted:
            found = f"none, and {variable_of('subtitle_languages')} wants {wanted} languages: they will fail"
            yield Finding(thing, Health.BROKEN, found, fix)
        else:
            yield Finding(thing, Health.OPTIONAL, "none: subtitles are in the language that is spoken alone", fix)
    elif choice.engine == "apertium":
        try:
            program = load_apertium(choice)
            pairs = sum(program.speaks(one, other) for one in languages() for other in languages())
            yield Finding(thing, Health.OK, f"apertium, {pairs} directions; licence: {licence_of(choice)}")
        except ShowrunnerError as error:
            yield Finding(thing, Health.BROKEN, f"apertium: {error.what}", error.fix)
    else:
        stock = stock_of(_TRANSLATION, settings)
        waits = Health.OPTIONAL if stock.fix else Health.OK
        found = f"{stock.found}; licence: {licence_of(choice)}"
        yield Finding(thing, waits if stock.works else Health.BROKEN, found, stock.fix)


def _safety(settings: Settings) -> Iterator[Finding]:
    from resources.credentials import Credentials
    from resources.models.engines import Engines

    own = variable_of("blocked_words")
    try:
        _ = Engines(settings).words
        lists = "the house's lists" if settings.blocked_words is None else f"and {settings.blocked_words}"
        yield Finding("blocked words", Health.OK, lists)
    except ShowrunnerError as error:
        yield Finding("blocked words", Health.BROKEN, str(error), f"mend the file, or unset {own}")
    fix = f"set {variable_of('c2pa_certificate')} and {variable_of('c2pa_key')}"
    if settings.credentials == "off":
        yield Finding("credentials", Health.OPTIONAL, "pictures are not signed", f"unset {variable_of('credentials')}")
        return
    try:
        chain = Credentials(settings).chain
        if chain.self_made:
            yield Finding("credentials", Health.OPTIONAL, "signed by a chain made here, which nobody trusts", fix)
        else:
            yield Finding("credentials", Health.OK, f"signed by {chain.subject}")
    except ShowrunnerError as error:
        yield Finding("credentials", Health.BROKEN, str(error), error.fix or fix)


def _browser(settings: Settings) -> Iterator[Finding]:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found:
        yield Finding("Chromium", Health.OK, found)
    else:
        yield Finding("Chromium", Health.OPTIONAL, "none; the page tests are skipped", "apt-get install chromium")
