"""What of a title is missing or out of date, told from its ledger rows alone.

An artifact is fresh when its row is ready and its input hash is the one that today's code, engine and upstream
data versions would give. The rule is pure: the nightly job, batch runs and the command line all ask it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from assets.artifact import Artifact
from assets.making import MASTER
from resources.ledger import LedgerRow, LedgerState, Standing, input_hash

__all__ = ["Verdict", "judge", "with_upstream"]


class Verdict(StrEnum):
    """What the ledger says of one artifact of one title."""

    FRESH = "fresh"
    NOT_APPLICABLE = "not applicable"
    MISSING = "missing"
    STALE = "stale"
    UPSTREAM = "upstream is stale"
    FAILED = "failed"
    HELD = "held for review"

    @property
    def settled(self) -> bool:
        """Whether there is nothing to make."""
        return self in (Verdict.FRESH, Verdict.NOT_APPLICABLE)


def judge(
    artifacts: Mapping[str, Artifact], rows: Mapping[str, LedgerRow | Standing], master: str
) -> dict[str, Verdict]:
    """The verdict on every artifact of one title.

    Args:
        artifacts: The house's artifacts by asset name, upstreams before what is made from them, each `under` the
            settings of the day.
        rows: The title's ledger rows by asset name.
        master: The SHA-256 of the title's current master.
    """
    verdicts: dict[str, Verdict] = {}
    for asset, artifact in artifacts.items():
        verdicts[asset] = _judge_one(artifact, rows, verdicts, master)
    return verdicts


def _judge_one(
    artifact: Artifact, rows: Mapping[str, LedgerRow | Standing], verdicts: Mapping[str, Verdict], master: str
) -> Verdict:
    upstream = [verdicts[name] for name in artifact.upstream]
    if Verdict.NOT_APPLICABLE in upstream:
        return Verdict.NOT_APPLICABLE
    if not all(verdict.settled for verdict in upstream):
        return Verdict.UPSTREAM
    row = rows.get(artifact.asset)
    if row is None:
        return Verdict.MISSING
    versions = {name: rows[name].data_version or "" for name in artifact.upstream} or {MASTER: master}
    expected = input_hash(versions, code_version=artifact.code_version, engine=artifact.engine)
    made_of, tried = row.input_hash == expected, row.tried_hash == expected
    # Whatever else there is was made from another input, or was begun and never finished.
    told = {
        (LedgerState.READY, made_of): Verdict.FRESH,
        (LedgerState.SKIPPED, made_of): Verdict.NOT_APPLICABLE,
        (LedgerState.HELD, tried): Verdict.HELD,
        (LedgerState.FAILED, tried): Verdict.FAILED,
    }
    return told.get((row.state, True), Verdict.STALE)


def with_upstream(artifacts: Mapping[str, Artifact], wanted: Iterable[str]) -> list[str]:
    """The wanted assets and everything they are made from, upstreams first."""
    needed: set[str] = set()
    waiting = list(wanted)
    while waiting:
        asset = waiting.pop()
        if asset not in needed:
            needed.add(asset)
            waiting.extend(artifacts[asset].upstream)
    return [asset for asset in artifacts if asset in needed]
