"""What the template prints, worked out from a page's values: facts, verdicts, checks, timings, files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from serving.gallery.links import link_to
from serving.gallery.model import GalleryCheck, GalleryPage, GalleryState
from serving.gallery.wording import bytes_in_words, duration_in_words, seconds_in_words

__all__ = [
    "Absent",
    "Checks",
    "Chip",
    "absent",
    "checks",
    "chips",
    "facts",
    "files",
    "state",
    "timings",
    "total",
]

Words = Mapping[str, object]


@dataclass(frozen=True)
class Chip:
    """A short verdict; tone is "good", "warn", "bad" or "" for neutral."""

    tone: str
    text: str


@dataclass(frozen=True)
class Absent:
    """Why assets are not on the page; `bad` where that is a failure."""

    assets: str
    how: str
    why: str
    bad: bool


@dataclass(frozen=True)
class Checks:
    """The checks, what failed first, blocking before warnings."""

    failed: tuple[GalleryCheck, ...]
    kept: tuple[GalleryCheck, ...]

    @property
    def passed(self) -> int:
        """How many passed."""
        return len(self.kept)

    @property
    def total(self) -> int:
        """How many there were."""
        return len(self.kept) + len(self.failed)


def facts(page: GalleryPage) -> list[tuple[str, str]]:
    """What is known of the film, as name and value."""
    known = []
    if page.duration_s is not None:
        known.append(("Length", duration_in_words(page.duration_s)))
    if page.width and page.height:
        known.append(("Picture", f"{page.width} × {page.height}"))
    if page.frame_rate:
        counted = page.frame_rate[:1].isdigit()
        known.append(("Frame rate", f"{page.frame_rate} fps" if counted else page.frame_rate))
    if page.shots:
        known.append(("Shots", f"{len(page.shots):,}"))
    return known


def state(page: GalleryPage) -> Chip:
    """How the title stands, in one chip."""
    if page.quarantine:
        return Chip("bad", "In quarantine")
    troubled = sum(one.state in (GalleryState.FAILED, GalleryState.HELD) for one in page.timings)
    if troubled:
        return Chip("bad", f"{troubled} of {len(page.timings)} assets not made")
    if any(not check.passed for check in page.checks):
        return Chip("warn", "Ready, with warnings")
    return Chip("good", "Ready")


def chips(page: GalleryPage) -> list[Chip]:
    """The verdicts under the title."""
    told = [state(page)]
    if page.checks:
        passed = sum(check.passed for check in page.checks)
        tone = "good" if passed == len(page.checks) else "warn"
        told.append(Chip(tone, f"{passed} of {len(page.checks)} checks passed"))
    reused = sum(one.state is GalleryState.REUSED for one in page.timings)
    if reused:
        told.append(Chip("", f"{reused} of {len(page.timings)} assets were fresh already"))
    return told


def checks(page: GalleryPage) -> Checks | None:
    """The checks in the order to read; None where there were none."""
    if not page.checks:
        return None
    failed = sorted((one for one in page.checks if not one.passed), key=lambda one: not one.blocking)
    return Checks(tuple(failed), tuple(one for one in page.checks if one.passed))


_HOW = {
    GalleryState.SKIPPED: "skipped",
    GalleryState.WAITING: "not tried",
    GalleryState.HELD: "held for review",
    GalleryState.FAILED: "failed",
}


def absent(page: GalleryPage, *families: str) -> list[Absent]:
    """Why assets of these families are not there, each reason once; a quarantine is reason enough."""
    reasons: dict[tuple[GalleryState, str], list[str]] = {}
    for one in page.timings if not page.quarantine else ():
        if one.asset.partition("/")[0] in families and one.state in _HOW:
            reasons.setdefault((one.state, one.why), []).append(one.asset)
    return [
        Absent(_listed(assets), _HOW[state], why, state in (GalleryState.FAILED, GalleryState.HELD))
        for (state, why), assets in reasons.items()
    ]


_NAMED = 8
"""Assets that are named in a row; 201 languages may fail for one reason."""


def _listed(assets: Sequence[str]) -> str:
    """Asset names in a row, a family named once: "thumbnails/16x9, 4x3"; of many the first ones."""
    told: list[str] = []
    family = ""
    for asset in assets[:_NAMED]:
        prefix, _, variant = asset.partition("/")
        told.append(variant if variant and prefix == family else asset)
        family = prefix
    more = len(assets) - len(told)
    return f"{', '.join(told)} and {more:,} more" if more > 0 else ", ".join(told)


def timings(page: GalleryPage) -> list[Words]:
    """The rows of the table of assets, each time as a share of the longest."""
    longest = max((one.seconds or 0.0 for one in page.timings), default=0.0)
    return [
        {
            "asset": one.asset,
            "state": str(one.state),
            "engine": one.engine,
            "why": one.why,
            "time": "" if one.seconds is None else seconds_in_words(one.seconds),
            "share": f"{100 * (one.seconds or 0.0) / longest:.1f}" if longest else "0",
        }
        for one in page.timings
    ]


def total(page: GalleryPage) -> str:
    """The time that was spent now; empty where nothing was made."""
    spent = sum(one.seconds or 0.0 for one in page.timings if one.state is GalleryState.MADE)
    return seconds_in_words(spent) if spent else ""


def files(page: GalleryPage, folder: Path) -> list[Words]:
    """Links to the files, relative to the page's folder."""
    return [
        {
            "name": f"{one.asset} · {one.path.name}",
            "link": link_to(one.path, folder),
            "size": bytes_in_words(one.size),
        }
        for one in page.files
    ]
