"""From staged files to a published artifact: stage, check, publish, and a ledger that knows.

One `making` block makes one artifact of one title:

    with making(title, SHOTS, studio) as work:
        …
        return work.publish({"shots.json": path}, checks=…, …)

What fails a blocking gate is held for review and never published. Whatever goes wrong, the ledger says so.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from assets.artifact import Artifact
from assets.checks.model import CheckOutcome
from assets.checks.promises import check_specs_for
from ops.errors import ShowrunnerError
from resources.ledger import input_hash
from resources.store.model import ArtifactKey, MadeBy, Manifest
from resources.studio import Studio
from resources.work_folder import work_folder

__all__ = ["MASTER", "Inputs", "Made", "UpstreamMissing", "Work", "making", "published_inputs"]

MASTER = "master"
"""The name under which an artifact without upstreams records the hash of the film file itself."""


@dataclass(frozen=True)
class Made:
    """One artifact of one title, as its family function leaves it.

    Attributes:
        asset: The asset's name.
        title: The title's id.
        manifest: What was published, or None where the artifact does not apply to this title.
        inputs: The data version of each upstream that it was made from.
        code_version: The version of the code that made it.
        checks: What the quality gates said.
        metadata: What a person wants to see in the UI; Dagster metadata values by label.
        seconds: Wall time of the making.
        skipped: Why the artifact does not apply, or an empty string.
        held: Why a blocking gate refused it, or an empty string; its files are kept for review.
    """

    asset: str
    title: str
    manifest: Manifest | None
    inputs: Mapping[str, str]
    code_version: str
    checks: tuple[CheckOutcome, ...] = ()
    metadata: Mapping[str, object] = field(default_factory=dict)
    seconds: float = 0.0
    skipped: str = ""
    held: str = ""


class UpstreamMissing(ShowrunnerError):
    """An artifact that must be there first is not."""


@dataclass
class Inputs:
    """What something of a title is made from, and a folder to work in."""

    title: str
    studio: Studio
    folder: Path
    inputs: Mapping[str, Manifest]

    def input_file(self, asset: str, name: str) -> Path:
        """A file of an upstream artifact, on local disk and verified."""
        return self.studio.store.fetch(self.inputs[asset], name)

    def film(self) -> Path:
        """The title's master as a local file."""
        return self.studio.masters.local(self.studio.catalogue.master(self.title))


@dataclass
class Work(Inputs):
    """The making of one artifact, from its start to its publication."""

    artifact: Artifact
    input_versions: Mapping[str, str]
    input_hash: str
    started: float = field(default_factory=time.monotonic)

    @property
    def key(self) -> ArtifactKey:
        """The artifact's key in the store."""
        return ArtifactKey.of_asset(self.title, self.artifact.asset)

    def progress(self, fraction: float) -> None:
        """Tell whoever watches how far this artifact is, 0 to 1."""
        self.studio.watch(self.artifact.asset, fraction)

    def publish(
        self,
        files: Mapping[str, Path],
        *,
        checks: Sequence[CheckOutcome] = (),
        metadata: Mapping[str, object] | None = None,
        quality: Mapping[str, object] | None = None,
        parameters: Mapping[str, object] | None = None,
        withheld: Mapping[str, str] | None = None,
    ) -> Made:
        """Publish the staged files if every blocking gate passed, else hold them for review.

        What a person approved in spite of a gate is published again without asking them again, as long as it is the
        same to the byte. Files in `withheld` (name to recipe) are published with the others, and shown to nobody before
        a person approved their recipe. Pictures that name their source type are signed as they are published.

        Raises:
            StoreError: If the store cannot take the files.
        """
        seconds = time.monotonic() - self.started
        declared = {check.name for check in check_specs_for(self.artifact.asset)}
        assert {check.name for check in checks} == declared, f"{self.artifact.asset} must report {sorted(declared)}"
        failed = [check for check in checks if check.blocking and not check.passed]
        made_by = MadeBy(
            code_version=self.artifact.code_version,
            engine=self.artifact.engine,
            parameters=dict(parameters or {}),
        )
        told = {**(quality or {}), "checks": [check_json(check) for check in checks]}
        approved = self.studio.store.approved_before(self.key, files) if failed else None
        if failed and approved is None:
            why = "; ".join(f"{check.name}: {check.why}" for check in failed)
            place = self.studio.store.hold(
                self.key,
                files,
                why=why,
                made_by=made_by,
                inputs=self.input_versions,
                quality=told,
                cost_s=seconds,
                withheld=withheld,
            )
            self.studio.ledger.held(self.key, why, place=place)
            return self._made(None, checks, metadata, seconds, held=why)
        manifest = self.studio.store.publish(
            self.key,
            files,
            made_by=made_by,
            inputs=self.input_versions,
            quality=told,
            cost_s=seconds,
            withheld=withheld,
            review="auto" if approved is None else approved.review,
            reviewed=None if approved is None else approved.reviewed,
            seal=self.studio.credentials.seal(self.key, made_by, self.input_versions),
        )
        self.studio.ledger.ready(self.key, input_hash=self.input_hash, manifest=manifest)
        self.progress(1.0)
        return self._made(manifest, checks, metadata, seconds)

    def skip(self, why: str) -> Made:
        """Record that the artifact does not apply to this title."""
        self.studio.ledger.skipped(self.key, input_hash=self.input_hash, why=why)
        self.progress(1.0)
        spared = [
            CheckOutcome(check.name, True, f"not applicable: {why}", check.blocking, {})
            for check in check_specs_for(self.artifact.asset)
        ]
        return self._made(None, spared, None, time.monotonic() - self.started, skipped=why)

    def _made(
        self,
        manifest: Manifest | None,
        checks: Sequence[CheckOutcome],
        metadata: Mapping[str, object] | None,
        seconds: float,
        *,
        skipped: str = "",
        held: str = "",
    ) -> Made:
        return Made(
            asset=self.artifact.asset,
            title=self.title,
            manifest=manifest,
            inputs=self.input_versions,
            code_version=self.artifact.code_version,
            checks=tuple(checks),
            metadata=metadata or {},
            seconds=round(seconds, 3),
            skipped=skipped,
            held=held,
        )


@contextmanager
def making(title: str, artifact: Artifact, studio: Studio) -> Iterator[Work]:
    """Make one artifact of one title: a staging folder, its inputs, and a ledger row that tells how it went.

    Raises:
        UpstreamMissing: If an upstream artifact was never published.
        Whatever the block raises, after the ledger has it.
    """
    artifact = artifact.under(studio.settings)
    key = ArtifactKey.of_asset(title, artifact.asset)
    inputs = published_inputs(title, artifact, studio)
    versions = {name: manifest.data_version for name, manifest in inputs.items()} or {
        MASTER: studio.catalogue.master(title).sha256
    }
    fingerprint = input_hash(versions, code_version=artifact.code_version, engine=artifact.engine)
    studio.ledger.start(key, input_hash=fingerprint, run_id=studio.run_id)
    studio.watch(artifact.asset, 0.0)
    with work_folder(studio.settings) as folder:
        try:
            yield Work(title, studio, folder, inputs, artifact, versions, fingerprint)
        except BaseException as error:  # an interrupt leaves its trace in the ledger as well
            studio.ledger.failed(key, str(error) or type(error).__name__)
            raise


def published_inputs(title: str, artifact: Artifact, studio: Studio) -> dict[str, Manifest]:
    """What an artifact of a title is made from, as it is published today.

    Raises:
        UpstreamMissing: Some of it never was.
    """
    return {name: _published(title, name, studio) for name in artifact.upstream}


def check_json(check: CheckOutcome) -> dict[str, object]:
    """A check's outcome as manifests and scripts carry it."""
    return {"name": check.name, "passed": check.passed, "why": check.why, "blocking": check.blocking}


def _published(title: str, asset: str, studio: Studio) -> Manifest:
    manifest = studio.store.manifest(ArtifactKey.of_asset(title, asset))
    if manifest is None:
        raise UpstreamMissing(
            f"{asset} has not been made for this title",
            where=title,
            fix=f"Make {asset} first, or choose it together with what is made from it.",
        )
    return manifest
