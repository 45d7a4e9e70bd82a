"""What other tools make of an edit: what does nothing is passed over, what can be is taken, the rest is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from ops.errors import MediaError
from ops.trailer.edl import EditDecisionList, Film
from ops.trailer.events import Card, CardKind, Clip
from ops.trailer.otio.reading import read_otio
from ops.trailer.otio.writing import write_otio
from tests.ops.trailer.examples import RATE, whole_trailer

Change = Callable[[Any], None]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "edit.otio"
    write_otio(whole_trailer(), path, media="My film.mp4")
    return path


def back(path: Path, change: Change, like: EditDecisionList | None = None) -> EditDecisionList:
    timeline = otio.adapters.read_from_file(str(path))
    change(timeline)
    otio.adapters.write_to_file(timeline, str(path))
    return read_otio(path, like or whole_trailer())


def _at(frames: float, rate: float = float(RATE)) -> Any:
    return otio.opentime.RationalTime(frames, rate)


def _span(start: float, frames: float, rate: float = float(RATE)) -> Any:
    return otio.opentime.TimeRange(_at(start, rate), _at(frames, rate))


def _picture(timeline: Any) -> Any:
    return timeline.video_tracks()[0]


def _music(timeline: Any) -> Any:
    return next(track for track in timeline.audio_tracks() if track.name == "music")


def _slot(parameters: Any, *, enabled: bool = True) -> Any:
    told = {"Effect Name": "Transform", "Enabled": enabled, "Name": "Transform", "Parameters": parameters, "Type": 2}
    return otio.schema.Effect("Transform", effect_name="Resolve Effect", metadata={"Resolve_OTIO": told})


_MOVED = [{"Parameter ID": "pan", "Parameter Value": 20.0, "Default Parameter Value": 0.0, "Key Frames": {}}]
_AT_REST = [{"Parameter ID": "pan", "Parameter Value": 0.0, "Default Parameter Value": 0.0, "Key Frames": {}}]


@pytest.mark.parametrize("parameters", [[], {}, _AT_REST])
def test_the_empty_slots_of_effects_that_davinci_resolve_writes_change_nothing(written: Path, parameters: Any) -> None:
    def change(timeline: Any) -> None:
        for clip in timeline.find_clips():
            clip.effects.append(_slot(parameters))
        timeline.tracks.effects.append(_slot(parameters))
        for track in timeline.tracks:
            track.effects.append(_slot(_MOVED, enabled=False))
        disabled = otio.schema.Effect("Blur", effect_name="Blur")
        disabled.enabled = False
        _picture(timeline)[0].effects.append(disabled)

    assert replace(back(written, change), notes=()) == replace(whole_trailer(), notes=())


@pytest.mark.parametrize(
    "effect",
    [
        lambda: otio.schema.LinearTimeWarp("slow", 0.5),
        lambda: otio.schema.FreezeFrame("still"),
        lambda: otio.schema.Effect("Blur", effect_name="Blur"),
        lambda: _slot(_MOVED),
    ],
)
@pytest.mark.parametrize(
    "place",
    [
        lambda timeline: _picture(timeline)[0],
        _picture,
        lambda timeline: timeline.tracks,
        lambda timeline: timeline.audio_tracks()[0],
        lambda timeline: next(iter(timeline.audio_tracks()[0].find_clips())),
        lambda timeline: _music(timeline)[0],
    ],
)
def test_an_effect_that_does_something_is_refused_wherever_it_lies(
    written: Path, effect: Callable[[], Any], place: Callable[[Any], Any]
) -> None:
    with pytest.raises(MediaError, match="has effects"):
        back(written, lambda timeline: place(timeline).effects.append(effect()))


def test_cards_whose_words_a_tool_lost_are_written_with_the_names_of_their_clips(written: Path) -> None:
    def change(timeline: Any) -> None:
        for clip in _picture(timeline).find_clips():
            if isinstance(clip.media_reference, otio.schema.GeneratorReference):
                clip.media_reference = otio.schema.MissingReference()
                clip.metadata.clear()

    cards = [event for event in back(written, change).events if isinstance(event, Card)]

    assert [(card.kind, card.lines, card.frames) for card in cards] == [
        (CardKind.TAGLINE, ("Some are lost",), 36),
        (CardKind.END, ("Sintel Now",), 60),
    ]


def test_a_card_that_only_lost_its_generator_is_the_same_card(written: Path) -> None:
    def change(timeline: Any) -> None:
        for clip in timeline.find_clips():
            if isinstance(clip.media_reference, otio.schema.GeneratorReference):
                clip.media_reference = otio.schema.MissingReference()

    assert replace(back(written, change), notes=()) == replace(whole_trailer(), notes=())


def test_music_is_known_by_what_it_is_and_not_by_its_track(written: Path) -> None:
    def change(timeline: Any) -> None:
        music = _music(timeline)
        music.name = "A4"
        music.metadata.clear()
        music[0].metadata.clear()
        timeline.audio_tracks()[0].name = "music"

    result = back(written, change)

    assert result.bed == whole_trailer().bed
    assert result.sounds == whole_trailer().sounds


def test_a_film_renamed_everywhere_is_the_film_and_its_address_may_be_escaped(written: Path) -> None:
    def change(timeline: Any) -> None:
        addresses = iter(["file:///D:/My%20proxy.mov", r"D:\cut\My proxy.mov", "My proxy.mov"] * 9)
        for clip in timeline.find_clips():
            if isinstance(clip.media_reference, otio.schema.ExternalReference):
                clip.media_reference.target_url = next(addresses)

    assert replace(back(written, change), notes=()) == replace(whole_trailer(), notes=())


def test_a_switched_off_clip_on_a_layer_lets_the_picture_beneath_through(written: Path) -> None:
    def change(timeline: Any) -> None:
        layer = otio.schema.Track("V2", kind=otio.schema.TrackKind.Video)
        layer.append(otio.schema.Clip("off", source_range=_span(0, 40)))
        layer[0].enabled = False
        timeline.tracks.insert(1, layer)

    assert back(written, change).frames == whole_trailer().frames
    assert isinstance(read_otio(written, whole_trailer()).events[0], Clip)


def test_sound_stays_with_its_picture_over_many_clips_counted_at_another_rate(tmp_path: Path) -> None:
    timeline = otio.schema.Timeline("strange")
    for kind in (otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio):
        track = otio.schema.Track(kind, kind=kind)
        for nth in range(20):
            media = otio.schema.ExternalReference("film.mp4")
            track.append(otio.schema.Clip(f"{nth}", media, _span(100 * nth, 61, 60)))
        timeline.tracks.append(track)
    path = tmp_path / "edit.otio"
    otio.adapters.write_to_file(timeline, str(path))

    edl = read_otio(path, replace(whole_trailer(), film=Film("Sintel", "", 5000)))

    assert [sound.at for sound in edl.sounds] == list(edl.starts)
    assert abs(edl.sounds[-1].at - Fraction(19 * 61, 60) * RATE) <= 1
    assert edl.frames == round(Fraction(20 * 61, 60) * RATE)
    assert [(each.start, each.end) for each in edl.sounds] == [(clip.start, clip.end) for _, clip in edl.clips()]


def test_a_rate_that_a_tool_wrote_short_is_the_true_one(written: Path) -> None:
    hour = 3600 * 24
    path = written
    timeline = otio.schema.Timeline("short")
    track = otio.schema.Track("V", kind=otio.schema.TrackKind.Video)
    media = otio.schema.ExternalReference("film.mp4")
    track.append(otio.schema.Clip("late", media, _span(hour, 48, 23.98)))
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(path))

    (event,) = read_otio(path, replace(whole_trailer(), film=Film("Sintel", "", hour * 2))).events

    assert isinstance(event, Clip) and (event.start, event.end) == (hour, hour + 48)


def _sound(timeline: Any) -> Any:
    return next(iter(timeline.audio_tracks()[0].find_clips()))


def _told(name: str, value: float) -> Change:
    def change(timeline: Any) -> None:
        _sound(timeline).metadata["showrunner"][name] = value

    return change


def _song(timeline: Any) -> None:
    track = otio.schema.Track("A9", kind=otio.schema.TrackKind.Audio)
    track.append(otio.schema.Clip("song", otio.schema.ExternalReference("song.mp3"), _span(0, 48)))
    timeline.tracks.append(track)


def _lost_sound(timeline: Any) -> None:
    _sound(timeline).media_reference = otio.schema.MissingReference()


def _lost_picture(timeline: Any) -> None:
    _picture(timeline)[0].media_reference = otio.schema.MissingReference()


def _another_film(timeline: Any) -> None:
    timeline.metadata["showrunner"]["film"]["sha256"] = "cd" * 32


def _at_the_head(timeline: Any) -> None:
    _picture(timeline).insert(0, otio.schema.Transition("Cross Dissolve", "SMPTE_Dissolve", _at(0), _at(6)))


def _at_the_tail(timeline: Any) -> None:
    _picture(timeline).append(otio.schema.Transition("Cross Dissolve", "SMPTE_Dissolve", _at(6), _at(0)))


def _wipe(timeline: Any) -> None:
    track = _picture(timeline)
    place = next(nth for nth, item in enumerate(track) if isinstance(item, otio.schema.Transition))
    track[place] = otio.schema.Transition("star", "Custom_Transition", _at(6), _at(6))


def _cross_fade(timeline: Any) -> None:
    timeline.audio_tracks()[0].append(otio.schema.Transition("fade", "SMPTE_Dissolve", _at(6), _at(0)))


def _music_moved(timeline: Any) -> None:
    _music(timeline).insert(0, otio.schema.Gap(source_range=_span(0, 24)))


def _music_begun_later(timeline: Any) -> None:
    clip = _music(timeline)[0]
    clip.source_range = otio.opentime.TimeRange(_at(24), clip.source_range.duration)


def _music_cut_off(timeline: Any) -> None:
    _music(timeline)[0].source_range = _span(0, 100)


def _music_in_pieces(timeline: Any) -> None:
    track = _music(timeline)
    frames = track[0].source_range.duration.value
    track[0].source_range = _span(0, 100)
    second = track[0].deepcopy()
    second.source_range = _span(100, frames - 100)
    track.append(second)


def _no_time(value: float) -> Change:
    def change(timeline: Any) -> None:
        _picture(timeline)[0].source_range = _span(value, 48)

    return change


def _endless(timeline: Any) -> None:
    _picture(timeline)[0].source_range = _span(100, float("inf"))


def _huge_accent(timeline: Any) -> None:
    timeline.metadata["showrunner"]["accents"][0]["frames"] = 10**15


def _beats_of_nothing(timeline: Any) -> None:
    timeline.metadata["showrunner"]["bed"]["beats_s"] = [0.0, float("nan")]


def _trimmed_track(timeline: Any) -> None:
    _picture(timeline).source_range = _span(0, 100)


def _nested_sound(timeline: Any) -> None:
    timeline.audio_tracks()[0].append(otio.schema.Stack("nest"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_song, "'song' is of song.mp3, not of the film .*SHOWRUNNER_TRAILER_MUSIC"),
        (_lost_sound, "'Some are lost.' has no media"),
        (_lost_picture, "'shot 3' has lost its media"),
        (_another_film, "another film than Sintel, or of an older master"),
        (_at_the_head, "'Cross Dissolve' lies at the head"),
        (_at_the_tail, "'Cross Dissolve' lies at the tail"),
        (_wipe, "'star' .* is not rendered"),
        (_cross_fade, "cross-fades of sound"),
        (_music_moved, "music was moved"),
        (_music_begun_later, "trimmed at its head"),
        (_music_cut_off, "trimmed at its tail"),
        (_music_in_pieces, "music is in 2 clips"),
        (_no_time(float("nan")), "times is nan"),
        (_no_time(float("inf")), "times is inf"),
        (_no_time(-1e300), "cannot be rendered"),
        (_endless, "times is inf"),
        (_told("gain_db", 41.0), "gain of the sound .* is 41"),
        (_told("gain_db", -1e9), "gain of the sound"),
        (_told("gain_db", float("nan")), "gain of the sound .* is nan"),
        (_told("fade_in_s", 60.0), "fade-in of the sound .* is 60"),
        (_told("fade_out_s", float("inf")), "fade-out of the sound .* is inf"),
        (_told("fade_out_s", -0.5), "fade-out of the sound"),
        (_huge_accent, "an accent's length"),
        (_beats_of_nothing, "a beat of the music is nan"),
        (_trimmed_track, "trimmed as a whole"),
        (_nested_sound, "nested timelines"),
    ],
)
def test_what_is_not_rendered_is_refused_with_its_name_and_reason(written: Path, change: Change, says: str) -> None:
    with pytest.raises(MediaError, match=says):
        back(written, change)
