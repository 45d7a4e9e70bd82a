"""A trailer that came back from an editor's own tool: the OpenTimelineIO file counts, and what it lost is made up.

Another tool may have lost our metadata, put in clips without it, and counted at another rate. What cannot be rendered
(effects on clips, nested timelines, a second film) is refused with its place, never left out in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.errors import MediaError
from ops.trailer.edl import EditDecisionList
from ops.trailer.events import Card, CardKind, Clip, CropKnot, Event, Join, JoinKind, Part, Title
from ops.trailer.otio.writing import OURS
from ops.trailer.soundtrack import Accent, AccentKind, Bed, BedKind, FilmSound, SoundRole

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["read_otio"]

_MOST_BYTES = 16 << 20
_MOST_EVENTS = 2_000
_LONGEST_S = 600
"""A trailer of ten minutes is none; a file that claims one is not rendered."""


def read_otio(path: Path, like: EditDecisionList) -> EditDecisionList:
    """Read a trailer that came back.

    Args:
        path: The .otio file; anybody's.
        like: The trailer as it is now, or as it would be: what the file does not tell is taken from it.

    Raises:
        MediaError: It is no timeline, or asks for what is not rendered here; says what and where.
    """
    import opentimelineio as otio

    if path.stat().st_size > _MOST_BYTES:
        raise _refused("is too large for the edit of a trailer", path, "Hand in the timeline of the trailer alone.")
    try:
        timeline = otio.adapters.read_from_string(path.read_text(encoding="utf-8"), "otio_json")
    except Exception as error:  # whatever its parser makes of a stranger's file
        raise _refused(f"is no OpenTimelineIO file ({_first_line(error)})", path, "Export OTIO again.") from error
    if not isinstance(timeline, otio.schema.Timeline):
        raise _refused("holds no timeline", path, "Export the timeline, not a clip or a bin.")
    try:
        return _Reading(timeline, like, path).edl()
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # its metadata may be anything
        raise _refused(f"cannot be rendered: {error}", path, "Change the edit, and hand it in again.") from error


@dataclass(frozen=True)
class _Reading:
    """One file being read; a ValueError says what in it cannot be rendered."""

    timeline: otio.schema.Timeline
    like: EditDecisionList
    path: Path

    def edl(self) -> EditDecisionList:
        told = _ours(self.timeline)
        events, joins = self._picture()
        sounds = tuple(self._sounds())
        bed = self._bed(told)
        return EditDecisionList(
            cut=self.like.cut,
            rate=self.like.rate,
            size=self.like.size,
            film=self.like.film,
            events=tuple(events),
            joins=tuple(joins),
            sounds=sounds,
            bed=bed,
            accents=self._accents(told, sum(event.frames for event in events)) if bed is not None else (),
            target_lufs=self.like.target_lufs,
            peak_dbtp=self.like.peak_dbtp,
            grade=str(told.get("grade", self.like.grade)),
            notes=(("edit", f"handed in as {self.path.name}"),),
        )

    def _picture(self) -> tuple[list[Event], list[Join]]:
        import opentimelineio as otio

        tracks = [track for track in self.timeline.video_tracks() if track.enabled]
        if not tracks:
            raise ValueError("it has no picture track")
        track = tracks[0] if len(tracks) == 1 else otio.algorithms.flatten_stack(tracks)
        items = list(track)
        if len(items) > _MOST_EVENTS:
            raise ValueError(f"it has {len(items)} events, more than {_MOST_EVENTS}")
        self._one_film(items)
        events: list[Event] = []
        joins: list[Join] = []
        pending: Join | None = None
        part = Part.HOOK
        for item in items:
            if isinstance(item, otio.schema.Transition):
                pending = self._join(item)
                continue
            event = self._event(item, part)
            part = event.part
            if events:
                joins.append(pending or Join())
            events.append(event)
            pending = None
        if not events:
            raise ValueError("its picture track is empty")
        if sum(event.frames for event in events) > _LONGEST_S * self.like.rate:
            raise ValueError(f"it is longer than {_LONGEST_S} s")
        return events, joins

    def _event(self, item: Any, part: Part) -> Event:
        import opentimelineio as otio

        if isinstance(item, otio.schema.Gap) or (isinstance(item, otio.schema.Clip) and not item.enabled):
            return Card(self._frames(item), CardKind.TAGLINE, ("",), part, "a gap in the edit: black")
        if not isinstance(item, otio.schema.Clip):
            raise ValueError(f"{_name(item)} is a {type(item).__name__}; nested timelines are not rendered: flatten it")
        if item.effects:
            raise ValueError(
                f"{_name(item)} has effects ({item.effects[0].name or 'unnamed'}): speed is not changed here"
            )
        told = _ours(item)
        part = _of(Part, told.get("part"), part)
        reference = item.media_reference
        if isinstance(reference, otio.schema.GeneratorReference):
            parameters = dict(reference.parameters)
            lines = tuple(str(line) for line in parameters.get("lines", [item.name]))
            kind = _of(CardKind, parameters.get("kind"), CardKind.TAGLINE)
            return Card(self._frames(item), kind, lines or ("",), part, str(told.get("reason", "")))
        start = self._rounded(item.trimmed_range().start_time)
        if reference is not None and reference.available_range is not None:
            # other tools count from the media's own timecode; the film's first picture is our frame 0
            start -= self._rounded(reference.available_range.start_time)
        frames = self._frames(item)
        return Clip(
            start,
            start + frames,
            part,
            shot=told.get("shot"),
            reason=str(told.get("reason", "put in by a person")),
            title=_title(told.get("title"), frames),
            crop=tuple(CropKnot(int(k["frame"]), float(k["left"]), float(k["top"])) for k in told.get("crop", ())),
            traits=tuple((str(name), float(value)) for name, value in told.get("traits", {}).items()),
        )

    def _join(self, item: otio.schema.Transition) -> Join:
        kind = _of(JoinKind, _ours(item).get("kind"), JoinKind.DISSOLVE)
        return Join(
            kind,
            self._rounded(item.in_offset),
            self._rounded(item.out_offset),
            str(_ours(item).get("reason", "put in by a person")),
        )

    def _sounds(self) -> Iterator[FilmSound]:
        import opentimelineio as otio

        for track in self.timeline.audio_tracks():
            if not track.enabled or track.name == "music":
                continue
            clips = [item for item in track if isinstance(item, otio.schema.Clip) and item.enabled]
            self._one_film(clips)
            for clip in clips:
                at = clip.trimmed_range_in_parent()
                assert at is not None
                told = _ours(clip)
                start = self._rounded(clip.trimmed_range().start_time)
                if clip.media_reference is not None and clip.media_reference.available_range is not None:
                    start -= self._rounded(clip.media_reference.available_range.start_time)
                role = SoundRole.DIALOGUE if "dialog" in track.name.casefold() else SoundRole.EFFECTS
                yield FilmSound(
                    start,
                    start + self._frames(clip),
                    self._rounded(at.start_time),
                    _of(SoundRole, told.get("role"), role),
                    gain_db=float(told.get("gain_db", 0.0)),
                    fade_in_s=float(told.get("fade_in_s", 0.02)),
                    fade_out_s=float(told.get("fade_out_s", 0.02)),
                    words=str(told.get("words", "")),
                    reason=str(told.get("reason", "put in by a person")),
                )

    def _bed(self, told: Mapping[str, Any]) -> Bed | None:
        """The music as it was, where its track is still there."""
        import opentimelineio as otio

        music = [track for track in self.timeline.audio_tracks() if track.name == "music" and track.enabled]
        if not any(isinstance(item, otio.schema.Clip) and item.enabled for track in music for item in track):
            return None
        bed = told.get("bed")
        if bed is None:
            return self.like.bed
        return Bed(
            kind=BedKind(bed["kind"]),
            start_s=float(bed["start_s"]),
            tempo_bpm=None if bed["tempo_bpm"] is None else float(bed["tempo_bpm"]),
            beats_s=tuple(map(float, bed["beats_s"])),
            downbeats_s=tuple(map(float, bed["downbeats_s"])),
            source=str(bed["source"]),
            seed=int(bed["seed"]),
            reason=str(bed["reason"]),
            parts=tuple((Part(part), float(at_s)) for part, at_s in bed.get("parts", ())),
            splices=tuple((float(at_s), float(source_s)) for at_s, source_s in bed.get("splices", ())),
        )

    def _accents(self, told: Mapping[str, Any], frames: int) -> tuple[Accent, ...]:
        if "accents" not in told:
            return self.like.accents
        given = (Accent(AccentKind(each["kind"]), int(each["at"]), int(each["frames"])) for each in told["accents"])
        return tuple(each for each in given if each.at < frames)

    def _one_film(self, items: list[Any]) -> None:
        """Refuse a second media file: only the title's film is rendered."""
        import opentimelineio as otio

        used = {
            Path(item.media_reference.target_url).name
            for item in items
            if isinstance(item, otio.schema.Clip) and isinstance(item.media_reference, otio.schema.ExternalReference)
        }
        if len(used) > 1:
            raise ValueError(
                f"it shows more than one file ({', '.join(sorted(used))}); only the title's film is rendered"
            )

    def _frames(self, item: Any) -> int:
        return self._rounded(item.trimmed_range().duration)

    def _rounded(self, time: otio.opentime.RationalTime) -> int:
        """A time as whole frames of the trailer's rate."""
        if not 0 < time.rate < 1000:
            raise ValueError(f"it counts time at {time.rate:g} a second")
        return round(Fraction(time.value) * self.like.rate / Fraction(time.rate).limit_denominator(1001))


def _ours(item: Any) -> Mapping[str, Any]:
    told = item.metadata.get(OURS, {})
    return told if isinstance(told, Mapping) else {}


def _of(kind: Any, value: object, otherwise: Any) -> Any:
    """The enum's member of that value, the other one where there is none of it."""
    return kind(value) if value in set(kind) else otherwise


def _title(told: Any, frames: int) -> Title | None:
    if not told:
        return None
    start, end = int(told["start"]), min(int(told["end"]), frames)
    return Title(str(told["words"]), start, end) if start < end else None


def _name(item: Any) -> str:
    return repr(item.name or type(item).__name__)


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]


def _refused(what: str, path: Path, fix: str) -> MediaError:
    return MediaError(what, where=path, fix=fix)
