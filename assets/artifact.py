"""What is declared of an artifact, once: its upstreams, its version, its place, and how the UI introduces it.

The decorators read it to define the asset, `making` to record what was made from what, and `staleness` to tell what
must be made again without asking Dagster.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import dagster as dg

from assets.checks.promises import check_specs_for
from assets.partitions import titles
from assets.placement import placement
from resources.models.choice import engines_named
from resources.settings import Settings

__all__ = ["OWNERS", "Artifact", "house_rules", "keyed", "under"]

OWNERS = ["team:showrunner"]


@dataclass(frozen=True)
class Artifact:
    """One asset as the house declares it.

    Attributes:
        asset: The asset's name as people write it, for example "thumbnails/16x9".
        upstream: The assets it is made from, in the same spelling.
        code_version: Raised by hand when the code makes a different result; artifacts of older versions go stale.
        engine: What makes it, by name, where every engine it uses is the embedded one; part of what the result
            depends on.
        family: The row of the placement table.
        group: The group under which the UI shows it.
        kinds: The technologies that the UI shows as badges.
        uses: The settings that choose its engines ("faces_engine"): another choice makes it stale, and nothing else.
        shaped_by: Other settings that its result depends on ("trailer_music"); their defaults go without saying.
        on_demand: Whether it is made only where somebody asks for it; kept fresh from then on.
    """

    asset: str
    upstream: tuple[str, ...]
    code_version: str
    engine: str
    family: str = "analysis"
    group: str = "analysis"
    kinds: frozenset[str] = field(default_factory=frozenset)
    uses: tuple[str, ...] = ()
    shaped_by: tuple[str, ...] = ()
    on_demand: bool = False

    def under(self, settings: Settings) -> Artifact:
        """The artifact with its engine named as these settings choose it: "thumbnails+rtdetr:PekingU/…"."""
        chosen = engines_named(settings, self.uses)
        chosen += [
            f"{name}={_as_told(getattr(settings, name))}"
            for name in self.shaped_by
            if getattr(settings, name) != type(settings).model_fields[name].default
        ]
        return replace(self, engine="+".join([self.asset.partition("/")[0], *chosen])) if chosen else self

    @property
    def key(self) -> dg.AssetKey:
        """The Dagster asset key."""
        return dg.AssetKey(self.asset.split("/"))

    def check_specs(self) -> list[dg.AssetCheckSpec]:
        """The asset checks that its quality gates report."""
        return [
            dg.AssetCheckSpec(check.name, asset=self.key, description=check.description, blocking=check.blocking)
            for check in check_specs_for(self.asset)
        ]

    def spec(self, description: str) -> dg.AssetSpec:
        """The asset's spec, for a `multi_asset` that makes several artifacts in one go."""
        return dg.AssetSpec(
            self.key,
            deps=[dg.AssetKey(name.split("/")) for name in self.upstream],
            description=description,
            code_version=self.code_version,
            group_name=self.group,
            kinds=set(self.kinds),
            owners=OWNERS,
            skippable=True,
        )


def _as_told(value: object) -> str:
    """A setting's value; of a file its name and what is in it, as another text in it makes another result."""
    if not isinstance(value, Path):
        return str(value)
    path = value.expanduser()
    try:
        stamp = path.stat()
    except OSError:
        return f"{path.name} (missing)"
    return f"{path.name}@{_content(path, stamp.st_mtime_ns, stamp.st_size)}"


@functools.lru_cache(maxsize=64)
def _content(path: Path, changed_ns: int, size: int) -> str:  # asked of 202 languages at once
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def house_rules(artifact: Artifact) -> dict[str, Any]:
    """The arguments that every `@dg.asset` of the house shares, for one artifact.

    Outputs are Nothing, as artifacts go through the store and not through an IO manager, and they are optional,
    as an artifact that cannot apply to a title (the sound of a silent film) is skipped and is no failure.
    """
    where = placement(artifact.family)
    return {
        "key": artifact.key,
        "deps": [dg.AssetKey(name.split("/")) for name in artifact.upstream],
        "partitions_def": titles,
        "code_version": artifact.code_version,
        "group_name": artifact.group,
        "kinds": set(artifact.kinds),
        "owners": OWNERS,
        "check_specs": artifact.check_specs(),
        "op_tags": where.op_tags(),
        "pool": where.pool,
        "retry_policy": where.retry_policy,
        "dagster_type": dg.Nothing,
        "output_required": False,
    }


def keyed(artifacts: tuple[Artifact, ...]) -> Mapping[str, Artifact]:
    """Artifacts by asset name, in the order given."""
    return {artifact.asset: artifact for artifact in artifacts}


def under(artifacts: Mapping[str, Artifact], settings: Settings) -> Mapping[str, Artifact]:
    """Artifacts by asset name, each with its engine named as these settings choose it."""
    return {asset: artifact.under(settings) for asset, artifact in artifacts.items()}
