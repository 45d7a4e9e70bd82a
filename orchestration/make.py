"""`showrunner make`: one title's artifacts from a file, through Dagster, in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import dagster as dg

from assets.artifact import under
from assets.families import ARTIFACTS
from assets.planning import to_make
from assets.staleness import Verdict, judge, with_upstream
from assets.subtitle_languages import with_languages
from orchestration.build import build_defs
from orchestration.handing_in import Handed, hand_in, named_cut
from orchestration.handing_in_words import hand_in_words
from orchestration.ingest import deliver
from resources.ledger import LedgerRow, LedgerState
from resources.store.model import ArtifactKey, Manifest
from resources.studio import Studio

__all__ = ["MadeArtifact", "TitleReport", "make_title"]

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""The command shows its own progress, and every error once, in its own words."""


@dataclass(frozen=True)
class MadeArtifact:
    """One published artifact, made now or found fresh."""

    asset: str
    manifest: Manifest
    reused: bool


@dataclass(frozen=True)
class TitleReport:
    """How the making of a title went.

    Attributes:
        title: The title's id.
        name: Its name.
        film: The file it was made from.
        artifacts: What is published, in the order of making.
        skipped: Why, by asset that does not apply to the title.
        failed: Why, by asset that could not be made.
        held: Why, by asset that a blocking check held for review.
        waiting: Assets that were not tried because what they need failed.
    """

    title: str
    name: str
    film: Path
    artifacts: tuple[MadeArtifact, ...]
    skipped: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()

    @property
    def troubled(self) -> bool:
        """Whether something that was wanted could not be made."""
        return bool(self.failed or self.held or self.waiting)

    @property
    def unchanged(self) -> bool:
        """Whether everything was fresh and nothing had to be made."""
        return not self.troubled and all(artifact.reused for artifact in self.artifacts)


def make_title(
    film: Path,
    wanted: Sequence[str],
    studio: Studio,
    instance: dg.DagsterInstance,
    *,
    handed: Handed = Handed(),  # noqa: B008  (a frozen value)
) -> TitleReport:
    """Deliver a film and materialise what is missing or stale of the wanted assets, with their upstreams.

    Args:
        film: The film's file.
        wanted: The assets.
        studio: The house.
        instance: Dagster's.
        handed: What a person hands in with it.

    Raises:
        MediaError: If the file cannot be read at all.
        UsageError: If nothing tells of which trailer an edit is, or corrections cannot be read.
    """
    title = deliver(str(film), studio, instance).title
    if handed.edit is not None:
        hand_in(title, named_cut(handed.edit, wanted), handed.edit, studio)
    hand_in_words(title, wanted, handed, studio)
    _notice_losses(title, studio)
    tried: dict[str, Verdict] = {}
    unexplained: dict[str, str] = {}
    while needed := _untried(title, wanted, tried, studio):  # a second time once it is known what language is spoken
        tried |= needed
        run = _run(title, needed, studio, instance)
        unexplained |= {} if run.success else _unexplained(run)
    report = _report(title, film, wanted, tried, studio)
    return replace(report, failed=unexplained) if unexplained and not report.troubled else report


def _untried(title: str, wanted: Sequence[str], tried: Mapping[str, Verdict], studio: Studio) -> dict[str, Verdict]:
    needed = to_make(title, wanted, studio)
    return {asset: verdict for asset, verdict in needed.items() if asset not in tried}


def _run(
    title: str, needed: Mapping[str, Verdict], studio: Studio, instance: dg.DagsterInstance
) -> dg.ExecuteInProcessResult:
    job = build_defs(resources={"studio": studio}, executor=dg.in_process_executor)
    return job.resolve_implicit_global_asset_job_def().execute_in_process(
        partition_key=title,
        asset_selection=[ARTIFACTS[asset].key for asset in needed],
        instance=instance,
        run_config=QUIET,
        raise_on_error=False,
    )


def _unexplained(run: dg.ExecuteInProcessResult) -> dict[str, str]:
    """What Dagster says of a run that failed although every artifact was published: a defect of an asset."""
    return {
        event.step_key or "run": (event.message or "failed")
        + " "
        + str(getattr(event.event_specific_data, "error_display_string", "")).strip().splitlines()[0]
        for event in run.all_events
        if event.event_type_value == "STEP_FAILURE"
    }


def _notice_losses(title: str, studio: Studio) -> None:
    """Let the ledger know what somebody deleted from the store, so that it is made again."""
    for row in studio.ledger.rows(title):
        if row.state is LedgerState.READY and studio.store.manifest(row.key) is None:
            studio.ledger.failed(row.key, "it is gone from the store")


def _report(title: str, film: Path, wanted: Sequence[str], needed: dict[str, Verdict], studio: Studio) -> TitleReport:
    facts = studio.catalogue.title(title)
    rows = {row.key.asset: row for row in studio.ledger.rows(title)}
    verdicts = judge(under(ARTIFACTS, studio.settings), rows, facts.master)
    selected = with_upstream(ARTIFACTS, with_languages(wanted, rows, studio.settings))
    made = []
    for asset in selected:
        if verdicts[asset] is Verdict.FRESH:
            manifest = studio.store.manifest(ArtifactKey.of_asset(title, asset))
            assert manifest is not None, f"the ledger has {title} {asset} and the store does not"
            made.append(MadeArtifact(asset, manifest, reused=asset not in needed))
    return TitleReport(
        title=title,
        name=facts.name,
        film=film,
        artifacts=tuple(made),
        skipped={asset: _why_skipped(asset, rows) for asset in selected if verdicts[asset] is Verdict.NOT_APPLICABLE},
        failed=_told(rows, verdicts, selected, Verdict.FAILED),
        held=_told(rows, verdicts, selected, Verdict.HELD),
        waiting=tuple(
            asset for asset in selected if verdicts[asset] in (Verdict.UPSTREAM, Verdict.MISSING, Verdict.STALE)
        ),
    )


def _told(
    rows: dict[str, LedgerRow], verdicts: dict[str, Verdict], selected: Sequence[str], verdict: Verdict
) -> dict[str, str]:
    return {asset: rows[asset].last_error for asset in selected if verdicts[asset] is verdict}


def _why_skipped(asset: str, rows: dict[str, LedgerRow]) -> str:
    """The asset's own reason, or that of the upstream it would be made from."""
    row = rows.get(asset)
    if row is not None and row.last_error:
        return row.last_error
    reasons = [_why_skipped(upstream, rows) for upstream in ARTIFACTS[asset].upstream]
    return next((reason for reason in reasons if reason), "")
