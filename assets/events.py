"""How a making is told to Dagster: the one translation that asset runs and batch runs share.

An asset run yields `MaterializeResult`s and lets Dagster add versions and partition. A batch run serves many titles
in one op, so it writes the same events itself; a test holds the two traces equal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

import dagster as dg
import psycopg

from assets.making import MASTER, Made
from assets.metadata import facts
from ops.errors import ShowrunnerError, StoreError
from ops.eta import Eta
from resources.studio import Studio

__all__ = ["AssetEvent", "asset_events", "batch_events", "final", "progress_log"]

AssetEvent = dg.MaterializeResult | dg.AssetCheckResult

PASSING = (StoreError, OSError, psycopg.OperationalError)
"""What may have passed by the next try: a store, a disk or a database that is away for a moment. A broken film, a
missing model or a defect of ours fails the same way every time. (A step that is killed is tried again regardless.)"""

PROGRESS_STEP = 0.25
"""Progress is logged at most this often: each line is a row in Dagster's event log."""


def final(error: BaseException) -> bool:
    """Whether trying again is in vain."""
    return not isinstance(error, PASSING)


def asset_events(
    context: dg.AssetExecutionContext, studio: Studio, make: Callable[[str, Studio], Iterable[Made]]
) -> Iterator[AssetEvent]:
    """Make a family's artifacts for the run's title, and tell Dagster.

    Raises:
        dg.Failure: With the error's own words; not retried where a retry is in vain.
    """
    title = context.partition_key
    held = []
    try:
        for made in make(title, studio.serving(context.run_id, progress_log(context.log))):
            yield from _results(made)
            if made.held:
                held.append(f"{made.asset}: {made.held}")
    except Exception as error:
        told = str(error) if isinstance(error, ShowrunnerError) else f"{type(error).__name__}: {error}"
        raise dg.Failure(told, allow_retries=not final(error)) from error
    if held:
        raise dg.Failure(f"Held for review, not published. {'; '.join(held)}", allow_retries=False)


def batch_events(
    context: dg.OpExecutionContext, made: Made, specs: dict[str, dg.AssetCheckSpec]
) -> Iterator[dg.AssetMaterialization]:
    """The events that an asset run would have left for this artifact; checks follow their materialization.

    Args:
        context: The batch op's context.
        made: What was made.
        specs: The asset's check specs by name.
    """
    key = dg.AssetKey(made.asset.split("/"))
    if made.manifest is not None:
        yield dg.AssetMaterialization(
            key,
            partition=made.title,
            metadata=_metadata(made),
            tags=_version_tags(made, made.manifest.data_version, context.instance),
        )
    for result in _check_results(made):
        context.log_event(  # it takes check evaluations as well; its annotation is behind
            dg.AssetCheckEvaluation(  # pyright: ignore[reportArgumentType]
                asset_key=key,
                check_name=str(result.check_name),
                passed=result.passed,
                metadata=result.metadata,
                severity=result.severity,
                description=result.description,
                blocking=specs[str(result.check_name)].blocking,
            )
        )


def _results(made: Made) -> Iterator[AssetEvent]:
    if made.manifest is None:
        yield from _check_results(made)
        return
    yield dg.MaterializeResult(
        asset_key=dg.AssetKey(made.asset.split("/")),
        data_version=dg.DataVersion(made.manifest.data_version),
        metadata=_metadata(made),
        check_results=list(_check_results(made)),
    )


def _check_results(made: Made) -> Iterator[dg.AssetCheckResult]:
    for check in made.checks:
        yield dg.AssetCheckResult(
            asset_key=dg.AssetKey(made.asset.split("/")),
            check_name=check.name,
            passed=check.passed,
            description=check.why,
            metadata=cast("dict[str, Any]", dict(check.metadata)),
            severity=dg.AssetCheckSeverity.ERROR if check.blocking else dg.AssetCheckSeverity.WARN,
        )


def _metadata(made: Made) -> dict[str, Any]:
    assert made.manifest is not None
    own, common = made.metadata, facts(made.manifest)
    hidden = own.keys() & common.keys()
    assert not hidden, f"{made.asset} tells {sorted(hidden)} twice, and the UI would show one of them"
    return {**own, **common}


def _version_tags(made: Made, data_version: str, instance: dg.DagsterInstance) -> dict[str, str]:
    """Dagster's provenance tags, by the rules of its own asset runs.

    The version of a partitioned input is the SHA-256 over its partitions' versions joined, which for the one
    partition that a title is comes to the SHA-256 of its data version. The pointer is the row of the input's
    materialization: without it Dagster takes every input for a new one, and the asset for out of date.
    """
    tags = {
        "dagster/code_version": made.code_version,
        "dagster/data_version": data_version,
        "dagster/data_version_is_user_provided": "true",
    }
    for asset, version in made.inputs.items():
        if asset != MASTER:
            tags[f"dagster/input_data_version/{asset}"] = hashlib.sha256(version.encode()).hexdigest()
            tags[f"dagster/input_event_pointer/{asset}"] = _latest_row(asset, made.title, instance)
    return tags


def _latest_row(asset: str, title: str, instance: dg.DagsterInstance) -> str:
    """The event log's row of a title's latest materialization of an asset, or what Dagster writes for none."""
    of_title = dg.AssetRecordsFilter(dg.AssetKey(asset.split("/")), asset_partitions=[title])
    records = instance.fetch_materializations(of_title, limit=1).records
    return str(records[0].storage_id) if records else "NULL"


def progress_log(log: dg.DagsterLogManager) -> Callable[[str, float], None]:
    """A watcher that logs how far each asset is and how long it will take, a few lines each."""
    told: dict[str, float] = {}
    clocks: dict[str, Eta] = {}

    def tell(asset: str, fraction: float) -> None:
        left_s = clocks.setdefault(asset, Eta()).seconds_left(fraction)
        if fraction - told.get(asset, -1.0) >= PROGRESS_STEP or (fraction == 1.0 and told.get(asset) != 1.0):
            told[asset] = fraction
            log.info(f"{asset}: {fraction:.0%}" + (f", about {left_s:.0f} s left" if left_s else ""))

    return tell
