"""What an artifact's folders hold beside its current version, and what is cleared away of it.

Versions beyond the last ones, results held for review that nobody waits for, and what killed writers left.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from resources.store.backend import Backend
from resources.store.model import ArtifactKey, Manifest
from resources.store.writers import living_and_dead

__all__ = ["PRUNED", "InUse", "Upkeep", "Waiting", "nothing"]

PRUNED = "pruned"
"""The name that marks a version on its way out."""

_COMPLETED_BY = {"versions": "manifest.json", "held": "why.json"}  # written last
_HELD_KEPT = 5  # results kept for review per artifact; older ones go, unless a person is yet to act on them

InUse = Callable[[ArtifactKey], Collection[str]]
"""Tells the versions of an artifact that are shown somewhere: pictures under test, and what was promoted."""

Waiting = Callable[[ArtifactKey], Collection[str]]
"""Tells the places of an artifact, as `hold` gave them, that a review still needs: undecided, or yet to be released."""


def nothing(_key: ArtifactKey) -> Collection[str]:
    """Nothing is in use, and nobody waits."""
    return ()


class Upkeep:
    """Clears a store's artifacts up as writers come by; safe beside any other writer.

    Args:
        backend: Where the bytes lie.
        current: An artifact's current manifest, None where there is none or it is damaged.
        keep_versions: How many versions of an artifact stay.
        in_use: Tells versions that stay beyond the last ones.
        waiting: Tells held places that stay beyond the last ones.
    """

    def __init__(
        self,
        backend: Backend,
        current: Callable[[ArtifactKey], Manifest | None],
        keep_versions: int,
        in_use: InUse,
        waiting: Waiting,
    ) -> None:
        self._backend = backend
        self._current = current
        self._keep = keep_versions
        self._in_use = in_use
        self._waiting = waiting

    def _inventory(self, key: ArtifactKey, kind: str) -> dict[str, set[str]]:
        """The names of what lies below each version in versions/ or held/."""
        prefix = f"{key.path}/{kind}/"
        found: dict[str, set[str]] = {}
        for entry in self._backend.entries(prefix):
            version, _, name = entry.name.removeprefix(prefix).partition("/")
            found.setdefault(version, set()).add(name)
        return found

    def complete(self, key: ArtifactKey, kind: str) -> list[str]:
        """The versions in versions/ or held/ that are whole, newest first."""
        found = self._inventory(key, kind)
        return sorted((version for version, names in found.items() if _is_complete(kind, names)), reverse=True)

    def prune(self, key: ArtifactKey) -> None:
        """Removes the versions beyond the last ones; never the current one, nor one that somebody relies on."""
        old = self.complete(key, "versions")[self._keep :]
        for version in sorted(set(old) - set(self._in_use(key))) if old else []:
            folder = f"{key.path}/versions/{version}"
            self._backend.touch(f"{folder}/{PRUNED}")
            living, _ = living_and_dead(self._backend, key.path)
            current = self._current(key)
            if version in living or (current is not None and current.version == version):
                self._backend.delete([f"{folder}/{PRUNED}"])
                continue
            self._backend.delete([f"{folder}/manifest.json"])
            self._backend.delete_tree(f"{folder}/")

    def prune_held(self, key: ArtifactKey) -> None:
        """Removes what was held before the last ones; never what a person is yet to see, or to have published."""
        old = [f"{key.path}/held/{version}" for version in self.complete(key, "held")[_HELD_KEPT:]]
        for place in sorted(set(old) - set(self._waiting(key))) if old else []:
            self._backend.delete([f"{place}/why.json"])
            self._backend.delete_tree(f"{place}/")

    def clear_remains(self, key: ArtifactKey) -> None:
        """Removes what killed writers left: unfinished versions, half-finished removals, their marks."""
        # In this order: a mark precedes what its writer writes, and outlives the object that completes it.
        seen = {kind: self._inventory(key, kind) for kind in _COMPLETED_BY}
        living, dead = living_and_dead(self._backend, key.path)
        for kind, versions in seen.items():
            begun = {each for each, names in versions.items() if not _is_complete(kind, names)}
            suspects = (begun | dead.keys() - versions.keys()) - living
            if suspects:  # completed since, perhaps
                suspects -= set(self.complete(key, kind))
            for version in suspects:
                self._backend.delete_tree(f"{key.path}/{kind}/{version}/")
        self._backend.delete([mark for marks in dead.values() for mark in marks])


def _is_complete(kind: str, names: set[str]) -> bool:
    return _COMPLETED_BY[kind] in names and PRUNED not in names
