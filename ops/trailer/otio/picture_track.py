"""What the picture tracks of a trailer that came back hold: stretches of the film, cards, gaps, and their joins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ops.trailer.events import Card, CardKind, Clip, CropKnot, Event, Join, JoinKind, Part, Title
from ops.trailer.otio.clock import LONGEST_S, MOST_EVENTS, Clock, number
from ops.trailer.otio.refusals import file_of, name_of, refuse_effects
from ops.trailer.otio.writing import ours

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["PictureTracks", "only_file"]


@dataclass(frozen=True)
class PictureTracks:
    """The tracks being read; a ValueError says what in them cannot be rendered.

    Attributes:
        tracks: Those that are switched on, from the lowest.
        clock: Counts the trailer's frames.
        film_frames: The film's length.
    """

    tracks: tuple[Any, ...]
    clock: Clock
    film_frames: int

    def items(self) -> list[tuple[Any, int, int]]:
        """What is seen, with its edges: the layers flattened to one."""
        import opentimelineio as otio

        tracks = self.tracks
        if not tracks:
            raise ValueError("it has no picture track")
        if sum(map(len, tracks)) > MOST_EVENTS:
            raise ValueError(f"it has {sum(map(len, tracks))} events, more than {MOST_EVENTS}")
        refuse_effects(item for track in tracks for item in track if getattr(item, "enabled", True))
        if len(tracks) == 1:
            return list(self.clock.placed(tracks[0]))
        flat = otio.algorithms.flatten_stack([_without_disabled(track) for track in tracks])
        if sum(map(_transitions, tracks)) != _transitions(flat):
            raise ValueError("a transition on one of its picture tracks is cut by a layer above it: flatten the edit")
        return list(self.clock.placed(flat))

    def read(self, items: list[tuple[Any, int, int]]) -> tuple[list[Event], list[Join]]:
        """The events of `items` and what joins them."""
        import opentimelineio as otio

        shown = [place for place, (item, start, end) in enumerate(items) if _is_seen(item, start, end)]
        if not shown:
            raise ValueError("its picture track is empty")
        if items[shown[-1]][2] > LONGEST_S * self.clock.rate:
            raise ValueError(f"it is longer than {LONGEST_S} s")
        events: list[Event] = []
        joins: list[Join] = []
        pending: Join | None = None
        part = Part.HOOK
        for place, (item, start, end) in enumerate(items):
            if isinstance(item, otio.schema.Transition):
                if not shown[0] < place < shown[-1]:
                    raise ValueError(
                        f"the transition {name_of(item)} lies at the {'tail' if events else 'head'} of the picture, "
                        "with nothing on its other side: put a gap of black there, or take it off"
                    )
                if pending is not None:
                    raise ValueError(f"the transition {name_of(item)} follows another: take one off")
                pending = self._join(item)
                continue
            if not _is_seen(item, start, end):
                continue
            event = self._event(item, part, end - start, place == shown[-1])
            part = event.part
            if events:
                joins.append(pending or Join())
            events.append(event)
            pending = None
        return events, joins

    def _event(self, item: Any, part: Part, frames: int, last: bool) -> Event:
        import opentimelineio as otio

        if isinstance(item, otio.schema.Gap) or (isinstance(item, otio.schema.Clip) and not item.enabled):
            return Card(frames, CardKind.TAGLINE, ("",), part, "a gap in the edit: black")
        if not isinstance(item, otio.schema.Clip):
            raise ValueError(
                f"{name_of(item)} is a {type(item).__name__}; nested timelines are not rendered: flatten it"
            )
        told = ours(item)
        part = _of(Part, told.get("part"), part)
        reference = item.media_reference
        if reference is None or isinstance(reference, (otio.schema.GeneratorReference, otio.schema.MissingReference)):
            return _card(item, part, frames, last)
        if not isinstance(reference, otio.schema.ExternalReference):
            raise ValueError(f"{name_of(item)} is a {type(reference).__name__}; only the title's film is rendered")
        start = self.clock.source(item, frames, self.film_frames)
        shot = told.get("shot")
        return Clip(
            start,
            start + frames,
            part,
            shot=None if shot is None else int(shot),
            reason=str(told.get("reason", "put in by a person")),
            title=_title(told.get("title"), frames),
            crop=tuple(CropKnot(int(k["frame"]), _share(k["left"]), _share(k["top"])) for k in told.get("crop", ())),
            traits=tuple((str(name), _trait(name, value)) for name, value in told.get("traits", {}).items()),
        )

    def _join(self, item: otio.schema.Transition) -> Join:
        import opentimelineio as otio

        dissolve = item.transition_type == otio.schema.TransitionTypes.SMPTE_Dissolve
        kind = _of(JoinKind, item.name, JoinKind.DISSOLVE if dissolve else None)
        kind = _of(JoinKind, ours(item).get("kind"), kind)
        if kind is None:
            raise ValueError(
                f"the transition {name_of(item)} ({item.transition_type or 'of no kind'}) is not rendered; there are "
                f"{', '.join(JoinKind)}"
            )
        return Join(
            kind,
            self.clock.frames(item.in_offset),
            self.clock.frames(item.out_offset),
            str(ours(item).get("reason", "put in by a person")),
        )


def _card(item: Any, part: Part, frames: int, last: bool) -> Card:
    """Words on black: as we wrote them; of a clip without media, and of another tool's title, its name."""
    import opentimelineio as otio

    told = ours(item)
    if "shot" in told:
        raise ValueError(f"{name_of(item)} has lost its media: link it to the film again, or delete it")
    reference = item.media_reference
    parameters = reference.parameters if isinstance(reference, otio.schema.GeneratorReference) else {}
    lines = parameters.get("lines") or told.get("lines")
    if not lines and not (item.name or "").strip():
        raise ValueError("a clip without media and without a name is on its picture track: delete it, or name it")
    kind = _of(CardKind, told.get("kind"), CardKind.END if last else CardKind.TAGLINE)
    return Card(
        frames,
        _of(CardKind, parameters.get("kind"), kind),
        tuple(str(line) for line in lines) if lines else (item.name.strip(),),
        part,
        str(told.get("reason", "put in by a person")),
    )


def only_file(items: Iterable[Any]) -> str | None:
    """The one file that is seen; only the title's film is rendered."""
    import opentimelineio as otio

    used = {
        name
        for item in items
        if isinstance(item, otio.schema.Clip) and item.enabled and (name := file_of(item)) is not None
    }
    if len(used) > 1:
        raise ValueError(f"it shows more than one file ({', '.join(sorted(used))}); only the title's film is rendered")
    return next(iter(used), None)


def _without_disabled(track: Any) -> Any:
    """A layer in which what is switched off lets the layers beneath through."""
    import opentimelineio as otio

    layer = track.deepcopy()
    for place, item in enumerate(list(layer)):
        if isinstance(item, otio.schema.Clip) and not item.enabled:
            layer[place] = otio.schema.Gap(source_range=item.trimmed_range())
    return layer


def _transitions(track: Any) -> int:
    import opentimelineio as otio

    return sum(isinstance(item, otio.schema.Transition) for item in track)


def _is_seen(item: Any, start: int, end: int) -> bool:
    """Neither a transition nor a gap that rounds to nothing."""
    import opentimelineio as otio

    return not isinstance(item, otio.schema.Transition) and (end > start or not isinstance(item, otio.schema.Gap))


def _of(kind: Any, value: object, otherwise: Any) -> Any:
    """The enum's member of that value, the other one where there is none of it."""
    return kind(value) if value in set(kind) else otherwise


def _title(told: Any, frames: int) -> Title | None:
    if not told:
        return None
    start, end = int(told["start"]), min(int(told["end"]), frames)
    return Title(str(told["words"]), start, end) if start < end else None


def _share(told: Any) -> float:
    return number(told, -0.001, 1.001, "the edge of a crop")


def _trait(name: str, told: Any) -> float:
    return number(told, -1e3, 1e3, f"the trait {name}")
