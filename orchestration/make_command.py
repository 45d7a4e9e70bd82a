"""What `showrunner make` shows: a live display, a table, a gallery page, and one JSON object where it is asked for."""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assets.families import DEFAULT
from assets.planning import matching
from assets.rendition_styles import in_styles
from assets.subtitle_languages import OWN_LANGUAGES, SPOKEN_LANGUAGE, subtitles_in
from ops.errors import ShowrunnerError
from orchestration.gallery import write_gallery
from orchestration.handing_in import Handed, named_cut
from orchestration.local_instance import local_instance
from orchestration.make import TitleReport, make_title
from orchestration.progress_display import progress_display
from resources.settings import Settings
from resources.studio import Studio, open_studio

__all__ = ["make_films", "report_json"]


_NAMED = 5
"""Assets that one reason names; two hundred languages fail for the same one."""


def make_films(
    films: Sequence[Path],
    only: Sequence[str],
    settings: Settings,
    *,
    as_json: bool,
    languages: Sequence[str] = (),
    styles: Sequence[str] = (),
    handed: Handed = Handed(),  # noqa: B008  (a frozen value)
) -> int:
    """Make every film's artifacts; returns the number of films of which something failed.

    One film's failure leaves the others alone.

    Args:
        films: Their files.
        only: Patterns of the assets that are wanted; none for those that are made where nobody says which.
        settings: Of the house.
        as_json: Whether one JSON object is printed, and nothing else.
        languages: Codes of the languages that subtitles are wanted in, beside what is spoken.
        styles: Ids of the styles that renditions are wanted in.
        handed: What a person hands in.
    """
    wanted = matching(only) if only else [*DEFAULT, OWN_LANGUAGES]
    if languages:
        named = [SPOKEN_LANGUAGE, *(subtitles_in(code) for code in languages)]
        wanted = [asset for asset in wanted if asset != OWN_LANGUAGES] + named
    wanted = in_styles(wanted, only, styles)
    if handed.edit is not None:  # told before anything is made: no cut, no work
        cut = named_cut(handed.edit, wanted if only else [])
        wanted = wanted if only else [f"trailer/{cut}"]
    _hush()
    reports: list[dict[str, object]] = []
    failed = 0
    out = Console(file=sys.stderr if as_json else sys.stdout, soft_wrap=True)
    with progress_display() as watch, open_studio(settings, watch=watch) as studio:
        instance = local_instance(settings)
        for film in films:
            try:
                report = make_title(film, wanted, studio, instance, handed=handed)
            except ShowrunnerError as error:
                print(f"showrunner: {error}", file=sys.stderr)
                reports.append(
                    {"film": str(film), "title": None, "gallery": None, "artifacts": [], "error": str(error)}
                )
                failed += 1
                continue
            gallery = write_gallery(report, studio)
            reports.append(report_json(report, gallery, studio))
            _tell(report, gallery, out)
            failed += report.troubled
    if as_json:
        print(json.dumps(reports[0] if len(reports) == 1 else {"titles": reports}, ensure_ascii=False, indent=1))
    return failed


def report_json(report: TitleReport, gallery: Path, studio: Studio) -> dict[str, object]:
    """A title's report as the JSON object that scripts read; one entry a published file."""
    return {
        "title": report.title,
        "gallery": str(gallery),
        "artifacts": [
            {
                "asset": made.asset,
                "path": str(studio.store.fetch(made.manifest, file.name)),
                "media_type": file.media_type,
                "seconds": made.manifest.cost["seconds"],
                "engine": made.manifest.made_by.engine,
                "reused": made.reused,
                "checks": list(made.manifest.quality["checks"]),
            }
            for made in report.artifacts
            for file in made.manifest.files
        ],
        "skipped": [{"asset": asset, "why": why} for asset, why in report.skipped.items()],
        "failed": [{"asset": asset, "why": why} for asset, why in {**report.failed, **report.held}.items()],
    }


def _tell(report: TitleReport, gallery: Path, out: Console) -> None:
    table = Table(title=escape(report.name), title_justify="left", title_style="bold")
    for column in ("asset", "made", "seconds", "engine", "checks"):
        table.add_column(column, justify="right" if column == "seconds" else "left")
    for made in report.artifacts:
        manifest = made.manifest
        checks = manifest.quality["checks"]
        passed = sum(check["passed"] for check in checks)
        table.add_row(
            made.asset,
            "unchanged" if made.reused else "now",
            f"{manifest.cost['seconds']:.2f}",
            manifest.made_by.engine,
            f"{passed} of {len(checks)}" if checks else "",
        )
    for asset, why in report.skipped.items():
        table.add_row(asset, "[dim]skipped[/dim]", "", f"[dim]{escape(why)}[/dim]", "")
    reasons: dict[str, list[str]] = {}
    for asset, why in {**report.failed, **report.held}.items():
        table.add_row(asset, "[red]held for review[/red]" if asset in report.held else "[red]failed[/red]")
        reasons.setdefault(why, []).append(asset)
    for why, assets in reasons.items():
        more = f" and {len(assets) - _NAMED} more" if len(assets) > _NAMED else ""
        print(f"showrunner: {', '.join(assets[:_NAMED])}{more}: {why}", file=sys.stderr)
    for asset in report.waiting:
        table.add_row(asset, "[dim]not tried[/dim]")
    out.print(table)
    if report.unchanged:
        out.print(f"{report.title} is unchanged: every artifact is fresh, nothing was made.")
    out.print(f"Gallery: {gallery}", markup=False, highlight=False)


def _hush() -> None:
    """Keep libraries' own remarks off the terminal; what matters reaches it as an error of ours."""
    warnings.simplefilter("ignore")
    for name in ("alembic", "dagster", "great_expectations", "matplotlib", "numba"):
        logging.getLogger(name).setLevel(logging.ERROR)
