"""Which titles need which artifacts: the ledger read whole, judged by rule, turned into work orders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from assets.artifact import under
from assets.families import ARTIFACTS
from assets.staleness import Verdict, judge, with_upstream
from assets.subtitle_languages import OWN_LANGUAGES, expected, is_subtitles, means_every_language, with_languages
from ops.errors import UsageError
from resources.ledger import Standing
from resources.studio import Studio

__all__ = ["matching", "to_make", "unsettled", "verdicts_of"]

MOST_FAILURES = 3
"""Nights in a row that the same input may fail before it is left to a person: the first may be an outage, the
third is the film or the code."""


def matching(patterns: Sequence[str]) -> list[str]:
    """The assets whose names match any of the shell patterns, upstreams first; all of them for no pattern.

    Subtitles that are asked for in every language are those of a title's own languages (`OWN_LANGUAGES`); and whoever
    asks for everything does not mean the whole film in every style.

    Raises:
        UsageError: If a pattern matches nothing.
    """
    for pattern in patterns:
        if not any(fnmatchcase(asset, pattern) for asset in ARTIFACTS):
            raise UsageError("matches no asset", where=repr(pattern), fix=f"There are: {', '.join(_listed())}.")
    asked = patterns or ["*"]
    own = {pattern for pattern in asked if means_every_language(pattern)}
    found = [
        asset
        for asset in ARTIFACTS
        if any(_means(pattern, asset) for pattern in asked if pattern not in own or not is_subtitles(asset))
    ]
    return [*found, OWN_LANGUAGES] if own else found


def _means(pattern: str, asset: str) -> bool:
    return fnmatchcase(asset, pattern) and not (pattern == "*" and _is_rendition(asset))


def _is_rendition(asset: str) -> bool:
    return asset.partition("/")[0] in ("rendition", "rendition_ladder")


def _listed() -> list[str]:
    """The house's assets as people are told them: 202 languages in one word, and all styles."""
    named = [asset for asset in ARTIFACTS if not is_subtitles(asset) and not _is_rendition(asset)]
    return [*named, "subtitles/<language>", "rendition/<style>", "rendition_ladder/<style>"]


def to_make(title: str, wanted: Sequence[str], studio: Studio) -> dict[str, Verdict]:
    """What must be made of one title so that the wanted assets are fresh: asset → why, upstreams first.

    Of `OWN_LANGUAGES` the transcript alone, until that tells what is spoken: ask again then.
    """
    rows = {row.key.asset: row for row in studio.ledger.rows(title)}
    verdicts = judge(under(ARTIFACTS, studio.settings), rows, studio.catalogue.master(title).sha256)
    named_assets = with_languages(wanted, rows, studio.settings)
    return {asset: verdicts[asset] for asset in with_upstream(ARTIFACTS, named_assets) if not verdicts[asset].settled}


def verdicts_of(title: str, studio: Studio) -> dict[str, Verdict]:
    """The verdict on every artifact of one title."""
    rows = {row.key.asset: row for row in studio.ledger.rows(title)}
    return judge(under(ARTIFACTS, studio.settings), rows, studio.catalogue.master(title).sha256)


def unsettled(studio: Studio) -> Iterator[tuple[str, list[str]]]:
    """Every hot title that the ledger knows to need work, with the assets in need.

    Languages with fewer readers come when nothing else of the title is in need: the others first, these by night.

    A held artifact waits for a person and not for another try, and one that failed over and over waits for a change
    of its input; so does what is made from them. What is made on demand, and never was, is in no need.
    """
    artifacts = under(ARTIFACTS, studio.settings)
    for shelf in studio.ledger.shelves():
        verdicts = judge(artifacts, shelf.standings, shelf.master)
        blocked: set[str] = set()
        needed = []
        for asset, verdict in verdicts.items():
            given_up = verdict is Verdict.FAILED and shelf.standings[asset].failures >= MOST_FAILURES
            if verdict is Verdict.HELD or given_up or blocked & set(ARTIFACTS[asset].upstream):
                blocked.add(asset)
            elif not verdict.settled and (asset in shelf.standings or not ARTIFACTS[asset].on_demand):
                needed.append(asset)
        missing = [asset for asset in expected(shelf.standings, studio.settings, tail=False) if asset in verdicts]
        needed += _in_need(missing, verdicts, shelf.standings, blocked)
        if not needed:
            every = expected(shelf.standings, studio.settings, tail=True)
            needed = _in_need(every, verdicts, shelf.standings, blocked)
        if needed:
            yield shelf.title, needed


def _in_need(
    assets: Sequence[str], verdicts: Mapping[str, Verdict], standings: Mapping[str, Standing], blocked: set[str]
) -> list[str]:
    """Of assets that a title is to have and never had, those that can be made."""
    return [
        asset
        for asset in assets
        if asset not in standings and not verdicts[asset].settled and not blocked & set(ARTIFACTS[asset].upstream)
    ]
