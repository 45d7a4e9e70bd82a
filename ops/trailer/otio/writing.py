"""A trailer as an OpenTimelineIO file, that an editor opens in their own tool, changes, and hands back.

Everything of an `EditDecisionList` is in the file: what OTIO has words for as OTIO (clips, gaps, dissolves, tracks),
the rest as metadata under "showrunner". EDL (CMX 3600: cuts and dissolves) and FCPXML (cuts and the film's sound)
go out through OTIO's own adapters; they hold no words, crops and other joins. `reading` takes the file back.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.trailer.edl import EditDecisionList
from ops.trailer.events import Card, Clip, Join, JoinKind
from ops.trailer.soundtrack import Bed, SoundRole

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["MUSIC_GENERATOR", "OURS", "export", "ours", "write_otio"]

OURS = "showrunner"
"""Where our metadata lies."""

CARD_GENERATOR = "showrunner.card"
MUSIC_GENERATOR = "music"


def ours(item: Any) -> Mapping[str, Any]:
    """Our metadata of an item; empty where another tool has lost or broken it."""
    told = item.metadata.get(OURS, {})
    return told if isinstance(told, Mapping) else {}


def write_otio(edl: EditDecisionList, path: Path, *, media: str) -> None:
    """Write a trailer as .otio.

    Args:
        edl: The trailer.
        path: The file to be.
        media: How the film's file is called; other tools look for it beside the .otio.
    """
    import opentimelineio as otio

    otio.adapters.write_to_file(_timeline(edl, media), str(path))


def export(edl: EditDecisionList, folder: Path, *, media: str) -> dict[str, Path]:
    """Write a trailer as `edit.edl` (CMX 3600) and `edit.fcpxml` for tools that do not read OTIO.

    Returns:
        The files by name; no EDL at a rate that has no SMPTE timecode (20 a second).
    """
    import opentimelineio as otio

    files = {"edit.fcpxml": folder / "edit.fcpxml"}
    if otio.opentime.RationalTime.is_smpte_timecode_rate(float(edl.rate)):
        own = _plain(edl, media)
        del own.tracks[1:]
        files["edit.edl"] = folder / "edit.edl"
        written = otio.adapters.write_to_string(own, "cmx_3600", rate=float(edl.rate))
        files["edit.edl"].write_text(written, encoding="utf-8")
    files["edit.fcpxml"].write_text(_fcpxml(edl, media), encoding="utf-8")
    return files


def _timeline(edl: EditDecisionList, media: str) -> otio.schema.Timeline:
    import opentimelineio as otio

    timeline = otio.schema.Timeline(name=_line(f"{edl.film.name} {edl.cut}"))
    timeline.global_start_time = _at(0, edl.rate)
    timeline.metadata[OURS] = {
        "cut": edl.cut,
        "media": _line(media),
        "frames": edl.frames,
        "rate": f"{edl.rate.numerator}/{edl.rate.denominator}",
        "size": list(edl.size),
        "film": {**asdict(edl.film), "name": _line(edl.film.name), "picture": list(edl.film.picture)},
        "bed": None if edl.bed is None else _bed_json(edl.bed),
        "accents": [{"kind": str(each.kind), "at": each.at, "frames": each.frames} for each in edl.accents],
        "target_lufs": edl.target_lufs,
        "peak_dbtp": edl.peak_dbtp,
        "grade": edl.grade,
        "notes": dict(edl.notes),
    }
    picture = otio.schema.Track("picture", kind=otio.schema.TrackKind.Video)
    for nth, event in enumerate(edl.events):
        picture.append(_clip(event, edl, media) if isinstance(event, Clip) else _card(event, edl.rate))
        if nth < len(edl.joins) and edl.joins[nth].kind is not JoinKind.CUT:
            picture.append(_transition(edl.joins[nth], edl.rate))
    timeline.tracks.append(picture)
    for role in SoundRole:
        timeline.tracks.extend(_sound_tracks(role, edl, media))
    if edl.bed is not None:
        timeline.tracks.append(_music_track(edl.bed, edl))
    return timeline


def _clip(event: Clip, edl: EditDecisionList, media: str) -> otio.schema.Clip:
    import opentimelineio as otio

    clip = otio.schema.Clip(
        name=f"shot {event.shot}" if event.shot is not None else "clip",
        media_reference=_reference(media, edl),
        source_range=_range(event.start, event.frames, edl.rate),
    )
    clip.metadata[OURS] = {
        "part": str(event.part),
        "shot": event.shot,
        "reason": event.reason,
        "title": None if event.title is None else asdict(event.title),
        "crop": [asdict(knot) for knot in event.crop],
        "traits": dict(event.traits),
    }
    return clip


def _card(event: Card, rate: Fraction) -> otio.schema.Clip:
    import opentimelineio as otio

    card = otio.schema.Clip(
        name=_line(" ".join(event.lines)) or "black",
        media_reference=otio.schema.GeneratorReference(
            name=str(event.kind),
            generator_kind=CARD_GENERATOR,
            parameters={"kind": str(event.kind), "lines": list(event.lines)},
            available_range=_range(0, event.frames, rate),
        ),
        source_range=_range(0, event.frames, rate),
    )
    # the words again: some tools lose what a generator is told
    card.metadata[OURS] = {
        "part": str(event.part),
        "reason": event.reason,
        "kind": str(event.kind),
        "lines": list(event.lines),
    }
    return card


def _transition(join: Join, rate: Fraction) -> otio.schema.Transition:
    import opentimelineio as otio

    types = otio.schema.TransitionTypes
    transition = otio.schema.Transition(
        name=str(join.kind),
        transition_type=types.SMPTE_Dissolve if join.kind is JoinKind.DISSOLVE else types.Custom,
        in_offset=_at(join.before, rate),
        out_offset=_at(join.after, rate),
    )
    transition.metadata[OURS] = {"kind": str(join.kind), "reason": join.reason}
    return transition


def _sound_tracks(role: SoundRole, edl: EditDecisionList, media: str) -> list[otio.schema.Track]:
    """As many tracks as sounds of a role overlap, at least none."""
    import opentimelineio as otio

    tracks: list[otio.schema.Track] = []
    filled: list[int] = []
    for sound in sorted((each for each in edl.sounds if each.role is role), key=lambda each: each.at):
        free = next((nth for nth, until in enumerate(filled) if until <= sound.at), None)
        if free is None:
            free = len(tracks)
            tracks.append(otio.schema.Track(f"{role} {free + 1}", kind=otio.schema.TrackKind.Audio))
            filled.append(0)
        if sound.at > filled[free]:
            tracks[free].append(otio.schema.Gap(source_range=_range(0, sound.at - filled[free], edl.rate)))
        clip = otio.schema.Clip(
            name=_line(sound.words) or str(role),
            media_reference=_reference(media, edl),
            source_range=_range(sound.start, sound.frames, edl.rate),
        )
        clip.metadata[OURS] = {
            "role": str(role),
            "gain_db": sound.gain_db,
            "fade_in_s": sound.fade_in_s,
            "fade_out_s": sound.fade_out_s,
            "words": sound.words,
            "reason": sound.reason,
        }
        tracks[free].append(clip)
        filled[free] = sound.at + sound.frames
    return tracks


def _music_track(bed: Bed, edl: EditDecisionList) -> otio.schema.Track:
    import opentimelineio as otio

    track = otio.schema.Track("music", kind=otio.schema.TrackKind.Audio)
    whole = _range(0, edl.frames, edl.rate)
    clip = otio.schema.Clip(
        name=f"music ({bed.kind})",
        media_reference=otio.schema.GeneratorReference(
            name=_line(bed.source) or str(bed.kind), generator_kind=MUSIC_GENERATOR, available_range=whole
        ),
        source_range=whole,
    )
    clip.metadata[OURS] = {"music": str(bed.kind)}
    track.metadata[OURS] = {"music": str(bed.kind)}
    track.append(clip)
    return track


def _reference(media: str, edl: EditDecisionList) -> otio.schema.ExternalReference:
    import opentimelineio as otio

    reference = otio.schema.ExternalReference(
        target_url=_line(media), available_range=_range(0, edl.film.frames, edl.rate)
    )
    reference.name = _line(media)
    return reference


def _bed_json(bed: Bed) -> dict[str, Any]:
    return {
        **asdict(bed),
        "kind": str(bed.kind),
        "source": bed.source.encode("utf-8", "replace").decode(),  # a file's name may be no UTF-8
        "beats_s": list(bed.beats_s),
        "downbeats_s": list(bed.downbeats_s),
        "parts": [[str(part), at_s] for part, at_s in bed.parts],
        "splices": [list(splice) for splice in bed.splices],
    }


def _plain(edl: EditDecisionList, media: str) -> otio.schema.Timeline:
    """The timeline as the old formats can tell it: clips, black for cards, dissolves, the film's sound."""
    import opentimelineio as otio

    timeline = otio.schema.Timeline(name=_line(f"{edl.film.name} {edl.cut}"))
    timeline.global_start_time = _at(0, edl.rate)
    picture = otio.schema.Track("picture", kind=otio.schema.TrackKind.Video)
    for nth, event in enumerate(edl.events):
        if isinstance(event, Clip):
            clip = otio.schema.Clip(
                name=f"shot {event.shot}" if event.shot is not None else "clip",
                media_reference=_reference(media, edl),
                source_range=_range(event.start, event.frames, edl.rate),
            )
            clip.metadata["cmx_3600"] = {"reel": "FILM", "comments": [_line(event.reason)]}
            picture.append(clip)
        else:
            picture.append(otio.schema.Gap(source_range=_range(0, event.frames, edl.rate)))
        if nth < len(edl.joins) and edl.joins[nth].kind is JoinKind.DISSOLVE:
            picture.append(_transition(edl.joins[nth], edl.rate))
    timeline.tracks.append(picture)
    for role in SoundRole:
        timeline.tracks.extend(_sound_tracks(role, edl, media))
    return timeline


_COUNTED_AT = Fraction(24)
"""OTIO's FCPXML adapter knows few rates, and no NTSC one to the frame: it counts frames at this one."""

_TIMES = ("offset", "duration", "start", "frameDuration", "tcStart")


_APOSTROPHE = "\ue000"
"""Stands for an apostrophe while OTIO's FCPXML adapter works: it looks names up by XPath, between apostrophes."""


def _fcpxml(edl: EditDecisionList, media: str) -> str:
    import opentimelineio as otio

    def held(text: str) -> str:
        return text.replace("'", _APOSTROPHE)

    counted = replace(
        edl,
        rate=_COUNTED_AT,
        film=replace(edl.film, name=held(edl.film.name)),
        sounds=tuple(replace(sound, words=held(sound.words)) for sound in edl.sounds),
    )
    written = otio.adapters.write_to_string(_plain(counted, held(media)), "fcpx_xml")
    return _retimed(written, edl.rate).replace(_APOSTROPHE, "'")


def _retimed(fcpxml: str, rate: Fraction) -> str:
    """FCPXML whose times were counted in frames at `_COUNTED_AT`, at the true rate: exact rational seconds."""
    from xml.etree import ElementTree

    root = ElementTree.fromstring(fcpxml)  # noqa: S314  our own text of a moment ago
    for element in root.iter():
        for name in _TIMES:
            if (told := element.get(name)) is not None:
                seconds = Fraction(told.removesuffix("s")) * _COUNTED_AT / rate
                element.set(name, f"{seconds.numerator}/{seconds.denominator}s")
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{body}\n'


def _line(text: str) -> str:
    """A text as one line without controls: an EDL takes each line for an order, and XML does not hold them."""
    words = "".join(" " if each.isspace() or each in _BREAKS else each for each in text)
    return " ".join("".join(each for each in words if unicodedata.category(each) not in _UNSEEN).split())


_BREAKS = "\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_UNSEEN = ("Cc", "Cs", "Cn")
"""Controls, halves of characters (of file names that are no UTF-8), and what is no character."""


def _at(frame: int, rate: Fraction) -> otio.opentime.RationalTime:
    import opentimelineio as otio

    return otio.opentime.RationalTime(frame, float(rate))


def _range(start: int, frames: int, rate: Fraction) -> otio.opentime.TimeRange:
    import opentimelineio as otio

    return otio.opentime.TimeRange(_at(start, rate), _at(frames, rate))
