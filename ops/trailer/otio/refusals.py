"""What an edit may hold that is not rendered here; each is refused in words, none is left out in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

__all__ = ["file_name", "file_of", "name_of", "refuse_effects", "refuse_other_kinds", "refuse_trimmed"]


def name_of(item: Any) -> str:
    """How an item is called in what is said of it."""
    return repr(item.name or type(item).__name__)


def file_of(clip: Any) -> str | None:
    """The name of the file that a clip shows or sounds; None where it points at none."""
    import opentimelineio as otio

    reference = clip.media_reference
    if not isinstance(reference, otio.schema.ExternalReference):
        return None
    return file_name(reference.target_url or "")


def file_name(address: str) -> str:
    """The last part of a path or URL, whichever system wrote it."""
    return unquote(address).replace("\\", "/").rsplit("/", 1)[-1]


def refuse_effects(items: Iterable[Any]) -> None:
    """Refuse changed speed and every effect that does something; empty slots and disabled ones do nothing.

    Raises:
        ValueError: Which item has which effect.
    """
    import opentimelineio as otio

    for item in items:
        for effect in getattr(item, "effects", ()):
            if not effect.enabled or (isinstance(effect, otio.schema.LinearTimeWarp) and effect.time_scalar == 1):
                continue
            called = effect.name or effect.effect_name or "unnamed"
            if isinstance(effect, otio.schema.TimeEffect):
                raise ValueError(f"{name_of(item)} has effects ({called}): speed is not changed here")
            slots = list(_slots(effect.metadata))
            if not slots or any(map(_works, slots)):
                raise ValueError(f"{name_of(item)} has effects ({called}): effects are not rendered; take it off")


def refuse_other_kinds(stack: Any) -> None:
    """Refuse what lies in a timeline beside its tracks of picture and sound.

    Raises:
        ValueError: What.
    """
    import opentimelineio as otio

    for child in stack:
        if not isinstance(child, otio.schema.Track):
            raise ValueError(f"{name_of(child)} is a {type(child).__name__} beside the tracks: put it in a track")
        known = child.kind in (otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio)
        if not known and child.enabled and len(child):
            raise ValueError(f"its track {name_of(child)} is of the kind {child.kind!r}; only picture and sound are")


def refuse_trimmed(items: Iterable[Any]) -> None:
    """Refuse tracks, or a whole timeline, of which only a stretch is meant.

    Raises:
        ValueError: Which.
    """
    for item in items:
        if item.source_range is not None and item.source_range != item.available_range():
            raise ValueError(f"{name_of(item)} is trimmed as a whole: trim its clips")


def _slots(metadata: Any) -> Iterator[Mapping[str, Any]]:
    """Every description of an effect in its metadata that lists parameters (DaVinci Resolve: "Resolve_OTIO")."""
    for told in metadata.values():
        if isinstance(told, Mapping):
            if "Parameters" in told:
                yield told
            else:
                yield from _slots(told)


def _works(slot: Mapping[str, Any]) -> bool:
    """Whether any parameter of an effect is not at rest."""
    if slot.get("Enabled") is False:
        return False
    parameters = slot["Parameters"] or ()
    for each in parameters.values() if isinstance(parameters, Mapping) else parameters:
        at_rest = (
            isinstance(each, Mapping)
            and not each.get("Key Frames")
            and "Parameter Value" in each
            and each["Parameter Value"] == each.get("Default Parameter Value")
        )
        if not at_rest:
            return True
    return False
