"""A trailer that came back from an editor's own tool: the OpenTimelineIO file counts, and what it lost is made up.

Another tool may have lost our metadata, put in clips without it, and counted at another rate. What cannot be rendered
(effects on clips, nested timelines, a second film) is refused with its place, never left out in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.errors import MediaError
from ops.trailer.edl import EditDecisionList
from ops.trailer.otio.clock import LONGEST_S, MOST_EVENTS, Clock, number
from ops.trailer.otio.picture_track import PictureTracks, only_file
from ops.trailer.otio.refusals import file_name, refuse_effects, refuse_other_kinds, refuse_trimmed
from ops.trailer.otio.sound_tracks import SoundTracks, bed_as_laid, told_bed
from ops.trailer.otio.writing import ours
from ops.trailer.soundtrack import Accent, AccentKind, Bed

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["read_otio"]

_MOST_BYTES = 16 << 20


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
    except (
        ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError, otio.exceptions.OTIOError,
    ) as error:  # fmt: skip  # its metadata and its times may be anything
        raise _refused(f"cannot be rendered: {error}", path, "Change the edit, and hand it in again.") from error


@dataclass(frozen=True)
class _Reading:
    """One file being read; a ValueError says what in it cannot be rendered."""

    timeline: otio.schema.Timeline
    like: EditDecisionList
    path: Path

    def edl(self) -> EditDecisionList:
        told = ours(self.timeline)
        clock, film_frames = Clock(self.like.rate), self.like.film.frames
        self._same_film(told)
        stack = self.timeline.tracks
        refuse_other_kinds(stack)
        tracks = [track for track in (*self.timeline.video_tracks(), *self.timeline.audio_tracks()) if track.enabled]
        refuse_effects((stack, *tracks))
        refuse_trimmed((stack, *tracks))
        picture = PictureTracks(tuple(t for t in self.timeline.video_tracks() if t.enabled), clock, film_frames)
        items = picture.items()
        events, joins = picture.read(items)
        heard = tuple(track for track in self.timeline.audio_tracks() if track.enabled)
        if sum(map(len, heard)) > MOST_EVENTS:
            raise ValueError(f"it has more than {MOST_EVENTS} sounds")
        shown = only_file(item for item, _, _ in items)
        known = shown or (str(told["media"]) if told.get("media") else None)
        sounds, music = SoundTracks(heard, clock, film_frames).read(known and file_name(known))
        frames = sum(event.frames for event in events)
        written = int(told["frames"]) if "frames" in told else None
        bed = bed_as_laid(self._bed(told) if music else None, music, frames, written)
        return EditDecisionList(
            cut=self.like.cut,
            rate=self.like.rate,
            size=self.like.size,
            film=self.like.film,
            events=tuple(events),
            joins=tuple(joins),
            sounds=sounds,
            bed=bed,
            accents=self._accents(told, frames) if bed is not None else (),
            target_lufs=self.like.target_lufs,
            peak_dbtp=self.like.peak_dbtp,
            grade=str(told.get("grade", self.like.grade)),
            notes=(("edit", f"handed in as {self.path.name}"),),
        )

    def _same_film(self, told: Mapping[str, Any]) -> None:
        film = told.get("film")
        sha256 = film.get("sha256") if isinstance(film, Mapping) else None
        if sha256 is not None and self.like.film.sha256 and sha256 != self.like.film.sha256:
            raise ValueError(
                f"it is an edit of another film than {self.like.film.name or 'this one'}, or of an older master of it "
                f"(SHA-256 {str(sha256)[:12]}…, not {self.like.film.sha256[:12]}…)"
            )

    def _bed(self, told: Mapping[str, Any]) -> Bed | None:
        bed = told.get("bed")
        return self.like.bed if bed is None else told_bed(bed)

    def _accents(self, told: Mapping[str, Any], frames: int) -> tuple[Accent, ...]:
        if "accents" not in told:
            return self.like.accents
        longest = float(LONGEST_S * self.like.rate)
        given = (
            Accent(
                AccentKind(each["kind"]),
                int(number(each["at"], 0, longest, "an accent's place")),
                int(number(each["frames"], 1, longest, "an accent's length")),
            )
            for each in told["accents"]
        )
        return tuple(each for each in given if each.at < frames)


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]


def _refused(what: str, path: Path, fix: str) -> MediaError:
    return MediaError(what, where=path, fix=fix)
