"""What the sound tracks of a trailer that came back hold: the film's own sound, and the music as it was."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ops.trailer.events import Part
from ops.trailer.otio.clock import LONGEST_S, Clock, number
from ops.trailer.otio.refusals import file_of, name_of, refuse_effects
from ops.trailer.otio.writing import MUSIC_GENERATOR, ours
from ops.trailer.soundtrack import Bed, BedKind, FilmSound, SoundRole

__all__ = ["MusicClip", "SoundTracks", "bed_as_laid", "told_bed"]

_MOST_GAIN_DB = 40.0
_LONGEST_TRACK_S = 86_400.0
_SOFTEST_FADE_S = 0.02
_MUSIC = re.compile(rf"music \(({'|'.join(BedKind)})\)")
"""The name that we gave the music's clip: all that is left of it in some tools."""

_OWN_MUSIC = "to put other music under the trailer, supply it by the setting SHOWRUNNER_TRAILER_MUSIC"


@dataclass(frozen=True)
class MusicClip:
    """Where the music lies: first frame of the trailer, one past its last, and the music's frame it begins with."""

    start: int
    end: int
    source: int


@dataclass(frozen=True)
class SoundTracks:
    """The tracks being read; a ValueError says what in them cannot be rendered.

    Attributes:
        tracks: Those that are switched on.
        clock: Counts the trailer's frames.
        film_frames: The film's length.
    """

    tracks: tuple[Any, ...]
    clock: Clock
    film_frames: int

    def read(self, film: str | None) -> tuple[tuple[FilmSound, ...], tuple[MusicClip, ...]]:
        """Everything that is heard.

        Args:
            film: The name of the film's file in this timeline; None where nothing tells it.
        """
        import opentimelineio as otio

        sounds: list[FilmSound] = []
        music: list[MusicClip] = []
        for track in self.tracks:
            for item, start, end in self.clock.placed(track):
                if isinstance(item, otio.schema.Transition):
                    raise ValueError(
                        f"a transition ({item.name or 'unnamed'}) lies on the sound track {name_of(track)}: "
                        "cross-fades of sound are not rendered; take it off"
                    )
                if isinstance(item, otio.schema.Gap) or (isinstance(item, otio.schema.Clip) and not item.enabled):
                    continue
                if not isinstance(item, otio.schema.Clip):
                    raise ValueError(
                        f"{name_of(item)} is a {type(item).__name__}; nested timelines are not rendered: flatten it"
                    )
                refuse_effects((item,))
                if _is_music(item, track):
                    music.append(MusicClip(start, end, self._music_start(item)))
                    continue
                heard = file_of(item)
                if heard is None:
                    raise ValueError(f"the sound {name_of(item)} has no media: link it to the film again, or delete it")
                film = film or heard
                if heard != film:
                    raise ValueError(f"the sound {name_of(item)} is of {heard}, not of the film ({film}); {_OWN_MUSIC}")
                sounds.append(self._sound(item, track, start, end))
        return tuple(sounds), tuple(music)

    def _sound(self, clip: Any, track: Any, at: int, until: int) -> FilmSound:
        told = ours(clip)
        frames = until - at
        start = self.clock.source(clip, frames, self.film_frames)
        role = SoundRole.DIALOGUE if "dialog" in (track.name or "").casefold() else SoundRole.EFFECTS
        length_s = float(frames / self.clock.rate)
        if length_s > LONGEST_S:
            raise ValueError(f"the sound {name_of(clip)} is longer than {LONGEST_S} s")
        least = min(_SOFTEST_FADE_S, length_s)
        of = f"of the sound {name_of(clip)}"
        return FilmSound(
            start,
            start + frames,
            at,
            SoundRole(told["role"]) if told.get("role") in set(SoundRole) else role,
            gain_db=number(told.get("gain_db", 0.0), -_MOST_GAIN_DB, _MOST_GAIN_DB, f"the gain {of}, dB,"),
            fade_in_s=number(told.get("fade_in_s", least), 0.0, max(length_s, least), f"the fade-in {of}, seconds,"),
            fade_out_s=number(told.get("fade_out_s", least), 0.0, max(length_s, least), f"the fade-out {of}, seconds,"),
            words=str(told.get("words", "")),
            reason=str(told.get("reason", "put in by a person")),
        )

    def _music_start(self, clip: Any) -> int:
        start = self.clock.exact(clip.trimmed_range().start_time) if clip.source_range is not None else 0
        held = clip.media_reference.available_range if clip.media_reference is not None else None
        return round(start - (self.clock.exact(held.start_time) if held is not None else 0))


def bed_as_laid(bed: Bed | None, music: tuple[MusicClip, ...], frames: int, written: int | None) -> Bed | None:
    """The music as it was, if its clip still lies as it did.

    Args:
        bed: The music as it was.
        music: Its clips as they lie now; none for no music.
        frames: The trailer's length now.
        written: Its length when it was written, where that is told: what is longer now rings out by itself.

    Raises:
        ValueError: It was cut up, moved or trimmed.
    """
    if not music or bed is None:
        return None
    if len(music) > 1:
        raise ValueError(f"the music is in {len(music)} clips; it plays as one: leave one clip, or {_OWN_MUSIC}")
    clip = next(iter(music))
    if abs(clip.start) > 1 or abs(clip.source) > 1:
        raise ValueError(
            f"the music was moved or trimmed at its head (it begins at frame {clip.start} with its frame "
            f"{clip.source}); it plays from the first frame: put it back, or {_OWN_MUSIC}"
        )
    if clip.end < min(frames, frames if written is None else written) - 1:
        raise ValueError(
            f"the music was trimmed at its tail (it ends at frame {clip.end} of {frames}); it plays to the end: "
            f"draw it out, or {_OWN_MUSIC}"
        )
    return bed


def told_bed(told: Any) -> Bed:
    """A bed as its metadata tells it."""
    tempo = told["tempo_bpm"]
    return Bed(
        kind=BedKind(told["kind"]),
        start_s=number(told["start_s"], -1.0, _LONGEST_TRACK_S, "the music's start"),
        tempo_bpm=None if tempo is None else number(tempo, 1, 1000, "the music's tempo"),
        beats_s=_seconds(told["beats_s"], "a beat of the music"),
        downbeats_s=_seconds(told["downbeats_s"], "a downbeat of the music"),
        source=str(told["source"]),
        seed=int(told["seed"]),
        reason=str(told["reason"]),
        parts=tuple(
            (Part(part), number(at_s, -1.0, _LONGEST_TRACK_S, "a part of the music"))
            for part, at_s in told.get("parts", ())
        ),
        splices=tuple(
            (
                number(at_s, -1.0, _LONGEST_TRACK_S, "a splice of the music"),
                number(from_s, -1.0, _LONGEST_TRACK_S, "a splice of the music"),
            )
            for at_s, from_s in told.get("splices", ())
        ),
    )


def _seconds(told: Any, what: str) -> tuple[float, ...]:
    return tuple(number(each, -1.0 - 1.0, _LONGEST_TRACK_S, what) for each in told)


def _is_music(clip: Any, track: Any) -> bool:
    """The music is known by what it is made of or by our metadata, whatever its track is called."""
    import opentimelineio as otio

    reference = clip.media_reference
    if isinstance(reference, otio.schema.ExternalReference):
        return False
    if isinstance(reference, otio.schema.GeneratorReference):
        return reference.generator_kind == MUSIC_GENERATOR
    return bool(ours(clip).get("music") or ours(track).get("music") or _MUSIC.fullmatch(clip.name or ""))
